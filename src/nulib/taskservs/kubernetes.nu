# The taskserv `kubernetes`: renders what kubeadm reads, for a control plane (the first server) and its workers, onto the
# servers. It starts nothing, so nothing here is called installed or running.
use lib/inventory.nu [apps-on put record-of remove require-servers rows]
use lib/refusal.nu [check-keys check-name check-names refuse typed]
use lib/render.nu render-template
use lib/task.nu report-progress
use providers/local.nu require-local
use providers/provider.nu [host-get host-put host-remove]

const KUBEADM = "etc/kubernetes/kubeadm.yaml"
# What may be asked for. `kubernetesVersion` means `kubernetes_version`.
export const OPTIONS = [kubernetes_version pod_subnet service_subnet control_plane_endpoint]
const DEFAULTS = { kubernetes_version: "v1.34.1", pod_subnet: "10.244.0.0/16", service_subnet: "10.96.0.0/12" }

# taskserv.create. Without `cluster`, a kubernetes on exactly these servers is the one that is meant.
export def install [request: record]: nothing -> record {
  let params = parameters $request
  check-keys $params [name servers cluster ...$OPTIONS] "taskserv kubernetes"
  let servers = check-names ($params.servers? | default []) server
  let here = rows $request clusters | where {|row| ($row.definition?.servers? | default [] | sort) == ($servers | sort) } | get --optional 0.name
  let cluster = check-name ($params.cluster? | default ($here | default $request.id)) cluster
  let made = render-cluster $request { name: $cluster, servers: $servers, options: (options-of $params), origin: taskserv }
  {
    message: (if $made.changed { $"kubernetes rendered for ($made.count) \(not started)" } else { $"kubernetes is rendered for ($made.count) already, unchanged" })
    changed: $made.changed
    made: (if $made.new { { cluster: $cluster } })
    altered: ($made.changed and not $made.new)
    cluster: $cluster
    resources: $made.resources
  }
}

# taskserv.delete: from every cluster whose servers are all among `servers`, or from all.
export def uninstall [request: record]: nothing -> record {
  let params = parameters $request
  let named = if $params.servers? != null { check-names $params.servers server }
  let chosen = rows $request clusters
    | where {|row| "kubernetes" in ($row.definition?.taskservs? | default []) }
    | where {|row| $params.cluster? == null or $row.name == $params.cluster }
    | where {|row| $named == null or ($row.definition.servers | all {|server| $server in $named }) }
  let owned = $chosen | where {|row| $row.facts?.origin? == cluster } | get name
  if ($owned | is-not-empty) and not ($params.force? | default false) {
    refuse conflict $"taskserv kubernetes is part of cluster ($owned | str join ', ')" $"Delete that first: ($owned | each {|name| typed $request $'cluster delete ($name)' } | str join ', ')."
  }
  let force = $params.force? | default false
  let removed = $chosen | each {|row| remove-cluster $request $row.name $force } | flatten
  let left = rows $request clusters | where {|row| $row.name not-in ($chosen | get --optional name) }
  {
    message: (if ($chosen | is-empty) { "Taskserv kubernetes is absent already" } else { "Taskserv kubernetes deleted" })
    changed: ($chosen | is-not-empty)
    resources: ($removed | append (taskserv-record $left))
  }
}

# Renders `spec` { name, servers, options, origin } and gives { changed, new, count, facts, resources }.
export def render-cluster [request: record, spec: record]: nothing -> record {
  if ($spec.servers | is-empty) { refuse usage "kubernetes needs servers" 'Name them: servers = ["web-1", …].' }
  let servers = require-servers $request $spec.servers
  $servers | each {|server| require-local $server.provider?; check-node-name $server.name } | ignore
  let twice = $servers | get facts.address | uniq --repeated
  if ($twice | is-not-empty) { refuse conflict $"two of the servers have the address ($twice | first)" "Rename one of them." }
  let definition = { name: $spec.name, servers: $spec.servers, taskservs: [kubernetes], options: $spec.options }
  let taken = check-free $request $spec
  let existing = record-of $request clusters $spec.name
  if $existing != null and $existing.definition != $definition {
    refuse conflict $"cluster ($spec.name) exists already with another definition" $"Delete it first \((typed $request $'cluster delete ($spec.name)')), or ask for what is there."
  }
  let complete = $existing != null and ($servers | all {|server| (host-get $request $server.name $KUBEADM) != null })
  let facts = if $complete { $existing.facts } else { render-files $request $spec $servers }
  let record = { provider: local, status: rendered, definition: $definition, facts: ($facts | merge { origin: $spec.origin }) }
  let others = rows $request clusters | where {|row| $row.name not-in [$spec.name ...$taken] }
  {
    changed: (not $complete)
    new: ($existing == null)
    count: (counted ($servers | length))
    facts: $facts
    resources: [
      ...($taken | each {|name| remove cluster $name })
      (put cluster $spec.name $record)
      ...(taskserv-record ($others | append ($record | merge { name: $spec.name })))
    ]
  }
}

