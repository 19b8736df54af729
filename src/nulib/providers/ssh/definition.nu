# What the definition of an `ssh` server may say.
use lib/refusal.nu [check-keys quoted refuse]

const KEYS = [name provider plan zone address port user identity jump host_key ssh_config connect_timeout]
const ADDRESS = '^[A-Za-z0-9_:][A-Za-z0-9._:%-]{0,252}\z'
const USER = '^[A-Za-z0-9_][A-Za-z0-9._@-]{0,63}\z'

export def check-definition [definition: record]: nothing -> nothing {
  check-keys $definition $KEYS "a server of provider ssh"
  if $definition.address? == null { refuse usage $"server ($definition.name) has no address" 'Say where it answers: address = "10.0.0.7".' }
  matching $definition address $ADDRESS "A name or an address, such as web-1.example.org or 10.0.0.7."
  matching $definition user $USER "The name of a user there, such as root."
  matching $definition jump '^([A-Za-z0-9_][A-Za-z0-9._-]*@)?(\[[0-9A-Fa-f:.%a-z]+\]|[A-Za-z0-9_][A-Za-z0-9._-]*)(:\d{1,5})?\z' "[user@]host[:port]."
  matching $definition host_key '^SHA256:[A-Za-z0-9+/]{43}=?\z' "Its fingerprint, as ssh-keygen -lf prints it: SHA256:…"
  between $definition port 1 65_535
  between $definition connect_timeout 1 3600
  for key in [identity ssh_config] {
    let value = $definition | get --optional $key
    if $value == null { continue }
    if ($value | describe) == string and $value != "" and $value !~ '[\x00-\x1f]' { continue }
    refuse usage $"($key) ($value | quoted) is no path" "A file, absolute or relative to the workspace."
  }
}

# Where the private key is: { file }, { environment: NAME }, { command: ARGV }; null for what ssh finds by itself.
export def identity-of [host: record]: nothing -> any {
  let text = $host.definition.identity?
  if $text == null { return }
  let parts = $text | parse --regex '(?s)^(?<from>env|file|command):(?<rest>.+)$' | get --optional 0
  match $parts.from? {
    "env" => { environment: $parts.rest }
    "command" => { command: (try { $parts.rest | from json } catch { refuse usage $"identity ($text | quoted) is no command" 'command:["program","argument"]' }) }
    "file" => { file: (in-workspace $host $parts.rest) }
    _ => { file: (in-workspace $host $text) }
  }
}

# A path of the definition, which may begin with `~/`.
export def in-workspace [host: record, path: string]: nothing -> string {
  $host.workspace | path join ($path | path expand --no-symlink | if ($path | str starts-with "~") { $in } else { $path })
}

def matching [definition: record, key: string, pattern: string, hint: string]: nothing -> nothing {
  let value = $definition | get --optional $key
  if $value == null or (($value | describe) == string and $value =~ $pattern) { return }
  refuse usage $"($key) ($value | quoted) cannot be used" $hint
}

def between [definition: record, key: string, low: int, high: int]: nothing -> nothing {
  let value = $definition | get --optional $key
  if $value == null or (($value | describe) == int and $value >= $low and $value <= $high) { return }
  refuse usage $"($key) ($value | quoted) cannot be used" $"A whole number, ($low) to ($high)."
}
