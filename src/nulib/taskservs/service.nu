# A taskserv that is a folder (manifest.toml, taskserv.nu), on the servers that a request names. Its module says what
# shall be; here it is compared, changed, and looked whether it serves.
use lib/converge.nu [host-program host-report]
use lib/hosts.nu run-on
use lib/inventory.nu [record-of require-servers]
use lib/manifest.nu [complete-params credentials-in read-manifest]
use lib/refusal.nu [check-names quoted refuse typed]
use lib/waves.nu [BAD over-hosts refuse-bad]
use taskservs/lockout.nu refuse-lockout
use taskservs/record.nu [record-without service-record]

# Refuses a taskserv that is no folder here.
export def require-known [request: record, name: any]: nothing -> nothing {
  if $request.service? != null { return }
  refuse not_found $"there is no taskserv ($name | quoted)" "provisioning template list names those that are shipped; one of your own stands in taskservs/ of the workspace."
}

# Everything that an operation on this taskserv works with: { name, manifest, params, hosts, secrets, module, request }.
export def open-service [request: record, --without-secrets]: nothing -> record {
  let manifest = read-manifest $env.PROVISIONING_TASKSERV
  let name = $request.params.name? | default $request.id
  let manifest = $manifest | upsert name $name
  let servers = check-names ($request.params.servers? | default []) server
  if ($servers | is-empty) { refuse usage $"taskserv ($name) needs servers" 'Name them: servers = ["web-1", …].' }
  let hosts = require-servers $request $servers
  $hosts | each {|host| check-system $manifest $host } | ignore
  let own = $request.params | reject --optional name servers params force cluster | merge ($request.params.params? | default {})
  let params = complete-params $manifest $own
  check-dependencies $request $manifest $servers
  let context = {
    name: $name
    manifest: $manifest
    given: $own
    params: $params
    hosts: ($hosts | each {|host| { name: $host.name, address: $host.facts.address?, facts: $host.facts, provider: $host.provider } })
    addresses: ($request.inventory.servers | items {|name, server| { name: $name, address: $server.facts?.address? } } | reduce --fold {} {|it, all| $all | insert $it.name $it.address })
    secrets: (if $without_secrets { {} } else { secrets-of $name $params $manifest })
    module: $request.service
    request: $request
  }
  if not $without_secrets and $context.module.check? != null { do $context.module.check (bare $context) null | ignore }
  $context
}

# What the module's functions get.
def bare [context: record]: nothing -> record { $context | reject module request given }

# A system that the facts already tell to be another one is refused before any host is touched; each host's own program
# asks again.
def check-system [manifest: record, host: record]: nothing -> nothing {
  if $host.provider? == local {
    refuse usage $"server ($host.name) is of the provider local: a folder on this machine, in which no service can run" $"taskserv ($manifest.name) needs a server of the provider ssh."
  }
  let system = $host.facts.os? | default ""
  if $system == "" { return }
  let exact = $"($system)-($host.facts.os_version? | default '')"
  if $system in $manifest.systems or $exact in $manifest.systems { return }
  refuse usage $"server ($host.name) has ($exact), on which taskserv ($manifest.name) does not run" $"It runs on ($manifest.systems | str join ', '). Nothing was touched."
}

def check-dependencies [request: record, manifest: record, servers: list<string>]: nothing -> nothing {
  for needed in $manifest.dependencies {
    let there = record-of $request taskservs $needed
    let without = $servers | where $it not-in ($there.definition?.servers? | default [])
    if ($without | is-not-empty) {
      refuse conflict $"taskserv ($manifest.name) needs taskserv ($needed) on ($without | str join ', ')" $"Install it there first: taskserv.create with name = \"($needed)\"."
    }
  }
}

