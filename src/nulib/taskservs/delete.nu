use ../lib/refusal.nu [quoted refuse]
use kubernetes.nu uninstall

# What is gone already is no error.
export const idempotent = true

# params: name (by default the operation's id), servers (by default wherever it is), force.
export def delete-taskserv [request: record]: nothing -> record {
  let name = $request.params.name? | default $request.id
  match $name {
    kubernetes => (uninstall $request)
    _ => (refuse not_found $"there is no taskserv ($name | quoted)" "This version has: kubernetes.")
  }
}
