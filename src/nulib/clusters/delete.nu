use lib/inventory.nu [record-of remove rows]
use lib/refusal.nu check-name
use taskservs/kubernetes.nu [remove-cluster taskserv-record]

# What is gone already is no error.
export const idempotent = true

# params: name (by default the operation's id), force (also when apps are on it).
export def delete-cluster [request: record]: nothing -> record {
  let name = check-name ($request.params.name? | default $request.id) cluster
  if (record-of $request clusters $name) == null {
    return { message: $"Cluster ($name) is absent already", changed: false, resources: [(remove cluster $name)] }
  }
  let removed = remove-cluster $request $name ($request.params.force? | default false)
  let left = rows $request clusters | where name != $name
  { message: $"Cluster ($name) deleted", changed: true, resources: ($removed | append (taskserv-record $left)) }
}
