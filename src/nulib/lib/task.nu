# What every task starts with, and what a task may tell while it runs.
use lib/refusal.nu refuse

# Reads request.json, runs the operation in the workspace, and leaves result.json (exit 0) or failure.json (exit 1).
export def run-task [module: string, operation: closure]: nothing -> nothing {
  let folder = $env.PROVISIONING_TASK_DIR
  try {
    let request = open --raw ($folder | path join request.json) | from json
    cd $request.workspace
    let result = do $operation $request
    write-json ($folder | path join result.json) (as-result $module $result)
  } catch {|error|
    let failure = describe-failure $module (cause-of $error.details)
    print --stderr (if $failure.place? == null { plain $failure } else { $error.rendered })
    write-json ($folder | path join failure.json) $failure
    exit 1
  }
}

# Asks whether an operation took effect whose end nobody saw. The probe returns what the operation would have returned
# (exit 0), or nothing when there is no trace of it (exit 3). An error leaves the question open.
export def run-probe [module: string, probe: closure]: nothing -> nothing {
  let folder = $env.PROVISIONING_TASK_DIR
  let request = open --raw ($folder | path join request.json) | from json
  cd $request.workspace
  let found = do $probe $request
  if $found == null { exit 3 }
  write-json ($folder | path join result.json) (as-result $module $found)
}

# `report-progress 40`, `report-progress "2/5" "creating disk"`, `report-progress "-" "waiting"`. Goes to the task's output, which is read in both modes
# and survives an orchestrator's death.
export def report-progress [
  progress: any # percent, or "2/5", or "-": as far as before
  text: string = "" # what is being done
]: nothing -> nothing {
  print ($"PROGRESS: ($progress) ($text)" | str replace --all --regex '[\x00-\x1f\x7f]+' ' ' | str trim)
}

# Keeps a value for the next attempt, which finds it as `checkpoint` in its request.
export def save-checkpoint [value: any]: nothing -> nothing {
  write-json ($env.PROVISIONING_TASK_DIR | path join checkpoint.json) $value
}

# Puts records on record (`put` and `remove` of lib/inventory.nu) that are so however this attempt ends; each call replaces
# what the one before said. For work on many servers that may end on some of them. The result's own come after these.
export def record-resources [changes: list<any>]: nothing -> nothing {
  write-json ($env.PROVISIONING_TASK_DIR | path join resources.json) { resources: $changes }
}

# Whether an orchestrator answers on the task's socket. Without one the task runs in the foreground of a command.
export def orchestrator-available []: nothing -> bool {
  let socket = $env.PROVISIONING_SOCKET? | default ""
  if $socket == "" { return false }
  try { (http get --max-time 2sec --unix-socket $socket "http://localhost/health").status? == healthy } catch { false }
}

# A whole file or none: a reader never sees half of it. (Without `--raw`, `to json` 0.115.1 writes control characters
# unescaped, which is not JSON: a coloured error message is enough.)
export def write-json [file: string, value: any]: nothing -> nothing {
  let new = $"($file).tmp"
  $value | to json --raw | save --raw --force $new
  mv --force $new $file
}

def as-result [module: string, result: any]: nothing -> record {
  if $result == null { return {} }
  if ($result | describe --detailed).type == record { return $result }
  refuse usage $"($module) returned ($result | describe), not a record" 'Return a record such as { message: "done" }, or nothing.'
}

# Nushell wraps what happens inside `each` in an error of its own; the reader wants the cause.
export def cause-of [details: record]: nothing -> record {
  let inner = $details.inner? | default [] | get --optional 0
  if $details.code? == "nu::shell::eval_block_with_input" and $inner != null { cause-of $inner } else { $details }
}

def describe-failure [module: string, details: record]: nothing -> record {
  let label = $details.labels? | default [] | get --optional 0
  let parts = {
    help: $details.help?
    code: (if ($details.code? | default "") =~ '^[a-z_]+$' { $details.code })
    label: (if ($label.text? | default "") != "" { $label.text })
  }
  { message: $details.msg, module: $module } | merge ($parts | compact-record) | merge (place-of $label)
}

# A refusal has no place in the source: Nushell's picture of it would only show where this library noticed.
def plain [failure: record]: nothing -> string {
  [$"Error: ($failure.message)" (if $failure.help? != null { $"  help: ($failure.help)" })] | compact | str join "\n"
}

def place-of [label: any]: nothing -> record {
  let location = $label.location? | default {}
  let file = $location.file? | default ""
  if ($file | path type) != file { return {} }
  let bytes = open --raw $file | into binary
  let before = $bytes | bytes at 0..<($location.start) | decode utf-8 | split row "\n"
  let line = $before | length
  {
    place: { file: ($file | path expand), line: $line, column: (($before | last | str length --grapheme-clusters) + 1) }
    source: ($bytes | decode utf-8 | lines | get ($line - 1))
  }
}

def compact-record []: record -> record {
  transpose key value | where value != null | reduce --fold {} {|it, kept| $kept | insert $it.key $it.value }
}
