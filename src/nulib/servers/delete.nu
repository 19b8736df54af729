use ../lib/inventory.nu [record-of remove users-of-server]
use ../lib/refusal.nu [check-name refuse]
use ../providers/local.nu [delete-host require-local]

# What is gone already is no error.
export const idempotent = true

# params: name (by default the operation's id), force (also when something stands on the server).
export def delete-server [request: record]: nothing -> record {
  let name = check-name ($request.params.name? | default $request.id) server
  let known = record-of $request servers $name
  require-local ($known.provider? | default ($request.provider? | default local))
  let users = users-of-server $request $name
  if ($users | is-not-empty) and not ($request.params.force? | default false) {
    refuse conflict $"server ($name) is in use by ($users | str join ', ')" "Delete these first, or pass force = true."
  }
  let existed = delete-host $request $name
  {
    message: (if $existed { $"Server ($name) deleted" } else { $"Server ($name) is absent already" })
    changed: $existed
    name: $name
    resources: [(remove server $name)]
  }
}
