use lib/inventory.nu put
use lib/refusal.nu check-name
use lib/task.nu report-progress
use providers/provider.nu [check-provider host-create host-probe]

# params: name (by default the operation's id), plan, zone and whatever else belongs to the definition.
export def create-server [request: record]: nothing -> record {
  let name = check-name ($request.params.name? | default $request.id) server
  let provider = $request.provider? | default ($request.params.provider? | default local)
  check-provider $provider
  let definition = $request.params | reject --optional force | merge { name: $name, provider: $provider }
  report-progress 10 $"creating ($name)"
  let outcome = host-create $request $definition
  {
    message: (if $outcome.created { $"Server ($name) created" } else { $"Server ($name) exists already, unchanged" })
    changed: $outcome.created
    name: $name
    ip: $outcome.facts.address
    resources: [
      (put server $name { provider: $provider, status: created, definition: $definition, facts: $outcome.facts })
    ]
  }
}

# A host appears whole or not at all: if it is there, the operation took effect.
export def probe-create-server [request: record]: nothing -> any {
  let name = check-name ($request.params.name? | default $request.id) server
  if (host-probe $request $name) { create-server $request }
}
