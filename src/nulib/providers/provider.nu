# The one place that knows which provider a server belongs to. Everything else — taskservs, apps — works on hosts by the
# functions below, whoever made them.
#
# Each provider is one module with these functions, held to one suite of tests (test/hosts/provider-contract.test.ts):
#   host-create [request definition]           makes or adopts it, whole or not at all: { created, facts }
#   host-read   [request name]                 its facts as they are now; null when there is none
#   host-delete [request name]                 whether there was one
#   host-probe  [request name]                 whether a creation took effect, without touching the host
#   host-list   [request]                      names of its hosts in this infra
#   host-exec   [request name argv settings]   { stdout, stderr, exit_code }
#   host-reach  [request name]                 how a shell on this machine runs commands there: see `host-reach` below
#   host-login-keys [request name]             public keys that we may have come in with; none where nobody can tell
#   host-put    [request name path content settings]
#   host-get    [request name path settings]
#   host-remove [request name path]
# A path means the same with and without its first slash: it begins at the root of the host.
use lib/inventory.nu record-of
use lib/refusal.nu [check-name quoted refuse]
use providers/local.nu
use providers/ssh.nu
use providers/record.nu [host-folder read-record]

const PROVIDERS = [local ssh]

# Runs a command — a program and its arguments, never a shell string — and gives { stdout, stderr, exit_code }. It runs as
# root where the login may become root by `sudo` without a password. A command that goes on in the background must let go
# of its output, or this waits for it. Once started on the host it is not stopped with the task.
export def host-exec [
  request: record
  server: string
  argv: list<string>
  --stdin: any # text or binary
  --timeout: duration # then it is ended there: exit code 124
]: nothing -> record {
  let settings = { stdin: $stdin, timeout: $timeout }
  match (provider-of $request $server) {
    ssh => (ssh host-exec $request $server $argv $settings)
    _ => (local host-exec $request $server $argv $settings)
  }
}

# The way to the host for lib/on-hosts.sh, as text for a POSIX shell, for as long as the file `holds` is there:
# { holds, run, alive }. `run` has the command as "$@" and, as one line for a login shell, in $line; it runs it as
# `host-exec` does, without input, and what it says of itself goes to the file $log. `alive`: whether the way still holds.
export def host-reach [request: record, server: string]: nothing -> record {
  match (provider-of $request $server) {
    ssh => (ssh host-reach $request $server)
    _ => (local host-reach $request $server)
  }
}

export def host-login-keys [request: record, server: string]: nothing -> list<string> {
  match (provider-of $request $server) {
    ssh => (ssh host-login-keys $request $server)
    _ => []
  }
}

# Like `host-exec`, for commands that have to succeed: gives what they print.
export def host-run [
  request: record
  server: string
  argv: list<string>
  --stdin: any # text or binary
  --timeout: duration # then it is ended there, and this fails
]: nothing -> any {
  let outcome = host-exec $request $server $argv --stdin $stdin --timeout $timeout
  if $outcome.exit_code == 0 { return $outcome.stdout }
  let said = [$outcome.stderr $outcome.stdout] | each { into string | str trim } | where $it != "" | get --optional 0 | default ""
  let reason = if $outcome.exit_code == 124 and $timeout != null { $"took longer than ($timeout)" } else { $"failed with exit code ($outcome.exit_code)" }
  refuse failed $"($argv | first) on ($server) ($reason)(if $said != '' { $': ($said | lines | last 5 | str join " · ")' })"
}

# Writes a file, whole or not at all; makes its folder. Without `mode` and `owner` it keeps those of the file that it
# replaces, else it is root's and 644.
export def host-put [
  request: record
  server: string
  path: string
  content?: any # text or binary
  --from: string # a file of this machine instead, of any size
  --mode: string # 600
  --owner: string # user or user:group
]: nothing -> nothing {
  let settings = { from: $from, mode: (check-mode $mode), owner: (check-owner $owner) }
  match (provider-of $request $server) {
    ssh => (ssh host-put $request $server ($path | below-root) $content $settings)
    _ => (local host-put $request $server ($path | below-root) $content $settings)
  }
}

# A file as text, with --raw as binary; null when it is absent. With `to` it is written there, and true is given.
export def host-get [
  request: record
  server: string
  path: string
  --raw # binary
  --to: string # a file of this machine
]: nothing -> any {
  let found = match (provider-of $request $server) {
    ssh => (ssh host-get $request $server ($path | below-root) { to: $to })
    _ => (local host-get $request $server ($path | below-root) { to: $to })
  }
  if $raw or $to != null or $found == null { return $found }
  try { $found | into binary | decode utf-8 } catch {
    refuse usage $"($path | quoted) on ($server) is no text" "Ask for it with --raw."
  }
}

# Absent already is fine, also where the whole host is gone.
export def host-remove [request: record, server: string, path: string]: nothing -> nothing {
  match (provider-of $request $server) {
    ssh => (ssh host-remove $request $server ($path | below-root))
    _ => (local host-remove $request $server ($path | below-root))
  }
}

# Makes or adopts the host of a definition: { created, facts }.
export def host-create [request: record, definition: record]: nothing -> record {
  match (check-provider $definition.provider) {
    ssh => (ssh host-create $request $definition)
    _ => (local host-create $request $definition)
  }
}

# Its facts as they are now; null when there is none.
export def host-read [request: record, server: string]: nothing -> any {
  match (provider-of $request $server) {
    ssh => (ssh host-read $request $server)
    _ => (local host-read $request $server)
  }
}

# Whether there was one.
export def host-delete [request: record, server: string]: nothing -> bool {
  match (provider-of $request $server) {
    ssh => (ssh host-delete $request $server)
    _ => (local host-delete $request $server)
  }
}

# Whether its creation took effect.
export def host-probe [request: record, server: string]: nothing -> bool {
  match (provider-of $request $server) {
    ssh => (ssh host-probe $request $server)
    _ => (local host-probe $request $server)
  }
}

# Who made the server: the inventory knows, or the host's own record; else who is asked to.
export def provider-of [request: record, server: string]: nothing -> string {
  let known = record-of $request servers $server
  if $known.provider? != null { return (check-provider $known.provider) }
  let made = read-record (host-folder $request (check-name $server server))
  check-provider ($made.definition?.provider? | default ($request.provider? | default local))
}

# Refuses every provider that this version does not have.
export def check-provider [provider: any]: nothing -> string {
  if $provider in $PROVIDERS { return $provider }
  refuse usage $"provider ($provider | quoted) is not available: this version has ($PROVIDERS | str join ' and ')" 'Use provider = "local" or "ssh".'
}

def below-root []: string -> string { $in | str replace --regex '^/' '' }

def check-mode [mode: any]: nothing -> any {
  if $mode == null or $mode =~ '^[0-7]{3,4}\z' { return $mode }
  refuse usage $"($mode | quoted) is no mode of a file" "Octal, such as 600."
}

def check-owner [owner: any]: nothing -> any {
  if $owner == null or $owner =~ '^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?\z' { return $owner }
  refuse usage $"($owner | quoted) is no owner of a file" "user or user:group."
}
