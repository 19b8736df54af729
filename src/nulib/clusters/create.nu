use lib/refusal.nu [check-keys check-name check-names quoted refuse]
use taskservs/kubernetes.nu [OPTIONS options-of parameters render-cluster]

# Converges: what is there already stays as it is.
export const idempotent = true

# params: name (by default the operation's id), servers, taskservs (by default kubernetes), and the options of kubernetes.
export def create-cluster [request: record]: nothing -> record {
  let params = parameters $request
  check-keys $params [name servers taskservs ...$OPTIONS] cluster
  let name = check-name ($params.name? | default $request.id) cluster
  let taskservs = check-names ($params.taskservs? | default [kubernetes]) taskserv
  let unknown = $taskservs | where $it != kubernetes
  if ($unknown | is-not-empty) { refuse not_found $"a cluster has no taskserv ($unknown | first | quoted)" "A cluster is made of kubernetes alone; other services are installed with taskserv create." }
  if ($taskservs | is-empty) { refuse usage $"cluster ($name) has no taskservs" 'Name at least one: taskservs = ["kubernetes"].' }
  let servers = check-names ($params.servers? | default []) server
  let made = render-cluster $request { name: $name, servers: $servers, options: (options-of $params), origin: cluster }
  {
    message: (if $made.changed { $"Cluster ($name): kubernetes rendered for ($made.count) \(not started)" } else { $"Cluster ($name) exists already, unchanged" })
    changed: $made.changed
    made: (if $made.new { {} })
    altered: ($made.changed and not $made.new)
    cluster: $name
    resources: $made.resources
  }
}
