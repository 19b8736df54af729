# What the inventory keeps of a taskserv: on which servers it is, with what, and who brought it there.
use lib/inventory.nu [put record-of remove]

# On which servers it is new by this task alone, in whichever attempt: that is all that a rollback takes back. Where an
# earlier attempt has not come to put it on record, it is taken for new: rarely is all there already, and in no inventory.
export def made-on [context: record, results: list<any>]: nothing -> list<string> {
  let known = record-of $context.request taskservs $context.name
  let made_by = $known.facts?.made_by? | default {}
  let is_first = ($context.request.attempt? | default 1) == 1
  $results | where {|it|
    if $it.server in ($known.definition?.servers? | default []) {
      ($made_by | get --optional $it.server) == ($context.request.key? | default "")
    } else { not $is_first or $it.status == changed }
  } | get --optional server
}

# What the inventory keeps: on which servers it is, with what, and which task brought it there (`made_by`). Servers of
# other operations stay as they are.
export def service-record [context: record, results: list<any>]: nothing -> record {
  let this = { servers: ($context.hosts | get name), params: $context.given, credentials: ($context.request.credentials? | default {}) }
  let made = made-on $context $results | reduce --fold {} {|server, all| $all | insert $server $context.request.key? }
  # Always in the same order, so that a record changes only where something has changed.
  record-with $context $made (installed-elsewhere $context | append $this | sort-by {|it| $it.servers | first })
}

# What a host is called is a fact of its server, and a taskserv may have changed it.
export def renamed-servers [context: record, results: list<any>]: nothing -> list<any> {
  $results | where $it.found?.hostname? != null | each {|it|
    let server = record-of $context.request servers $it.server
    let name = $it.found.hostname | str trim
    if $server != null and $server.facts?.hostname? != $name { put server $it.server ($server | upsert facts.hostname $name) }
  }
}

# The record after these servers have lost it.
export def record-without [context: record]: nothing -> record {
  let left = installed-elsewhere $context
  if ($left | is-empty) { remove taskserv $context.name } else { record-with $context {} $left }
}

# What is on record of it for servers which this operation is not about.
def installed-elsewhere [context: record]: nothing -> list<any> {
  let here = $context.hosts | get name
  let existing = record-of $context.request taskservs $context.name
  $existing.definition?.installed? | default []
  | each {|it| $it | upsert servers ($it.servers | where $it not-in $here) }
  | where {|it| $it.servers != [] }
}

def record-with [context: record, made: record, installed: list<any>]: nothing -> record {
  let servers = $installed | get servers | flatten | uniq
  let before = record-of $context.request taskservs $context.name
  let made_by = $before.facts?.made_by? | default {} | merge $made
  put taskserv $context.name {
    provider: ($context.hosts | get --optional 0.provider)
    status: installed
    definition: { name: $context.name, servers: $servers, installed: $installed }
    facts: { version: $context.manifest.version, made_by: ($made_by | reject ...($made_by | columns | where $it not-in $servers)) }
  }
}
