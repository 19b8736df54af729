#compdef provisioning
# Completion of provisioning for zsh. For good, with the folder in $fpath and compinit called in ~/.zshrc:
#   provisioning completion zsh > ~/.zfunc/_provisioning
# For this shell only, after compinit:
#   source <(provisioning completion zsh)
# What may come next is asked of the program itself, by a command that starts nothing and is silent when it fails.
_provisioning() {
  local -a answer described
  local line value
  answer=("${(@f)$(${(Q)words[1]} __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  case ${answer[1]} in
    files) _files; return ;;
    folders) _files -/; return ;;
  esac
  for line in "${(@)answer[2,-1]}"; do
    [[ -z $line ]] && continue
    value=${line%%$'\t'*}
    described+=("${value//:/\\:}:${line#*$'\t'}")
  done
  _describe -V provisioning described
}
if [[ ${funcstack[1]} == _provisioning ]]; then
  _provisioning "$@"
else
  compdef _provisioning provisioning
fi
