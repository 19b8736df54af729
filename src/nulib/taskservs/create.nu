use ../lib/refusal.nu [check-name quoted refuse]
use kubernetes.nu install

# Converges: what is there already stays as it is.
export const idempotent = true

# params: name (by default the operation's id), servers, and the taskserv's own.
export def create-taskserv [request: record]: nothing -> record {
  let name = $request.params.name? | default $request.id
  match $name {
    kubernetes => (install $request)
    _ => (refuse not_found $"there is no taskserv ($name | quoted)" "This version has: kubernetes.")
  }
}
