# What a provider keeps of a host: one folder below `state_dir` with `server.json`, { definition, facts, made_by }, and
# what else the provider puts beside it. The folder is there whole or not at all.
use lib/refusal.nu [check-name refuse typed]

# <state_dir>/<workspace>/<infra>/<name>
export def host-folder [request: record, name: string]: nothing -> string {
  infra-folder $request | path join (check-name $name server)
}

# The folder's fact sheet; null when there is no host.
export def read-record [folder: string]: nothing -> any {
  let file = $folder | path join server.json
  if ($file | path type) == file { open --raw $file | from json }
}

# Names of the hosts that a provider has in this infra.
export def recorded-hosts [request: record, provider: string]: nothing -> list<string> {
  let folder = infra-folder $request
  if ($folder | path type) != dir { return [] }
  ls --short-names $folder | get name
  | where {|name| let host = read-record ($folder | path join $name); $host.definition?.provider? == $provider }
  | sort
}

# Makes the record of a host. `make` fills the folder that it is given and returns the facts. Made before with the same
# definition: `created` is false, unless it was an earlier attempt of this very task that made it.
export def record-host [request: record, definition: record, make: closure]: nothing -> record {
  let folder = host-folder $request $definition.name
  let existing = read-record $folder
  if $existing != null { return (accept-existing $request $existing $definition) }
  let key = $env.PROVISIONING_TASK_KEY? | default (random uuid)
  # Each task has a folder of its own to build in, which its next attempt clears: nobody else's is touched.
  let new = beside $folder ($key | hash sha256 | str substring 0..15)
  discard $new
  if ($folder | path exists) { discard $folder }
  mkdir $new
  let facts = do $make $new
  { definition: $definition, facts: $facts, made_by: $key } | to json --raw | save --raw ($new | path join server.json)
  mv $new $folder
  # `mv` onto a folder that somebody made in the meantime moves into it.
  let inside = $folder | path join ($new | path basename)
  if ($inside | path exists) {
    rm --recursive --force $inside
    return (accept-existing $request (read-record $folder) $definition)
  }
  { created: true, facts: $facts }
}

# Whether there was one.
export def forget-host [request: record, name: string]: nothing -> bool {
  let folder = host-folder $request $name
  sweep $folder
  if not ($folder | path exists) { return false }
  discard $folder
  true
}

def infra-folder [request: record]: nothing -> string {
  let workspace = $request.workspace | hash sha256 | str substring 0..15
  [$request.state_dir $workspace (check-name $request.infra infra)] | path join
}

def accept-existing [request: record, existing: record, definition: record]: nothing -> record {
  if $existing.definition == $definition {
    return { created: ($existing.made_by == $env.PROVISIONING_TASK_KEY?), facts: $existing.facts }
  }
  let differing = $definition | merge $existing.definition | columns
    | where {|key| ($definition | get --optional $key) != ($existing.definition | get --optional $key) }
  refuse conflict $"server ($definition.name) exists already with another definition" (
    $"It differs in ($differing | str join ', '). Delete it first \((typed $request $'server delete ($definition.name)')), or ask for what is there."
  )
}

# Names of servers cannot begin with a dot or contain a tilde, so these names are free.
def beside [folder: string, what: string]: nothing -> string {
  $folder | path dirname | path join $".($folder | path basename)~($what)"
}

# Out of sight at once, then gone: nobody ever meets half a host.
def discard [folder: string]: nothing -> nothing {
  if not ($folder | path exists) { return }
  let aside = beside $folder (random uuid)
  mv $folder $aside
  rm --recursive --force $aside
}

# What creations and deletions that were killed half way have left of this host.
def sweep [folder: string]: nothing -> nothing {
  let parent = $folder | path dirname
  if ($parent | path type) != dir { return }
  let prefix = $".($folder | path basename)~"
  ls --all --short-names $parent | where {|it| $it.name | str starts-with $prefix } | each {|it|
    rm --recursive --force ($parent | path join $it.name)
  } | ignore
}
