use lib/inventory.nu [put record-of require-cluster]
use lib/refusal.nu [check-keys quoted refuse]
use lib/render.nu render-template
use lib/task.nu report-progress
use providers/provider.nu [host-get host-put]
use taskservs/kubernetes.nu app-file
use apps/hosts.nu deploy-on-hosts

# Converges: what is there already stays as it is.
export const idempotent = true

# On a cluster: cluster, name (by default the operation's id), image (by default NAME:latest), replicas (1), port (80),
# env (a record), force (replace an app of another definition). Renders manifests onto the control plane; starts nothing.
# On plain hosts: servers, source (an archive or a folder), command (a list), env, secrets (names of the operation's
# credentials), port, user (nobody), health (a path), health_timeout (30), keep (3 versions): a supervised service on each.
export def deploy-app [request: record]: nothing -> record {
  let params = $request.params
  let name = check-app-name ($params.name? | default $request.id)
  if $params.servers? != null { return (deploy-on-hosts $request $name (on-hosts-too $request $name)) }
  check-keys $params [name cluster image replicas port env force] app
  if $params.cluster? == null { refuse usage $"app ($name) needs a cluster" 'Name it: cluster = "k8s".' }
  let cluster = require-cluster $request $params.cluster
  let definition = $params | reject --optional force | merge { name: $name }
  let main = $cluster.definition.servers | first
  let existing = record-of $request apps $name
  let same = $existing != null and $existing.definition == $definition
  if $existing != null and not $same { check-replaceable $existing $params }
  let unchanged = $same and (host-get $request $main (app-file $name)) != null
  let facts = if $unchanged { $existing.facts } else { render-app $request $definition $main }
  {
    message: (if $unchanged { $"App ($name) is rendered for cluster ($params.cluster) already, unchanged" } else { $"App ($name) rendered for cluster ($params.cluster) \(not started)" })
    changed: (not $unchanged)
    made: (if $existing == null { {} })
    altered: (not $unchanged and $existing != null)
    resources: [(put app $name { provider: $cluster.provider?, status: rendered, definition: $definition, facts: $facts })]
  }
}

def render-app [request: record, definition: record, server: string]: nothing -> record {
  let values = {
    name: $definition.name
    image: ($definition.image? | default $"($definition.name):latest")
    replicas: ($definition.replicas? | default 1)
    port: ($definition.port? | default 80)
    env: ($definition.env? | default {} | items {|key, value| { name: $key, value: ($value | into string) } })
  }
  let output = $env.PROVISIONING_TASK_DIR | path join app.yaml
  render-template apps/app.yaml [{ values: $values, output: $output }]
  report-progress 50 $"manifests of ($definition.name)"
  host-put $request $server (app-file $definition.name) (open --raw $output)
  $values | reject env | merge { server: $server, manifest: (app-file $definition.name) }
}

# The record of the app, which may not be one of a cluster.
def on-hosts-too [request: record, name: string]: nothing -> any {
  let existing = record-of $request apps $name
  if $existing.definition?.cluster? == null { return $existing }
  refuse conflict $"app ($name) is on cluster ($existing.definition.cluster)" "Remove it there first, or give this one another name."
}

def check-replaceable [existing: record, params: record]: nothing -> nothing {
  if $existing.definition.servers? != null {
    refuse conflict $"app ($existing.definition.name) is on servers ($existing.definition.servers | str join ', ')" "Remove it there first, or give this one another name."
  }
  if $existing.definition.cluster != $params.cluster {
    refuse conflict $"app ($existing.definition.name) is on cluster ($existing.definition.cluster)" "Remove it there first, or give this one another name."
  }
  if ($params.force? | default false) { return }
  refuse conflict $"app ($existing.definition.name) exists already with another definition" "To replace it: --force; in a workflow, params.force = true."
}

def check-app-name [name: any]: nothing -> string {
  if ($name | describe) == string and $name =~ '^[a-z]([a-z0-9-]{0,61}[a-z0-9])?\z' { return $name }
  refuse usage $"($name | quoted) cannot be the name of an app" "Lower-case letters, digits and dashes, at most 63, the first a letter."
}
