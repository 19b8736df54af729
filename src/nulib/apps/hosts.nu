# Apps on plain hosts: an archive, a command, an environment and a port become a supervised service on each of them.
use lib/converge.nu sh-quote
use lib/hosts.nu run-on
use lib/inventory.nu [put remove require-servers]
use lib/refusal.nu [check-keys check-names quoted refuse]
use lib/task.nu [record-resources save-checkpoint]
use lib/waves.nu [BAD ended-badly over-hosts refuse-bad]
use providers/provider.nu host-put

const PROGRAM = [(path self ../lib/host/ports.sh) (path self ../lib/host/app.sh)]
const KEYS = [name servers source command env secrets port user health health_timeout keep force]
# Unless it says otherwise: one host first, so that a bad version meets one only.
const WAVES = [1 "100%"]

# The app on every server, in the version that is asked for, or the one before where that does not serve.
export def deploy-on-hosts [request: record, name: string, existing: any]: nothing -> record {
  let params = $request.params
  check-keys $params $KEYS $"an app on servers"
  let servers = servers-of $request $params.servers
  let gone = $existing.definition?.servers? | default [] | where {|server| $server not-in $params.servers }
  let removed = $gone | where {|server| $server in ($request.inventory.servers | columns) }
  refuse-surprise $request $name $removed
  let app = describe-app $request $name
  let definition = $params | reject --optional force | merge { name: $name }
  # Nothing of it was on record before this task: what is there now is of an attempt that was killed.
  let fresh = $existing == null or $request.checkpoint?.fresh? == true
  # It is new where no other task has ever brought it: that is what a rollback removes.
  let key = $request.key? | default ""
  let made_by = if $existing == null { $key } else { $existing.facts.made_by? }
  let standing = {|results| [(standing-of $name $existing { whole: (not $fresh), definition: $definition, facts: { id: $app.id, port: $params.port?, made_by: $made_by }, results: $results })] }
  let how = {
    waves: (if ($request.waves? | is-empty) { $WAVES } else { $request.waves })
    max_fail_percent: ($request.max_fail_percent? | default 0)
    verb: $"deploying ($name)"
    # A retry asks every host again: what it has finished may have other secrets, which are in no file of this machine.
    request: ($request | reject --optional checkpoint)
    digest: ""
    standing: $standing
    ahead: true
    note: { fresh: $fresh }
  }
  let outcome = over-hosts $servers $how {|host| deploy-on $request $host.name $app }
  let bad = $outcome.results | where status in $BAD
  if ($bad | is-not-empty) {
    $bad | get --optional log | flatten | compact | each {|line| print $line } | ignore
    let left = if $fresh and $outcome.stopped { take-back $request $name $outcome.results $standing } else { [] }
    refuse-bad $"app ($name)" ($servers | length) $bad $outcome.untried --left $left
  }
  let offs = $removed | each {|server| { server: $server } | merge (try-remove $request $server $name) }
  let stuck = $offs | where status in $BAD
  if ($stuck | is-not-empty) {
    record-resources (do $standing ($outcome.results ++ $offs))
    refuse-bad $"removing app ($name)" ($removed | length) $stuck []
  }
  let off = if ($removed | is-empty) { "" } else { $"; removed from ($removed | str join ', ')" }
  let changed = $outcome.results | where status != unchanged
  {
    message: (if ($changed | is-empty) { $"App ($name) runs on ($servers | get name | str join ', ') already, unchanged($off)" } else { $"App ($name) deployed on ($changed | get server | str join ', ')($off)" })
    changed: (($changed | is-not-empty) or ($gone | is-not-empty) or ($made_by == $key and ($request.attempt? | default 1) != 1))
    made: (if $made_by == $key { {} })
    altered: ($made_by != $key)
    servers: ($outcome.results | select server status version?)
    resources: [(put app $name { provider: ssh, status: running, definition: $definition, facts: { id: $app.id, port: $params.port?, made_by: $made_by, servers: $params.servers, versions: ($outcome.results | reduce --fold {} {|it, all| $all | insert $it.server $it.version? }) } })]
  }
}

# The list is where the app is: what stayed elsewhere would run on with nobody's knowing. So it goes from those that are no
# more in it, but not by surprise: somebody may have meant only to begin with these.
def refuse-surprise [request: record, name: string, removed: list<string>]: nothing -> nothing {
  if ($removed | is-empty) or ($request.params.force? | default false) { return }
  refuse conflict $"app ($name) is on ($removed | str join ', ') too, from where this would remove it" $"Name all of its servers, or remove it there with --force \(in a workflow, params.force = true). A new version begins on one server anyway."
}

