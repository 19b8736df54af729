use lib/inventory.nu [record-of remove]
use lib/waves.nu BAD
use taskservs/kubernetes.nu uninstall
use taskservs/record.nu record-without
use taskservs/service.nu [open-service refuse-failed remove-service require-known]

# What is gone already is no error.
export const idempotent = true

# params: name (by default the operation's id), servers (by default wherever it is), force.
export def delete-taskserv [request: record]: nothing -> record {
  let name = $request.params.name? | default $request.id
  if $name == kubernetes { return (uninstall $request) }
  require-known $request $name
  let known = record-of $request taskservs $name
  if $known == null and ($request.params.servers? | default []) == [] {
    return { message: $"Taskserv ($name) is absent already", changed: false, resources: [(remove taskserv $name)] }
  }
  let context = open-removal $request $name $known
  let outcome = remove-service $context $"removing ($name)"
  let bad = $outcome.results | where status in $BAD
  if ($bad | is-not-empty) { refuse-failed $context $bad $outcome.untried }
  let from = $context.hosts | get name | str join ", "
  {
    message: (if $outcome.changed { $"Taskserv ($name) deleted from ($from)" } else { $"Taskserv ($name) is absent already on ($from)" })
    changed: $outcome.changed
    servers: ($outcome.results | select server status changes)
    resources: [(record-without $context)]
  }
}

# With the parameters that it was installed with, but without their secrets: nothing is compared with them any more.
def open-removal [request: record, name: string, known: any]: nothing -> record {
  let installed = $known.definition?.installed? | default []
  let servers = $request.params.servers? | default ($installed | get --optional servers | flatten)
  let params = $installed | where {|it| $it.servers | any {|server| $server in $servers } } | get --optional 0.params | default {}
  open-service ($request | upsert params ($params | merge { name: $name, servers: $servers })) --without-secrets
}
