# Completion of provisioning for bash. For good:
#   provisioning completion bash > ~/.local/share/bash-completion/completions/provisioning
# For this shell only:
#   eval "$(provisioning completion bash)"
# What may come next is asked of the program itself, by a command that starts nothing and is silent when it fails.
_provisioning() {
  local line=${COMP_LINE:0:COMP_POINT} current prefix kind value
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=${words[-1]}
  # bash may have cut the word, at a "=" for example: what stands before the cut must not be repeated.
  prefix=${current%"$2"}
  COMPREPLY=()
  {
    read -r kind || return 0
    case $kind in
      files | folders)
        [[ $kind == files ]] && kind=file || kind=directory
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -A "$kind" -- "${current#"$prefix"}")
        return 0
        ;;
    esac
    while IFS=$'\t' read -r value _; do
      COMPREPLY+=("${value#"$prefix"}")
    done
  } < <("${1/#\~/$HOME}" __complete "${words[@]:1}" 2>/dev/null)
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _provisioning provisioning