# The record of an app that is not (yet) what was asked for on all of its servers: `definition` is what was carried out
# whole last, with all servers on which it is; `versions` says which one where, null where nobody can say: the connection
# broke while it was being exchanged. Who was never asked has what it had.
# deployed: { definition, facts, results } of what is going on; whole: false where nothing was carried out whole before.
def standing-of [name: string, existing: any, deployed: record]: nothing -> record {
  let before = versions-of $existing
  let versions = $deployed.results | reduce --fold $before {|it, all|
    if $it.version? == "" { $all | reject --optional $it.server } else if $it.version? == null and $it.begun? != true { $all } else { $all | upsert $it.server $it.version? }
  }
  if ($versions | is-empty) { return (remove app $name) }
  let whole = if $deployed.whole? == false { $deployed } else { $existing | default $deployed }
  let definition = $whole.definition | upsert servers ($versions | columns)
  # After a failure that took everything back, it is what it was.
  let back = $versions | values | all {|version| $version != null and ($version | str starts-with $"($whole.facts?.id?)-") }
  let runs = $existing != null and $deployed.whole? != false and $back and ($versions | columns | sort) == ($existing.definition.servers | sort) and ($deployed.results | all {|it| $it.serves? != false })
  put app $name { provider: ssh, status: (if $runs { "running" } else { "partial" }), definition: $definition, facts: ($whole.facts | merge { servers: ($versions | columns), versions: $versions }) }
}

# Records of before this was kept say one version for all servers.
def versions-of [existing: any]: nothing -> record {
  if $existing == null { return {} }
  let one = $existing.facts.id?
  $existing.facts.versions? | default ($existing.definition.servers | reduce --fold {} {|server, all| $all | insert $server $one })
}

# A first deployment of which more fail than may is on none of its servers, however many attempts it took. Gives the servers
# on which it may be all the same, as the record says: it could not be taken off there, or an attempt was killed there. A
# retry begins anew.
def take-back [request: record, name: string, results: list<any>, standing: closure]: nothing -> list<string> {
  let after = $results | each {|it|
    if $it.first? != true or $it.status in $BAD { return $it }
    let answer = try-remove $request $it.server $name
    if $answer.status in $BAD { print $"app ($name) is still on ($it.server): ($answer.failure)"; return $it }
    print $"app ($name) is taken off ($it.server) again"
    $it | merge $answer
  }
  let record = do $standing $after
  record-resources $record
  save-checkpoint {}
  $record.0.facts.servers? | default []
}

export def remove-from-hosts [request: record, existing: record]: nothing -> record {
  let name = $existing.definition.name
  let there = $existing.definition.servers | where {|server| $server in ($request.inventory.servers | columns) }
  let answers = $there | par-each --keep-order {|server| { server: $server } | merge (try-remove $request $server $name) }
  let bad = $answers | where status in $BAD
  if ($bad | is-not-empty) {
    record-resources [(standing-of $name $existing { results: $answers })]
    refuse-bad $"removing app ($name)" ($there | length) $bad []
  }
  let removed = $answers | any {|it| $it.status == removed }
  { message: (if $removed { $"App ($name) removed" } else { $"App ($name) is absent already" }), changed: $removed, resources: [(remove app $name)] }
}

def servers-of [request: record, names: any]: nothing -> list<any> {
  let servers = check-names $names server
  if ($servers | is-empty) { refuse usage "an app needs servers or a cluster" 'Name them: servers = ["web-1"].' }
  let found = require-servers $request $servers
  let local = $found | where {|server| $server.provider? == local }
  if ($local | is-not-empty) { refuse usage $"server ($local.0.name) is a folder on this machine, where no app can run" "Apps need servers of provider ssh, or a cluster." }
  $found
}

