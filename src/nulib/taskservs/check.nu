use lib/refusal.nu [quoted refuse]
use lib/waves.nu BAD
use taskservs/service.nu [converge-service open-service refuse-failed]

# Only reads.
export const idempotent = true

# What `taskserv.create` with the same params would change: nothing is changed. `diff = true` shows how files would.
# Gives { name, differs, servers: [{ server, status, changes: [{ kind, name, detail, diff }] }] }.
export def check-taskserv [request: record]: nothing -> record {
  let name = $request.params.name? | default $request.id
  if $request.service? == null { refuse usage $"what would change of taskserv ($name | quoted) cannot be found out" "It has no manifest: only taskservs that are folders are compared." }
  let context = open-service ($request | upsert params ($request.params | reject --optional diff))
  let every = $context.hosts | length
  let outcome = converge-service $context { check: true, diff: ($request.params.diff? | default false), waves: [$every], verb: $"comparing ($name)" }
  let bad = $outcome.results | where status in $BAD
  if ($bad | is-not-empty) { refuse-failed $context $bad [] }
  let differing = $outcome.results | where status == differs
  let changes = $differing | each {|it| $it.changes | length } | append 0 | math sum
  {
    message: (if $outcome.changed { $"($name): ($changes) to change on ($differing | get server | str join ', ')" } else { $"($name): nothing to change" })
    changed: false
    name: $name
    differs: $outcome.changed
    servers: ($outcome.results | select server status changes)
    resources: []
  }
}