# The values are in the environment of this process alone; they reach a host within the program's text.
def secrets-of [name: string, params: record, manifest: record]: nothing -> record {
  credentials-in $params { properties: $manifest.params } | uniq | reduce --fold {} {|variable, all|
    let value = $env | get --optional $variable
    if $value == null {
      refuse usage $"taskserv ($name) has no credential ($variable)" $"Give the operation credentials = { ($variable) = \"env:($variable)\" }."
    }
    $all | insert $variable $value
  }
}

# Brings every host to what the module says; with `check`, only compares. { results, untried, stopped, changed }
export def converge-service [opened: record, options: record]: nothing -> record {
  let staged = $opened.module.exchange? != null
  let context = if $staged { install-stage $opened $options } else { $opened }
  let context = $context | upsert hosts ($context.hosts | par-each --keep-order {|host| $host | insert program (program-of $context $host) })
  let request = $context.request
  let waves = $options.waves? | default (waves-for $context)
  let how = {
    done: (if ($waves | is-empty) or $options.check { [] } else { needing-nothing $context })
    waves: $waves
    max_fail_percent: ($request.max_fail_percent? | default 0)
    verb: $options.verb
    digest: ([$context.name $context.params ($context.hosts | get name)] | to json --raw | hash sha256)
    request: (if $options.check { $request | reject --optional checkpoint } else { $request })
    standing: (if not $options.check { {|results| standing-of $context $results {|on, good| service-record $on $good } } })
  }
  let ended = over-hosts $context.hosts $how {|host|
    let program = { check: $options.check, diff: $options.diff } | merge $host.program
    with-earlier (on-host $context $host $program) ($host.earlier? | default [])
  }
  $ended | insert changed ($ended.results | any {|it| $it.status in [changed differs] })
}

# What is as it shall be, and serves, needs no wave: all hosts are asked at once, so that a run that has nothing to do
# takes one round however many waves it would have. One that cannot be asked now has its turn later.
def needing-nothing [context: record]: nothing -> list<any> {
  $context.hosts | where {|host| ($host.earlier? | default [] | is-empty) } | par-each --threads 32 {|host|
    let program = { check: true, diff: false, gated: true } | merge $host.program
    try { { server: $host.name } | merge (ask $context $host $program) } catch { { server: $host.name, status: unreachable } }
  } | where status == unchanged
}

# All that the module says of a host; what `install` says has been done already where there is an `exchange`.
def program-of [context: record, host: record]: nothing -> record {
  let install = if $context.module.exchange? == null { resources-of $context install $host } else { [] }
  let resources = $install ++ (do $context.module.configure (bare $context) $host)
  refuse-lockout $context.request $host $resources
  { resources: $resources, gate: (gate-of $context $host) }
}

def resources-of [context: record, function: string, host: record]: nothing -> list<any> {
  let known = $context.module | get --optional $function
  if $known == null { [] } else { do $known (bare $context) $host }
}

# Some services have to hear of each other before they can be configured: what each host has found goes to `exchange`,
# and what that wants from hosts goes on to `configure`, as `found` of each of the context's hosts. It is asked with what
# a mere look has found first: what it refuses is refused before anything is touched.
def install-stage [context: record, options: record]: nothing -> record {
  let install = {|host| resources-of $context install $host }
  let seen = all-hosts $context ($options | merge { check: true, quiet: (not $options.check) }) $install
  let told = do $context.module.exchange (bare $seen) null
  let is_new = not $options.check and ($seen.hosts | any {|host| $host.earlier != [] })
  let first = if $is_new { all-hosts $context $options $install } else { $seen }
  let more = if $is_new { do $context.module.exchange (bare $first) null } else { $told }
  let asked = $first | upsert hosts ($first.hosts | where name in ($more | columns))
  let second = if ($more | is-empty) { $asked } else { all-hosts $asked $options {|host| $more | get $host.name } }
  $first | upsert hosts ($first.hosts | each {|host| $second.hosts | where name == $host.name | get --optional 0 | default $host })
}