# Takes a cluster's files off its servers: a list of changed resources, its apps among them when forced.
export def remove-cluster [request: record, name: string, force: bool]: nothing -> list<any> {
  let apps = apps-on $request $name
  if ($apps | is-not-empty) and not $force {
    refuse conflict $"cluster ($name) is in use by app ($apps | str join ', ')" $"Remove these first: ($apps | each {|app| typed $request $'app remove ($app)' } | str join ', '). To remove them with it: a workflow with an operation of type cluster.delete and params.force = true."
  }
  let record = record-of $request clusters $name
  $record.definition.servers | each {|server| host-remove $request $server $KUBEADM } | ignore
  let main = $record.definition.servers | first
  $apps | each {|app| host-remove $request $main (app-file $app) } | ignore
  $apps | each {|app| remove app $app } | append (remove cluster $name)
}

# What stands in the inventory for the taskserv, given the clusters that have it.
export def taskserv-record [clusters: list<any>]: nothing -> list<any> {
  let having = $clusters | where {|row| "kubernetes" in ($row.definition?.taskservs? | default []) }
  if ($having | is-empty) { return [(remove taskserv kubernetes)] }
  let servers = $having | each {|row| $row.definition.servers } | flatten
  let definition = { name: kubernetes, servers: $servers, clusters: ($having | get name) }
  [(put taskserv kubernetes { provider: local, status: rendered, definition: $definition, facts: {} })]
}

# Where an app's manifests stand on the control plane.
export def app-file [app: string]: nothing -> string { $"etc/kubernetes/apps/($app).yaml" }

# The options of kubernetes among the parameters; `definition` holds these, facts what followed from them.
export def options-of [params: record]: nothing -> record {
  $OPTIONS | reduce --fold {} {|key, given|
    let value = $params | get --optional $key
    if $value == null { $given } else { $given | insert $key $value }
  }
}

# Parameters with their names in one spelling; an infra file keeps those of a taskserv in `params`.
export def parameters [request: record]: nothing -> record {
  let own = $request.params.params? | default {}
  $request.params | reject --optional params | merge $own | rename --block { str snake-case }
}

# Clusters that this one replaces: made by the taskserv alone, on the same servers. Any other overlap is a conflict.
def check-free [request: record, spec: record]: nothing -> list<string> {
  rows $request clusters | where {|row| $row.name != $spec.name } | each {|row|
    let common = $row.definition?.servers? | default [] | where {|server| $server in $spec.servers }
    let same = ($row.definition?.servers? | default []) == $spec.servers and $row.facts?.origin? == taskserv and $spec.origin == cluster
    if $same and (apps-on $request $row.name | is-empty) { return $row.name }
    if ($common | is-not-empty) {
      refuse conflict $"server ($common | first) belongs to cluster ($row.name)" $"Delete that cluster first, or name it: cluster = \"($row.name)\"."
    }
  } | compact
}

def render-files [request: record, spec: record, servers: list<any>]: nothing -> record {
  let options = $DEFAULTS | merge $spec.options
  let main = $servers | first
  let facts = $options | merge {
    control_plane: $main.name
    control_plane_endpoint: ($options.control_plane_endpoint? | default $"($main.facts.address):6443")
  }
  let folder = $env.PROVISIONING_TASK_DIR | path join render
  let values = {|server| { cluster: $spec.name, node: { name: $server.name, address: $server.facts.address }, single: (($servers | length) == 1) } | merge $facts }
  let jobs = $servers | each {|server| { values: (do $values $server), output: ($folder | path join $"($server.name).yaml") } }
  render-template taskservs/kubernetes/control-plane.yaml ($jobs | first 1)
  if ($jobs | length) > 1 { render-template taskservs/kubernetes/worker.yaml ($jobs | skip 1) }
  $servers | enumerate | each {|it|
    host-put $request $it.item.name $KUBEADM (open --raw ($jobs | get $it.index).output)
    report-progress $"($it.index + 1)/($servers | length)" $"kubeadm configuration on ($it.item.name)"
  } | ignore
  $facts
}

def check-node-name [name: string]: nothing -> nothing {
  if $name =~ '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\z' { return }
  refuse usage $"server ($name) cannot be a Kubernetes node" "A node's name has lower-case letters, digits, dots and dashes only."
}

def counted [count: int]: nothing -> string { if $count == 1 { "1 server" } else { $"($count) servers" } }
