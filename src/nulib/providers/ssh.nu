# Servers that are there already and answer to SSH. Creating one adopts it: its host key is recorded, its facts are
# gathered. Deleting one lets it go: nothing on it is touched.
use lib/refusal.nu [check-path quoted refuse]
use providers/record.nu [forget-host host-folder read-record record-host recorded-hosts]
use providers/ssh/definition.nu check-definition
use providers/ssh/facts.nu gather
use providers/ssh/login.nu login-keys
use providers/ssh/host-keys.nu [check-fingerprint fingerprints record-known]
use providers/ssh/session.nu [connect hang-up in-session require-ssh way-to]

export def host-create [request: record, definition: record]: nothing -> record {
  check-definition $definition
  require-ssh
  record-host $request $definition {|folder|
    let host = { name: $definition.name, definition: $definition, folder: $folder, workspace: $request.workspace, infra: $request.infra }
    record-known $host
    connect $host --adopt
    try { check-fingerprint $host } catch {|error|
      hang-up $host
      error make $error.details
    }
    gather $host | merge { host_keys: (fingerprints $host) }
  }
}

# Gathered anew, from the host itself.
export def host-read [request: record, name: string]: nothing -> any {
  let host = find-host $request $name
  if $host != null { gather $host | merge { host_keys: (fingerprints $host) } }
}

export def host-delete [request: record, name: string]: nothing -> bool {
  let host = find-host $request $name
  if $host != null { hang-up $host }
  forget-host $request $name
}

export def host-probe [request: record, name: string]: nothing -> bool { (find-host $request $name) != null }

export def host-list [request: record]: nothing -> list<string> { recorded-hosts $request ssh }

export def host-exec [request: record, name: string, command: list<string>, settings: record = {}]: nothing -> record {
  let host = require-host $request $name
  let argv = if $settings.timeout? == null { $command } else {
    ["timeout" "-k" "5" ($settings.timeout / 1sec | into string) ...$command]
  }
  in-session $host (as-root $host $argv) $settings.stdin?
}

export def host-reach [request: record, name: string]: nothing -> record {
  let host = require-host $request $name
  # A shell takes the variables in front of the command by itself, `sudo` does not.
  way-to $host (if $host.facts?.become? == sudo { "sudo -n -- env " } else { "" })
}

export def host-login-keys [request: record, name: string]: nothing -> list<string> { login-keys (require-host $request $name) }

# The new file is written beside its place and takes it over when all of it has arrived: a connection that breaks looks
# like an end to the host. Arguments: path, bytes, mode, owner.
const PUT = '
f=$1; case $f in */*) d=${f%/*};; esac
[ ! -d "$f" ] || { echo "$f is a folder" >&2; exit 1; }
[ -d "${d:=/}" ] || mkdir -p -- "$d" || exit 1
t=$(mktemp -- "$f.XXXXXXXX") || exit 1
trap "rm -f -- \"\$t\"" EXIT; trap "exit 1" HUP INT TERM
cat >"$t" || exit 1
n=$(wc -c <"$t"); [ "$n" -eq "$2" ] || { echo "only $n of $2 bytes arrived" >&2; exit 1; }
m=$3; [ -n "$m" ] || m=$(stat -L -c %a -- "$f" 2>/dev/null) || m=644
o=$4; [ -n "$o" ] || o=$(stat -L -c %u:%g -- "$f" 2>/dev/null) || o=
[ -z "$o" ] || chown -- "$o" "$t" || exit 1
chmod -- "$m" "$t" && mv -f -- "$t" "$f"'

export def host-put [request: record, name: string, path: string, content: any, settings: record = {}]: nothing -> nothing {
  let host = require-host $request $name
  let target = check-path $"/($path)"
  let size = if $settings.from? != null { ls --directory $settings.from | get 0.size | into int } else { $content | into binary | bytes length }
  let argv = ["sh" "-c" $PUT "sh" $target ($size | into string) ($settings.mode? | default "") ($settings.owner? | default "")]
  let outcome = if $settings.from? == null {
    in-session $host (as-root $host $argv) ($content | into binary)
  } else {
    in-session $host (as-root $host $argv) null --from $settings.from
  }
  if $outcome.exit_code != 0 { refuse failed $"($target | quoted) could not be written on ($name): ($outcome.stderr | str trim)" }
}

const ABSENT = 44

export def host-get [request: record, name: string, path: string, settings: record = {}]: nothing -> any {
  let host = require-host $request $name
  let source = check-path $"/($path)"
  let argv = as-root $host ["sh" "-c" $'[ -e "$1" ] || exit ($ABSENT); exec cat -- "$1"' "sh" $source]
  let outcome = in-session $host $argv null --to $settings.to?
  if $outcome.exit_code == $ABSENT { return }
  if $outcome.exit_code != 0 { refuse failed $"($source | quoted) could not be read on ($name): ($outcome.stderr | into string | str trim)" }
  if $settings.to? == null { $outcome.stdout | into binary } else { true }
}

# Absent already is fine, also where the host has been let go.
export def host-remove [request: record, name: string, path: string]: nothing -> nothing {
  let host = find-host $request $name
  if $host == null { return }
  let outcome = in-session $host (as-root $host ["rm" "-f" "--" (check-path $"/($path)")]) null
  if $outcome.exit_code != 0 { refuse failed $"($path | quoted) could not be removed on ($name): ($outcome.stderr | str trim)" }
}

def find-host [request: record, name: string]: nothing -> any {
  let folder = host-folder $request $name
  let record = read-record $folder
  if $record != null { $record | merge { name: $name, folder: $folder, workspace: $request.workspace, infra: $request.infra } }
}

def require-host [request: record, name: string]: nothing -> record {
  let host = find-host $request $name
  if $host != null {
    require-ssh
    return $host
  }
  refuse not_found $"there is no server ($name) of provider ssh in infra ($request.infra)" "Adopt it first: provisioning server create."
}

def as-root [host: record, argv: list<string>]: nothing -> list<string> {
  if $host.facts?.become? == sudo { ["sudo" "-n" "--" ...$argv] } else { $argv }
}
