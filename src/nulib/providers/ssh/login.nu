# With what we log in on a host.
use providers/ssh/definition.nu [identity-of in-workspace]
use providers/ssh/session.nu key-of

# The public halves of the keys that we may have come in with, "TYPE BASE64" each. Empty where nobody can tell.
export def login-keys [host: record]: nothing -> list<string> {
  let key = key-of $host
  if $key != null { return ($key | do { ^ssh-keygen -y -f /dev/stdin } | complete | public-keys) }
  let identity = identity-of $host
  if $identity.file? != null { return (public-half $identity.file) }
  let definition = $host.definition
  let argv = [
    ...(if $definition.ssh_config? != null { [-F (in-workspace $host $definition.ssh_config)] })
    ...(if $definition.user? != null { [-l $definition.user] })
    "--" $definition.address
  ] | compact
  let settings = (do { ^ssh -G ...$argv } | complete).stdout | lines | parse "{key} {value}"
  let agent = $settings | where key == identityagent and value != SSH_AUTH_SOCK | get --optional 0.value | default ($env.SSH_AUTH_SOCK? | default "")
  let in_agent = with-env { SSH_AUTH_SOCK: ($agent | path expand --no-symlink) } { do { ^ssh-add -L } | complete | public-keys }
  $settings | where key == identityfile | each {|it| public-half ($it.value | path expand --no-symlink) } | flatten | append $in_agent
}

def public-half [file: string]: nothing -> list<string> {
  if ($"($file).pub" | path exists) { return ({ exit_code: 0, stdout: (open --raw $"($file).pub") } | public-keys) }
  if not ($file | path exists) { return [] }
  do { ^ssh-keygen -y -P "" -f $file } | complete | public-keys
}

def public-keys []: record -> list<string> {
  let outcome = $in
  if $outcome.exit_code != 0 { return [] }
  $outcome.stdout | into string | lines | parse --regex '^(?<key>\S+ \S+)' | get key
}
