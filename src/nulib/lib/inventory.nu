# Reading the records that came with the request, and writing the changes that go back with the result.
use lib/refusal.nu [quoted, refuse]

# Records of one kind (servers, taskservs, clusters, apps), by name.
export def records [request: record, kind: string]: nothing -> record {
  $request.inventory? | default {} | get --optional $kind | default {}
}

export def record-of [request: record, kind: string, name: string]: nothing -> any {
  records $request $kind | items {|key, value| { key: $key, value: $value } } | where key == $name | get --optional 0.value
}

# The records as a table with their names, those first that were named first.
export def rows [request: record, kind: string]: nothing -> list<any> {
  records $request $kind | items {|name, value| $value | merge { name: $name } }
}

# The records of these servers, in this order; names every one that is missing.
export def require-servers [request: record, names: list<string>]: nothing -> list<any> {
  let found = $names | each {|name| record-of $request servers $name | default { missing: $name } }
  let missing = $found | get --optional missing | compact
  if ($missing | is-empty) { return ($found | enumerate | each {|it| $it.item | merge { name: ($names | get $it.index) } }) }
  let known = records $request servers | columns | sort
  refuse not_found $"infra ($request.infra) has no server ($missing | str join ', ')" (
    if ($known | is-empty) { "It has no servers yet: create them first." } else { $"It has ($known | str join ', ')." }
  )
}

export def require-cluster [request: record, name: string]: nothing -> record {
  let found = record-of $request clusters $name
  if $found != null { return $found }
  let known = records $request clusters | columns | sort
  refuse not_found $"infra ($request.infra) has no cluster ($name | quoted)" (
    if ($known | is-empty) { "It has no clusters yet: create one, or the kubernetes taskserv." } else { $"It has ($known | str join ', ')." }
  )
}

# Taskservs and clusters that stand on this server: `taskserv kubernetes`, `cluster k1`.
export def users-of-server [request: record, server: string]: nothing -> list<string> {
  [[kind, records]; [taskserv, taskservs] [cluster, clusters] [app, apps]] | each {|it|
    rows $request $it.records
    | where {|row| $server in ($row.definition?.servers? | default []) }
    | each {|row| $"($it.kind) ($row.name)" }
  } | flatten
}

export def apps-on [request: record, cluster: string]: nothing -> list<string> {
  rows $request apps | where {|row| $row.definition?.cluster? == $cluster } | each {|row| $row.name }
}

export def put [kind: string, name: string, record: record]: nothing -> record {
  { action: put, kind: $kind, name: $name } | merge $record
}

export def remove [kind: string, name: string]: nothing -> record {
  { action: remove, kind: $kind, name: $name, status: removed, definition: {}, facts: {} }
}
