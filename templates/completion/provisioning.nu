# Completion of provisioning for Nushell. For good:
#   provisioning completion nushell | save -f ($nu.user-autoload-dirs | first | path join provisioning.nu)
# What may come next is asked of the program itself, by a command that starts nothing and is silent when it fails.
# Other programs are completed as before.
$env.config.completions.external = {
  enable: true
  max_results: ($env.config.completions.external?.max_results? | default 100)
  completer: (do {|before|
    {|spans|
      if ($spans.0 | path basename) == 'provisioning' {
        let answer = (^$spans.0 __complete ...($spans | skip 1) | complete | get stdout | lines)
        if ($answer | is-empty) or ($answer.0 in ['files' 'folders']) {
          null
        } else {
          $answer | skip 1 | each {|line|
            let parts = ($line | split row "\t")
            { value: $parts.0, description: ($parts | get -o 1 | default '') }
          }
        }
      } else if $before != null {
        do $before $spans
      }
    }
  } $env.config.completions.external?.completer?)
}
