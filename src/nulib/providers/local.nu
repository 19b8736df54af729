# Servers that are folders on this machine. Each stands for a host: its `root/` has the files, and commands run in it as
# child processes. Nothing confines them: this is for trying things out, not for isolation.
use ../lib/refusal.nu [check-name, quoted, refuse]

# Refuses every other provider by name.
export def require-local [provider: any]: nothing -> nothing {
  if $provider == local { return }
  refuse usage $"provider ($provider | quoted) is not available: this version has only local" 'Use provider = "local".'
}

# Makes the host, whole or not at all. Made before with the same definition: `created` is false, unless it was an
# earlier attempt of this very task that made it.
export def create-host [request: record, definition: record]: nothing -> record {
  let folder = host-folder $request $definition.name
  let existing = read-host $folder
  if $existing != null { return (accept-existing $existing $definition) }
  let key = $env.PROVISIONING_TASK_KEY? | default (random uuid)
  let host = { definition: $definition, facts: (facts-of $request $folder $definition), made_by: $key }
  # Each task has a folder of its own to build in, which its next attempt clears: nobody else's is touched.
  let new = beside $folder ($key | hash sha256 | str substring 0..15)
  discard $new
  if ($folder | path exists) { discard $folder }
  build $new $host
  mv $new $folder
  # `mv` onto a folder that somebody made in the meantime moves into it.
  let inside = $folder | path join ($new | path basename)
  if ($inside | path exists) {
    rm --recursive --force $inside
    return (accept-existing (read-host $folder) $definition)
  }
  { created: true, facts: $host.facts }
}

# Whether there was one.
export def delete-host [request: record, name: string]: nothing -> bool {
  let folder = host-folder $request $name
  sweep $folder
  if not ($folder | path exists) { return false }
  discard $folder
  true
}

export def host-exists [request: record, name: string]: nothing -> bool {
  (read-host (host-folder $request $name)) != null
}

# Runs a command with the host's root as its current folder: { stdout, stderr, exit_code }.
export def host-exec [request: record, name: string, command: list<string>]: nothing -> record {
  let root = root-of $request $name
  do { cd $root; run-external ...$command } | complete
}

# Writes a file of the host, whole or not at all. `path` is relative to its root.
export def host-put [request: record, name: string, path: string, content: string]: nothing -> nothing {
  let target = inside-root (root-of $request $name) $path
  mkdir ($target | path dirname)
  let new = $"($target).(random uuid).tmp"
  $content | save --raw $new
  mv --force $new $target
}

# A file of the host as text; null when it is absent.
export def host-get [request: record, name: string, path: string]: nothing -> any {
  let target = inside-root (root-of $request $name) $path
  if ($target | path exists) { open --raw $target | into binary | decode utf-8 }
}

# Absent already is fine, also where the whole host is gone.
export def host-remove [request: record, name: string, path: string]: nothing -> nothing {
  if (host-exists $request $name) { rm --force (inside-root (root-of $request $name) $path) }
}

# `2xCPU-4GB` → { cpu: 2, memory_mib: 4096 }; nothing for a plan of another form.
export def parse-plan [plan: any]: nothing -> record {
  let parts = $plan | default "" | into string | parse --regex '^(?<cpu>\d{1,4})xCPU-(?<size>\d{1,6})(?<unit>[GM])i?B$' | get --optional 0
  if $parts == null { return {} }
  { cpu: ($parts.cpu | into int), memory_mib: (($parts.size | into int) * (if $parts.unit == G { 1024 } else { 1 })) }
}

def accept-existing [existing: record, definition: record]: nothing -> record {
  if $existing.definition == $definition {
    return { created: ($existing.made_by == $env.PROVISIONING_TASK_KEY?), facts: $existing.facts }
  }
  let differing = $definition | merge $existing.definition | columns
    | where {|key| ($definition | get --optional $key) != ($existing.definition | get --optional $key) }
  refuse conflict $"server ($definition.name) exists already with another definition" (
    $"It differs in ($differing | str join ', '). Delete it first, or ask for what is there."
  )
}

# <state_dir>/<workspace>/<infra>/<name>
def host-folder [request: record, name: string]: nothing -> string {
  let workspace = $request.workspace | hash sha256 | str substring 0..15
  [$request.state_dir $workspace (check-name $request.infra infra) (check-name $name server)] | path join
}

def root-of [request: record, name: string]: nothing -> string {
  let folder = host-folder $request $name
  if (read-host $folder) == null { refuse not_found $"there is no local server ($name) in infra ($request.infra)" }
  $folder | path join root
}

# The folder's fact sheet; null when there is no host.
def read-host [folder: string]: nothing -> any {
  let file = $folder | path join server.json
  if ($file | path type) == file { open --raw $file | from json }
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

def build [folder: string, host: record]: nothing -> nothing {
  let root = $folder | path join root
  mkdir ...([etc tmp root home opt srv var/log var/lib var/tmp] | each {|path| $root | path join $path })
  let name = $host.definition.name
  $"($name)\n" | save --raw ($root | path join etc/hostname)
  $"127.0.0.1 localhost\n($host.facts.address) ($name)\n" | save --raw ($root | path join etc/hosts)
  "NAME=\"provisioning local host\"\nID=provisioning-local\n" | save --raw ($root | path join etc/os-release)
  $host | to json --raw | save --raw ($folder | path join server.json)
}

def facts-of [request: record, folder: string, definition: record]: nothing -> record {
  {
    address: (address-of $request $definition.name)
    hostname: $definition.name
    root: ($folder | path join root)
    created_at: (date now | date to-timezone UTC | format date "%Y-%m-%dT%H:%M:%S%.3fZ")
  } | merge (parse-plan $definition.plan?)
}

# A loopback address that follows from workspace, infra and name: 127.16.0.1 to 127.255.255.254.
def address-of [request: record, name: string]: nothing -> string {
  let digest = [$request.workspace $request.infra $name] | to json --raw | hash sha256
  # With "0x" in front: alone, digits that begin with 0b are read as binary, also with --radix 16.
  let number = {|at: int| $"0x($digest | str substring $at..($at + 3))" | into int --radix 16 }
  $"127.((do $number 0) mod 240 + 16).((do $number 4) mod 256).((do $number 8) mod 254 + 1)"
}

# Refuses paths that leave the root: absolute ones, `..`, and what passes through a link.
def inside-root [root: string, path: string]: nothing -> string {
  let parts = $path | split row --regex '[/\\]'
  if ($parts | any {|part| $part in ["" "." ".."] or $part =~ '[\x00-\x1f]' }) {
    refuse usage $"($path | quoted) is not a path below the server's root"
  }
  let steps = 1..($parts | length) | each {|count| $root | path join ...($parts | first $count) }
  if ($steps | any {|step| ($step | path type) == symlink }) {
    refuse usage $"($path | quoted) passes through a link, which may lead out of the server's root"
  }
  $steps | last
}
