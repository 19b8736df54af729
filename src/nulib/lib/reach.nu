# Ways to hosts for commands that need no Nushell themselves: lib/on-hosts.sh uses them for as long as they hold.
use lib/refusal.nu check-name
use providers/provider.nu host-reach

# Which hosts: `NAME=KEY …` in PROVISIONING_REACH. For each one either its way is left in the run's folder, under KEY, or
# why there is none in host-NAME.why of the task's.
export def reach-hosts [request: record]: nothing -> record {
  let folder = $env.PROVISIONING_CONNECTIONS
  mkdir $folder
  let hosts = $env.PROVISIONING_REACH | split row " " | parse "{name}={key}"
  $hosts | par-each --threads ([($hosts | length) 32] | math min) {|host|
    try {
      way-file (host-reach $request (check-name $host.name server)) | put-whole ($folder | path join $host.key)
    } catch {|error|
      let text = [$error.msg $error.details?.help?] | compact | str join ". " | to json --raw
      $"($text | str substring 1..-2)\n" | put-whole ($env.PROVISIONING_TASK_DIR | path join $"host-($host.name).why")
    }
  } | ignore
  {}
}

# way: { holds: path, run: string, alive: string }
def way-file [way: record]: nothing -> string {
  $"# ($way.holds)\nrun\() { ($way.run); }\nalive\() { ($way.alive); }\n"
}

# A reader never sees half of it.
def put-whole [file: string]: string -> nothing {
  let new = $"($file).(random uuid)"
  $in | save --raw $new
  mv --force $new $file
}
