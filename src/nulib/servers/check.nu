use lib/inventory.nu require-servers
use lib/refusal.nu check-name
use providers/facts.nu [differences PASSING]
use providers/provider.nu host-read

# Only reads.
export const idempotent = true

# params: name (by default the operation's id). Compares a server with what the inventory says of it; changes nothing.
# Gives { differs, compared: names of facts, servers: [{ server, status, changes: [{ kind, name, detail, diff }] }] }.
export def check-server [request: record]: nothing -> record {
  let name = check-name ($request.params.name? | default $request.id) server
  let known = require-servers $request [$name] | first | get facts
  let found = host-read $request $name
  let changes = if $found == null { [{ kind: server, name: $name, detail: "it is gone", diff: [] }] } else { differences $known $found }
  let differs = $changes | is-not-empty
  let compared = $known | merge ($found | default {}) | columns | where $it not-in $PASSING
  {
    message: (if $differs { $"Server ($name) differs in ($changes | get name | str join ', ')" } else { $"Server ($name) is as it was \(compared: ($compared | str join ', '))" })
    changed: false
    differs: $differs
    compared: $compared
    servers: [{ server: $name, status: (if $differs { "differs" } else { "same" }), changes: $changes }]
    resources: []
  }
}
