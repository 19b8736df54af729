# Host keys: each adopted host has a `known_hosts` of its own, filled when it is adopted and held to from then on.
use lib/refusal.nu refuse
use providers/ssh/definition.nu in-workspace

# The option that makes ours the only file that counts. With `jump`: the host in between, which the user's own may know.
export def known-hosts [host: record, --jump]: nothing -> list<string> {
  let own = $host.folder | path join (if $jump { "known_hosts.jump" } else { "known_hosts" })
  let more = if $jump { ["~/.ssh/known_hosts"] } else { [] }
  let files = [$own ...$more] | each {|file| $"\"($file | str replace --all '%' '%%')\"" } | str join " "
  [-o $"UserKnownHostsFile=($files)" -o GlobalKnownHostsFile=/dev/null -o VerifyHostKeyDNS=no]
}

# What the user knows of the host already is what it has to show.
export def record-known [host: record]: nothing -> nothing {
  let definition = $host.definition
  let config = if $definition.ssh_config? == null { [] } else { [-F (in-workspace $host $definition.ssh_config)] }
  let port = if $definition.port? == null { [] } else { [-p ($definition.port | into string)] }
  let asked = do { ^ssh -G ...$config ...$port -- $definition.address } | complete
  if $asked.exit_code != 0 { return }
  let said = $asked.stdout | lines | parse "{key} {value}"
  let of = {|key: string| $said | where key == $key | get --optional 0.value | default "" }
  let address = if (do $of hostkeyalias) not-in ["" none] { do $of hostkeyalias } else { do $of hostname }
  let name = if (do $of port) == "22" or (do $of hostkeyalias) not-in ["" none] { $address } else { $"[($address)]:(do $of port)" }
  let entries = $"(do $of userknownhostsfile) (do $of globalknownhostsfile)" | split row " "
    | each {|file| $file | path expand --no-symlink } | where {|file| ($file | path type) == file }
    | each {|file| (do { ^ssh-keygen -F $name -f $file } | complete).stdout | lines | where {|line| $line !~ '^#' } } | flatten
  if ($entries | is-not-empty) { $"($entries | str join "\n")\n" | save --raw ($host.folder | path join known_hosts) }
}

# The fingerprints that hold for the host.
export def fingerprints [host: record]: nothing -> list<string> {
  let file = $host.folder | path join known_hosts
  if ($file | path type) != file { return [] }
  (do { ^ssh-keygen -l -f $file } | complete).stdout | lines | each {|line| $line | split row " " | get --optional 1 } | compact | uniq | sort
}

# The fingerprint that the definition demands must be the one that the host showed.
export def check-fingerprint [host: record]: nothing -> nothing {
  let wanted = $host.definition.host_key?
  if $wanted == null { return }
  let shown = fingerprints $host
  if ($wanted | str trim --right --char "=") in $shown { return }
  refuse conflict $"($host.name) shows the host key ($shown | str join ', '), not ($wanted)" "Somebody may be in between. Compare with ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub on the host itself."
}
