use lib/inventory.nu [record-of remove]
use lib/refusal.nu [check-name refuse]
use providers/provider.nu host-remove
use taskservs/kubernetes.nu app-file
use apps/hosts.nu remove-from-hosts

# What is gone already is no error.
export const idempotent = true

# params: name (by default the operation's id), cluster (where given, it must be the app's).
export def remove-app [request: record]: nothing -> record {
  let name = check-name ($request.params.name? | default $request.id) app
  let existing = record-of $request apps $name
  if $existing == null {
    return { message: $"App ($name) is absent already", changed: false, resources: [(remove app $name)] }
  }
  if $existing.definition.servers? != null { return (remove-from-hosts $request $existing) }
  let on = $existing.definition.cluster
  if ($request.params.cluster? | default $on) != $on { refuse not_found $"app ($name) is not on cluster ($request.params.cluster), but on ($on)" }
  let cluster = record-of $request clusters $on
  if $cluster != null { host-remove $request ($cluster.definition.servers | first) (app-file $name) }
  { message: $"App ($name) removed", changed: true, resources: [(remove app $name)] }
}
