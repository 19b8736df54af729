# Completion of provisioning for fish. For good:
#   provisioning completion fish > ~/.config/fish/completions/provisioning.fish
# For this shell only:
#   provisioning completion fish | source
# What may come next is asked of the program itself, by a command that starts nothing and is silent when it fails.
function __provisioning_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l answer ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
    switch "$answer[1]"
        case files
            __fish_complete_path "$current"
        case folders
            __fish_complete_directories "$current"
        case '*'
            printf '%s\n' $answer[2..-1]
    end
end
complete -c provisioning -f -k -a '(__provisioning_complete)'
