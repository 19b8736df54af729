use lib/inventory.nu [remove users-of-server]
use lib/refusal.nu [check-name refuse typed]
use providers/provider.nu [host-delete provider-of]

# What is gone already is no error.
export const idempotent = true

# params: name (by default the operation's id), force (also when something stands on the server).
export def delete-server [request: record]: nothing -> record {
  let name = check-name ($request.params.name? | default $request.id) server
  provider-of $request $name
  let users = users-of-server $request $name
  if ($users | is-not-empty) and not ($request.params.force? | default false) {
    refuse conflict $"server ($name) is in use by ($users | str join ', ')" (ways-out $request $users)
  }
  let existed = host-delete $request $name
  {
    message: (if $existed { $"Server ($name) deleted" } else { $"Server ($name) is absent already" })
    changed: $existed
    name: $name
    resources: [(remove server $name)]
  }
}

# `taskserv nginx` is deleted by `taskserv delete nginx`. What answers no more cannot be taken off, so the last way is a
# workflow's: the command has no flag for it.
def ways-out [request: record, users: list<string>]: nothing -> string {
  let commands = $users | parse "{kind} {name}" | each {|it| typed $request $"($it.kind) (if $it.kind == app { 'remove' } else { 'delete' }) ($it.name)" }
  $"Delete these first: ($commands | str join ', '). Where they are gone with the server: a workflow with an operation of type server.delete and params.force = true."
}