# What comes before the waves holds for all: one host that fails here ends it. Gives the context with what was `found`
# on its hosts, and what was changed there (`earlier`).
def all-hosts [context: record, options: record, resources: closure]: nothing -> record {
  let reports = $context.hosts | par-each --threads 32 {|host|
    let program = { check: $options.check, diff: $options.diff, resources: (do $resources $host) }
    let report = if $options.quiet? == true { ask $context $host $program } else { on-host $context $host $program }
    { server: $host.name } | merge $report
  }
  let bad = $reports | where {|it| $it.status in $BAD }
  if ($bad | is-not-empty) { refuse-failed $context $bad [] }
  $context | upsert hosts ($context.hosts | each {|host|
    let report = $reports | where server == $host.name | first
    let before = { found: {}, earlier: [] } | merge $host
    $host | merge { found: ($before.found | merge $report.found), earlier: ($before.earlier ++ $report.changes) }
  })
}

def with-earlier [report: record, changes: list<any>]: nothing -> record {
  if ($changes | is-empty) { return $report }
  let status = if $report.status == unchanged { if ($changes | any {|it| $it.status == differs }) { "differs" } else { "changed" } } else { $report.status }
  $report | upsert changes ($changes ++ $report.changes) | upsert status $status
}

# A service of members that need each other begins on all hosts at once; while it serves (`found.serving`) it is changed
# one host at a time.
def waves-for [context: record]: nothing -> list<any> {
  let asked = $context.request.waves? | default []
  if not $context.manifest.together { return $asked }
  let serving = $context.hosts | any {|host| ($host.found?.serving? | default "") != "" }
  if not $serving { [] } else if ($asked | is-empty) { [1] } else { $asked }
}

# Takes it off every host: at the same time, unless it says `waves`.
export def remove-service [context: record, verb: string]: nothing -> record {
  let how = {
    waves: ($context.request.waves? | default [])
    max_fail_percent: ($context.request.max_fail_percent? | default 0)
    verb: $verb
    digest: ""
    request: ($context.request | reject --optional checkpoint)
    standing: {|results| standing-of $context $results {|on, good| record-without $on } }
  }
  let ended = over-hosts $context.hosts $how {|host|
    on-host $context $host { check: false, diff: false, resources: (resources-of $context remove $host) }
  }
  $ended | insert changed ($ended.results | any {|it| $it.status == changed })
}

def gate-of [context: record, host: record]: nothing -> any {
  if $context.module.health? == null { return null }
  let checks = do $context.module.health (bare $context) $host
  if ($checks | is-empty) { return null }
  $context.manifest.health | select deadline service logs | insert checks $checks | insert ports ($context.manifest.ports | each {|it| $context.params | get $it })
}

export def on-host [context: record, host: record, program: record]: nothing -> record {
  let report = ask $context $host $program
  for line in $report.log { print $"($host.name) | ($line)" }
  for it in $report.changes { print $"($host.name): ($it.kind) ($it.name) ($it.detail)" }
  $report
}

def ask [context: record, host: record, program: record]: nothing -> record {
  let text = host-program ($program | merge { systems: $context.manifest.systems, init: $context.manifest.init })
  host-report (run-on $context.request $host.name $text)
}

# Ends the operation, and says what is wrong on which host.
export def refuse-failed [context: record, bad: list<any>, untried: list<string>]: nothing -> any {
  let request = $context.request
  let again = match [$request.type? ($request.by_command? | default false)] {
    ["taskserv.check" _] => ""
    ["taskserv.create" true] => (typed $request $"taskserv create ($context.name)")
    _ => null
  }
  refuse-bad $context.name ($context.hosts | length) $bad $untried --again $again
}

# What is so already while others of its servers may still fail.
def standing-of [context: record, results: list<any>, record: closure]: nothing -> list<any> {
  let good = $results | where {|it| $it.status not-in $BAD }
  if ($good | is-empty) { return [] }
  [(do $record ($context | upsert hosts ($context.hosts | where name in ($good | get server))) $good)]
}
