# One program for one host: the functions of host/*.sh, then a call for each resource. One round trip does it all.
use lib/refusal.nu refuse

const PARTS = [
  (path self host/core.sh) (path self host/packages.sh) (path self host/files.sh)
  (path self host/services.sh) (path self host/ports.sh) (path self host/health.sh) (path self host/system.sh)
]

# options: { systems: list, init: string, check: bool, diff: bool, resources: list, gate?: { deadline, service, logs, checks, ports } }.
# `gated`: its health is looked at too while only checking, once. `apt_quiet`: seconds for which apt-get may bring nothing.
export def host-program [options: record]: nothing -> string {
  let flag = {|on: any| if ($on | default false) { "1" } else { "0" } }
  let gate = if $options.gate? == null { [] } else {
    [[gate ($options.gate.deadline | into string) $options.gate.service ...$options.gate.logs] ...($options.gate.checks | get --optional call) [stays_up]]
  }
  let calls = [
    [supported ($options.systems | str join " ") $options.init]
    [only_one]
    ...($options.resources | get --optional call)
    ...$gate
  ]
  let lines = $calls | each {|call| $"  ($call.0) ($call | skip 1 | each {|word| $word | sh-quote } | str join ' ')" }
  [
    ...($PARTS | each {|part| open --raw $part })
    $"CHECK=(do $flag $options.check?) DIFF=(do $flag $options.diff?) GATED=(do $flag $options.gated?) LOCK_WAIT=900 APT_WAIT=300 APT_QUIET=($options.apt_quiet? | default 150)"
    $"OWN=(services-in $options.resources | sh-quote) PORTS=(ports-in $options.gate? | sh-quote)"
    "main() {"
    ...$lines
    "  printf 'E\\n'"
    "}"
    "main </dev/null"
    ""
  ] | str join "\n"
}

# The services that are kept up, SERVICE=UNIT each.
def services-in [resources: list<any>]: nothing -> string {
  $resources | get --optional call | where {|call| $call.0 == service_up } | each {|call| $"($call.1)=($call.2)" } | str join " "
}

# Where nobody else may listen, ADDRESS=PORT each: what the checks ask of the taskserv's own services, and the ports that
# its manifest names.
def ports-in [gate: any]: nothing -> string {
  let asked = $gate.checks? | default [] | get --optional call | where {|call| $call.0 in [http_check tcp_check] and ($call | last) == "" } | each {|call| $"($call.1)=($call.2)" }
  $gate.ports? | default [] | each {|port| $"127.0.0.1=($port)" } | append $asked | uniq | str join " "
}

# What a host answered: { status, changes: [{ status, kind, name, detail, diff }], found: record, log: list, failure? }.
# status: unchanged, changed, differs, failed, refused, unreachable.
export def host-report [answer: record]: nothing -> record {
  let lines = $answer.stdout | lines | each {|line| $line | split row "\t" }
  let entries = entries-of $lines
  let failed = $entries | where status in [failed refused] | get --optional 0
  let whole = $lines | any {|line| $line == ["E"] }
  let status = if $failed != null { if $failed.status == refused { "refused" } else { "failed" } } else if not $whole { "unreachable" } else if ($entries | any {|it| $it.status == differs }) { "differs" } else if ($entries | any {|it| $it.status == changed }) { "changed" } else { "unchanged" }
  {
    status: $status
    changes: ($entries | where status in [changed differs])
    found: ($lines | where {|line| $line.0 == V } | reduce --fold {} {|line, all| $all | upsert $line.1 ($line.2 | decode base64 | decode utf-8) })
    log: ($lines | where {|line| $line.0 == L } | each {|line| $line | skip 1 | str join "\t" })
    failure: (if $failed != null { $"($failed.kind) ($failed.name): ($failed.detail)" } else if not $whole { broken $answer })
  }
}

def entries-of [lines: list<any>]: nothing -> list<any> {
  $lines | where {|line| $line.0 in [R D] } | reduce --fold [] {|line, all|
    if $line.0 == R {
      $all | append { status: $line.1, kind: $line.2, name: $line.3, detail: ($line.4? | default ""), diff: [] }
    } else {
      let last = $all | last
      $all | drop | append ($last | upsert diff ($last.diff | append ($line | skip 1 | str join "\t")))
    }
  }
}

# The program never came to its end: the connection, the login, or the shell there.
def broken [answer: record]: nothing -> string {
  let said = $answer.stderr | lines | where {|line| ($line | str trim) != "" } | last 1 | get --optional 0
  $said | default $"the connection ended before the work did \(exit code ($answer.exit_code))"
}

# One word for a POSIX shell, whatever it holds.
export def sh-quote []: string -> string {
  let given = $in
  if ($given | str contains (char --integer 0)) { refuse usage "a value with a NUL character cannot reach a host" }
  "'" + ($given | str replace --all "'" "'\\''") + "'"
}
