# The login by which a host is reached is not taken away through itself: nobody could put that right from here.
use lib/refusal.nu refuse
use providers/provider.nu host-login-keys

# Refuses resources of the host that would do so, before anything of them is done.
export def refuse-lockout [request: record, host: record, resources: list<any>]: nothing -> nothing {
  let login = $host.facts.user?
  for call in ($resources | get --optional call) {
    if $call.1? != $login { continue }
    if $call.0 == no_user or ($call.0 == user and $call.4 =~ '/(nologin|false)\z') {
      refuse conflict $"($login) is the login by which ($host.name) is reached, and could not log in any more" "Reach the host by another one first: user of the server."
    }
    if $call.0 != authorized_keys { continue }
    let ours = host-login-keys $request $host.name
    let allowed = $call.2 | decode base64 | decode utf-8 | lines | parse --regex '^(?<key>\S+ \S+)' | get key
    if ($ours | is-empty) or ($ours | any {|key| $key in $allowed }) { continue }
    refuse conflict $"($login) is the login by which ($host.name) is reached, and none of its authorized_keys is ours" $"They are all that it will have. Add: ($ours | first)"
  }
}
