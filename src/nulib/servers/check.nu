use lib/inventory.nu require-servers
use lib/refusal.nu check-name
use providers/provider.nu host-read

# Only reads.
export const idempotent = true

# What changes by itself.
const PASSING = [gathered_at created_at root_free_mib]
# Part of its size by which the memory that a system sees varies with its kernel.
const LEEWAY = 0.02

# params: name (by default the operation's id). Compares a server with what the inventory says of it; changes nothing.
# Gives { differs, compared: names of facts, servers: [{ server, status, changes: [{ kind, name, detail, diff }] }] }.
export def check-server [request: record]: nothing -> record {
  let name = check-name ($request.params.name? | default $request.id) server
  let known = require-servers $request [$name] | first | get facts
  let found = host-read $request $name
  let changes = if $found == null { [(change server $name "it is gone")] } else { differences $known $found }
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

def differences [known: record, found: record]: nothing -> list<any> {
  $known | merge $found | columns | where $it not-in $PASSING | each {|key|
    let before = $known | get --optional $key
    let now = $found | get --optional $key
    if not (same $key $before $now) { change fact $key $"($before | to json --raw) → ($now | to json --raw)" }
  }
}

def same [key: string, before: any, now: any]: nothing -> bool {
  if $key in [memory_mib root_mib] and $before != null and $now != null { return (($before - $now | math abs) <= $before * $LEEWAY) }
  $before == $now
}

def change [kind: string, name: string, detail: string]: nothing -> record {
  { kind: $kind, name: $name, detail: $detail, diff: [] }
}
