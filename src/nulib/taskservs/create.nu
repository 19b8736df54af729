use lib/waves.nu BAD
use taskservs/kubernetes.nu
use taskservs/record.nu [made-on renamed-servers service-record]
use taskservs/service.nu [converge-service open-service refuse-failed require-known]

# Converges: what is there already stays as it is.
export const idempotent = true

# params: name (by default the operation's id), servers, and the taskserv's own.
export def create-taskserv [request: record]: nothing -> record {
  let name = $request.params.name? | default $request.id
  if $name == kubernetes { return (kubernetes install $request) }
  require-known $request $name
  let context = open-service $request
  let outcome = converge-service $context { check: false, diff: false, verb: $"installing ($name)" }
  let bad = $outcome.results | where status in $BAD
  if ($bad | is-not-empty) or $outcome.stopped { refuse-failed $context $bad $outcome.untried }
  let made = made-on $context $outcome.results
  let altered = $outcome.results | where {|it| ($it.was? | default $it.status) == changed and $it.server not-in $made }
  {
    message: (created-message $context $outcome $made)
    changed: ($outcome.changed or $made != [] or $altered != [])
    made: (if $made != [] { { servers: $made } })
    altered: ($altered != [])
    servers: ($outcome.results | select server status changes)
    resources: [(service-record $context $outcome.results) ...(renamed-servers $context $outcome.results)]
  }
}

# { name, hosts: [{ name }] } and { results: [{ server, status }] } in one line. `made`: where this task has brought it.
export def created-message [context: record, outcome: record, made: list<string>]: nothing -> string {
  let count = $context.hosts | length
  let on = if $count == 1 { $"on ($context.hosts.0.name)" } else { $"on ($count) servers" }
  let changed = $outcome.results | where status == changed | get server
  let finished = $outcome.results | where status == finished | length
  if ($changed | is-empty) and $finished == 0 {
    return (if ($made | is-empty) { $"($context.name) ($on), unchanged" } else { $"($context.name) installed ($on), by an earlier attempt" })
  }
  let which = if ($changed | length) in [0 $count] { "" } else { $", changed on ($changed | str join ', ')" }
  let earlier = if $finished == 0 { "" } else { $", ($finished) finished by an earlier attempt" }
  $"($context.name) installed ($on)($which)($earlier)"
}