# What is the same for all hosts: { name, id, archive, settings }.
def describe-app [request: record, name: string]: nothing -> record {
  let params = $request.params
  let command = $params.command?
  if ($command | describe) !~ '^list<string>' or ($command | is-empty) { refuse usage $"app ($name) has no command" 'A program and its arguments: command = ["./server", "--verbose"].' }
  let user = $params.user? | default nobody
  if $user !~ '^[a-z_][a-z0-9_-]{0,31}\z' { refuse usage $"($user | quoted) cannot be the user of an app" }
  let health = $params.health? | default ""
  if $health != "" and $health !~ '^/[A-Za-z0-9/._~%?&=+-]*\z' { refuse usage $"($health | quoted) is no path to ask for" 'Such as health = "/healthz".' }
  if $health != "" and $params.port? == null { refuse usage $"app ($name) has health and no port" "Say on which port it listens." }
  let archive = pack $request ($params.source? | default "")
  let said = { command: $command, env: ($params.env? | default {}), port: $params.port?, user: $user, health: $health }
  let digest = open --raw $archive | hash sha256
  let id = [$digest ($said | to json --raw)] | str join "\n" | hash sha256 | str substring 0..11
  let environment = $said.env | items {|key, value| { key: $key, value: ($value | into string) } } | append (secrets-of $name $params)
    | append (if $said.port == null { [] } else { [{ key: PORT, value: ($said.port | into string) }] })
  let settings = {
    NAME: $name, ID: $id, TASK: $request.key, COMMAND: ($command | each { sh-quote } | str join " "), USER: $user, PORT: ($said.port | default "" | into string), HEALTH: $health
    WAIT: ($params.health_timeout? | default 30 | math ceil | into string), KEEP: ($params.keep? | default 3 | into string)
    ENVIRONMENT: ($environment | each {|it| $"($it.key)=($it.value | sh-quote)\n" } | str join | encode base64)
  }
  { name: $name, id: $id, archive: $archive, settings: $settings }
}

# Credentials of the operation that the app gets too. They are in this process alone, and in a file of root on the host.
def secrets-of [name: string, params: record]: nothing -> list<any> {
  $params.secrets? | default [] | each {|key|
    let value = $env | get --optional $key
    if $value == null { refuse usage $"app ($name) has no credential ($key | quoted)" $"Give the operation credentials = { ($key) = \"env:($key)\" }." }
    { key: $key, value: $value }
  }
}

# The archive of the version. A folder is packed so that the same content is the same archive.
def pack [request: record, source: string]: nothing -> string {
  if $source == "" { refuse usage "an app on servers needs a source" 'An archive or a folder: source = "dist".' }
  let path = $request.workspace | path join ($source | path expand --no-symlink | if ($source | str starts-with "~") { $in } else { $source })
  match ($path | path type) {
    file => $path
    dir => {
      let archive = $env.PROVISIONING_TASK_DIR | path join app.tgz
      let outcome = do { ^sh -c 'tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$1" -I "gzip -n" -cf - . >"$2"' sh $path $archive } | complete
      if $outcome.exit_code != 0 { refuse failed $"($source | quoted) could not be packed: ($outcome.stderr | str trim)" }
      $archive
    }
    _ => (refuse not_found $"there is no ($source | quoted) to deploy" "A path, absolute or relative to the workspace.")
  }
}

def deploy-on [request: record, server: string, app: record]: nothing -> record {
  let answer = ask $request $server $app.settings "ask"
  if $answer.status != needed { return $answer }
  let file = $"/opt/provisioning/apps/($app.name)/incoming-($app.id)"
  host-put $request $server $file --from $app.archive --mode "600"
  { begun: true } | merge (try { ask $request $server $app.settings $"deploy ($file)" } catch {|error| ended-badly $error })
}

def try-remove [request: record, server: string, name: string]: nothing -> record {
  let nothing = [TASK COMMAND USER PORT HEALTH WAIT KEEP ENVIRONMENT ID] | reduce --fold {} {|key, all| $all | insert $key "" }
  try { ask $request $server ($nothing | merge { NAME: $name }) remove } catch {|error| ended-badly $error }
}

# { status, version, first (nothing of it was there before this task), failure?, log }
def ask [request: record, server: string, settings: record, call: string]: nothing -> record {
  let lines = $settings | items {|key, value| $"($key)=($value | sh-quote)" }
  let program = [...$lines ...($PROGRAM | each {|part| open --raw $part }) $"main\(\) { ($call); }" "main </dev/null" ""] | str join "\n"
  let answer = run-on $request $server $program
  let said = $answer.stdout | lines | each {|line| $line | split row "\t" }
  let end = $said | where {|line| $line.0 == S } | last 1 | get --optional 0
  let log = $said | where {|line| $line.0 == L } | each {|line| $line | skip 1 | str join "\t" }
  if $end == null { return { status: failed, version: null, failure: ($answer.stderr | str trim | lines | last 1 | get --optional 0 | default "the host gave no answer"), log: $log, changes: [] } }
  let status = if $end.1 == down { "failed" } else { $end.1 }
  { status: $status, serves: ($end.1 != down), version: $end.2, first: ($end.3? == first), failure: (if $status == failed { $end.3 }), log: $log, changes: [] }
}
