# Servers that are folders on this machine. Each stands for a host: its `root/` has the files, and commands run in it as
# child processes. Nothing confines them: this is for trying things out, not for isolation.
use lib/refusal.nu [quoted refuse]
use providers/ssh/quote.nu quote-word
use providers/record.nu [forget-host host-folder read-record record-host recorded-hosts]

# What only folders can have: manifests that are rendered and not started.
export def require-local [provider: any]: nothing -> nothing {
  if $provider == local { return }
  refuse usage $"provider ($provider | quoted) is not available for this: it works on local servers only" 'Use provider = "local".'
}

# Makes the host, whole or not at all: { created, facts }.
export def host-create [request: record, definition: record]: nothing -> record {
  record-host $request $definition {|folder|
    let facts = facts-of $request $definition
    build $folder $definition.name $facts
    $facts
  }
}

# Null also where somebody has taken its root away.
export def host-read [request: record, name: string]: nothing -> any {
  let host = read-record (host-folder $request $name)
  if ($host.facts?.root? | default "" | path type) == dir { $host.facts }
}

# Whether there was one.
export def host-delete [request: record, name: string]: nothing -> bool { forget-host $request $name }

export def host-probe [request: record, name: string]: nothing -> bool {
  (read-record (host-folder $request $name)) != null
}

export def host-list [request: record]: nothing -> list<string> { recorded-hosts $request local }

# Runs a command with the host's root as its current folder.
export def host-exec [request: record, name: string, command: list<string>, settings: record = {}]: nothing -> record {
  let root = root-of $request $name
  let argv = if $settings.timeout? == null { $command } else {
    ["timeout" "-k" "5" ($settings.timeout / 1sec | into string) ...$command]
  }
  if $settings.stdin? == null { return (do { cd $root; run-external ...$argv } | complete) }
  do { cd $root; $settings.stdin | run-external ...$argv } | complete
}

export def host-reach [request: record, name: string]: nothing -> record {
  let root = root-of $request $name
  { holds: $"($root | path dirname)/server.json", run: $"\(cd -- (quote-word $root) && exec \"$@\")", alive: ":" }
}

# Writes a file of the host, whole or not at all. Owners are left as they are: a folder has no users.
export def host-put [request: record, name: string, path: string, content: any, settings: record = {}]: nothing -> nothing {
  let target = inside-root (root-of $request $name) $path
  mkdir ($target | path dirname)
  let new = $"($target).(random uuid).tmp"
  # It keeps the mode of the file that it replaces.
  if ($target | path exists) { cp --preserve [mode] $target $new }
  (if $settings.from? == null { $content } else { open --raw $settings.from }) | save --raw --force $new
  if $settings.mode? != null { ^chmod $settings.mode $new }
  mv --force $new $target
}

# A file of the host; null when it is absent.
export def host-get [request: record, name: string, path: string, settings: record = {}]: nothing -> any {
  let target = inside-root (root-of $request $name) $path
  if not ($target | path exists) { return }
  if $settings.to? == null { return (open --raw $target | into binary) }
  cp --force $target $settings.to
  true
}

# Absent already is fine, also where the whole host is gone.
export def host-remove [request: record, name: string, path: string]: nothing -> nothing {
  if (host-probe $request $name) { rm --force (inside-root (root-of $request $name) $path) }
}

# `2xCPU-4GB` → { cpu: 2, memory_mib: 4096 }; nothing for a plan of another form.
export def parse-plan [plan: any]: nothing -> record {
  let parts = $plan | default "" | into string | parse --regex '^(?<cpu>\d{1,4})xCPU-(?<size>\d{1,6})(?<unit>[GM])i?B$' | get --optional 0
  if $parts == null { return {} }
  { cpu: ($parts.cpu | into int), memory_mib: (($parts.size | into int) * (if $parts.unit == G { 1024 } else { 1 })) }
}

def root-of [request: record, name: string]: nothing -> string {
  let folder = host-folder $request $name
  if (read-record $folder) == null { refuse not_found $"there is no local server ($name) in infra ($request.infra)" }
  $folder | path join root
}

def build [folder: string, name: string, facts: record]: nothing -> nothing {
  let root = $folder | path join root
  mkdir ...([etc tmp root home opt srv var/log var/lib var/tmp] | each {|path| $root | path join $path })
  $"($name)\n" | save --raw ($root | path join etc/hostname)
  $"127.0.0.1 localhost\n($facts.address) ($name)\n" | save --raw ($root | path join etc/hosts)
  "NAME=\"provisioning local host\"\nID=provisioning-local\n" | save --raw ($root | path join etc/os-release)
}

def facts-of [request: record, definition: record]: nothing -> record {
  {
    address: (address-of $request $definition.name)
    hostname: $definition.name
    root: (host-folder $request $definition.name | path join root)
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
