# What a taskserv says of itself in manifest.toml, and whether parameters are as it wants them. Its `params` are JSON
# Schemas (the words in `KNOWN`), so that Nickel, Nushell and editors read the same thing.
use lib/refusal.nu [quoted refuse]

const KNOWN = [type description default pattern format enum minimum maximum maxLength items properties required additionalProperties maxItems]
const DEFAULTS = { version: "", init: "any", together: false, dependencies: [], ports: [], params: {}, required: [], health: {} }

# { name, summary, systems, init, together, dependencies, ports, params, required, health: { deadline, service, logs } }
export def read-manifest [folder: string]: nothing -> record {
  let file = $folder | path join manifest.toml
  let said = try { open --raw $file | from toml } catch {|error| refuse usage $"($file) is no TOML: ($error.msg)" }
  let manifest = $DEFAULTS | merge $said
  if $manifest.systems? == null { refuse usage $"($file) does not say on which systems it runs" 'Write systems = ["debian-12"].' }
  let unread = $manifest.params | transpose name schema | each {|it| $it.schema | columns } | flatten | where $it not-in $KNOWN
  if ($unread | is-not-empty) { refuse usage $"($file): nothing reads ($unread | first | quoted) of a parameter" $"Known: ($KNOWN | str join ', ')." }
  $manifest | upsert health ({ deadline: 60, service: "", logs: [] } | merge $manifest.health)
}

# The parameters with their defaults, or a refusal that names everything that is wrong.
export def complete-params [manifest: record, given: record]: nothing -> record {
  let schema = { type: object, properties: $manifest.params, required: $manifest.required, additionalProperties: false }
  let params = $manifest.params | transpose name schema | reduce --fold $given {|it, all|
    if $it.name in ($all | columns) or $it.schema.default? == null { $all } else { $all | insert $it.name $it.schema.default }
  }
  let wrong = problems "" $params $schema
  if ($wrong | is-empty) { return $params }
  refuse usage $"taskserv ($manifest.name): ($wrong | first 5 | str join '; ')" $"Its parameters: ($manifest.params | columns | str join ', ')."
}

# Names of credentials that the parameters refer to (format = "credential").
export def credentials-in [value: any, schema: record]: nothing -> list<string> {
  if $value == null { return [] }
  if $schema.format? == credential { return [$value] }
  let kind = kind-of $value
  if $kind == array and $schema.items? != null { return ($value | each {|item| credentials-in $item $schema.items } | flatten) }
  if $kind != object { return [] }
  $value | items {|key, inner| credentials-in $inner (schema-at $schema $key) } | flatten
}

def problems [path: string, value: any, schema: record]: nothing -> list<string> {
  let kind = kind-of $value
  let named = if $path == "" { "params" } else { $path }
  if $schema.type? != null and not (fits $kind $schema.type) { return [$"($named) must be ($schema.type | str replace object 'a record' | str replace array 'a list'), not ($value | quoted)"] }
  match $kind {
    string => (text-problems $named $value $schema)
    integer | number => (number-problems $named $value $schema)
    array => (
      [(if ($value | length) > ($schema.maxItems? | default 1000) { $"($named) has more than ($schema.maxItems? | default 1000) entries" })]
      | compact
      | append (if $schema.items? == null { [] } else { $value | enumerate | each {|it| problems $"($path)[($it.index)]" $it.item $schema.items } | flatten })
    )
    object => (object-problems $path $value $schema)
    _ => []
  }
}

def text-problems [path: string, value: string, schema: record]: nothing -> list<string> {
  [
    (if $schema.enum? != null and $value not-in $schema.enum { $"($path) must be one of ($schema.enum | str join ', '), not ($value | quoted)" })
    # `$` of a pattern would let a line feed pass at the end.
    (if $schema.pattern? != null and $value !~ ($schema.pattern | str replace --regex '\$$' '\z') { $"($path) cannot be ($value | quoted)(if $schema.description? != null { $': ($schema.description)' })" })
    (if ($value | str length) > ($schema.maxLength? | default 100000) { $"($path) is longer than ($schema.maxLength? | default 100000) bytes" })
    (if ($value | str contains (char --integer 0)) { $"($path) has a NUL character" })
    (if $schema.format? == credential and $value !~ '^[A-Za-z_][A-Za-z0-9_]*\z' { $"($path) must be the name of one of the operation's credentials" })
  ] | compact
}

def number-problems [path: string, value: any, schema: record]: nothing -> list<string> {
  [
    (if $schema.minimum? != null and $value < $schema.minimum { $"($path) must be at least ($schema.minimum), not ($value)" })
    (if $schema.maximum? != null and $value > $schema.maximum { $"($path) must be at most ($schema.maximum), not ($value)" })
    (if $schema.enum? != null and $value not-in $schema.enum { $"($path) must be one of ($schema.enum | str join ', '), not ($value)" })
  ] | compact
}

def object-problems [path: string, value: record, schema: record]: nothing -> list<string> {
  let prefix = if $path == "" { "" } else { $"($path)." }
  let known = $schema.properties? | default {} | columns
  let missing = $schema.required? | default [] | where {|key| ($value | get --optional $key) == null } | each {|key| $"($prefix)($key) is missing" }
  let inner = $value | transpose key value | each {|it|
    if $it.key not-in $known and $schema.additionalProperties? == false {
      let near = $known | sort-by {|key| $key | str distance $it.key } | get --optional 0
      [$"($prefix)($it.key | quoted) is no parameter(if $near != null and ($near | str distance $it.key) <= 3 { $', did you mean ($near)?' })"]
    } else if $it.value == null { [] } else { problems $"($prefix)($it.key)" $it.value (schema-at $schema $it.key) }
  } | flatten
  $missing | append $inner
}

def schema-at [schema: record, key: string]: nothing -> record {
  let own = $schema.properties? | default {} | transpose key schema | where key == $key | get --optional 0.schema
  if $own != null { return $own }
  let others = $schema.additionalProperties?
  if ($others | describe --detailed).type == record { $others } else { {} }
}

def fits [kind: string, wanted: string]: nothing -> bool { $kind == $wanted or ($wanted == number and $kind == integer) }

# The word that JSON Schema has for it.
def kind-of [value: any]: nothing -> string {
  match ($value | describe --detailed).type {
    string => "string"
    int => "integer"
    float => "number"
    bool => "boolean"
    list | table => "array"
    record => "object"
    _ => "null"
  }
}
