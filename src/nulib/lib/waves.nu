# Work on many hosts: in waves, so that a mistake meets one host before it meets all; and with a checkpoint for each
# host, so that a retry goes on with what is left.
use lib/refusal.nu refuse
use lib/task.nu [cause-of record-resources report-progress save-checkpoint]

# Ends of the work on a host that somebody has to look at.
export const BAD = [failed refused unreachable]
# A process for each at the same time; more would only queue on this machine.
const AT_ONCE = 32

# Does `work` (host → { status, … }; failed, refused and unreachable are bad ends) on every host, wave by wave, all hosts
# of a wave at the same time. options: { waves: [1, 2, "50%"], max_fail_percent: 0, verb: "installing", digest: string,
# request: record, done: results of hosts that need nothing, standing: closure (results so far → what the inventory has to
# say of them, even if the work ends here), ahead: true where it shall say so of hosts that are about to be changed, too
# (their result: { server, begun: true }), note: record, for the checkpoint of the next attempt }. Hosts that an earlier
# attempt of the same digest finished are not asked again.
# Returns { results: [{ server, status, … }], untried: [names], stopped: bool } in the order of the hosts.
export def over-hosts [hosts: list<any>, options: record, work: closure]: nothing -> record {
  let kept = finished-before $options
  let done = $options.done? | default [] | where server not-in ($kept | columns)
  let left = $hosts | where name not-in ($kept | columns) | where name not-in ($done | get --optional server)
  let total = $hosts | length
  let first = { results: (($kept | values) ++ $done), untried: $left, stopped: false }
  let ended = waves-of ($options.waves? | default []) ($left | length) $total | reduce --fold $first {|size, so_far|
    if $so_far.stopped or ($so_far.untried | is-empty) { return $so_far }
    let results = one-wave ($so_far.untried | first $size) $so_far.results { total: $total, work: $work, options: $options }
    let bad = $results | where {|it| $it.status in $BAD } | length
    {
      results: $results
      untried: ($so_far.untried | skip $size)
      stopped: ($bad * 100 > ($options.max_fail_percent? | default 0) * $total)
    }
  }
  let order = $hosts | get name
  {
    results: ($order | each {|name| $ended.results | where server == $name | get --optional 0 } | compact)
    untried: ($ended.untried | get --optional name)
    stopped: $ended.stopped
  }
}

def one-wave [hosts: list<any>, before: list<any>, how: record]: nothing -> list<any> {
  if $how.options.ahead? == true { write-down $hosts $before $how.options }
  # Results come as they are ready, and are written by this one thread.
  $hosts | par-each --threads ([($hosts | length) $AT_ONCE] | math min) {|host|
    let result = try { do $how.work $host } catch {|error| ended-badly $error }
    { server: $host.name } | merge $result
  } | reduce --fold $before {|result, all|
    let now = $all | append $result
    write-down $hosts $now $how.options
    report-progress $"($now | length)/($how.total)" $"($how.options.verb) on ($result.server): ($result.status)"
    $now
  }
}

# What is so by now, for the next attempt and for the inventory: this one may be killed at any moment.
def write-down [wave: list<any>, now: list<any>, options: record]: nothing -> nothing {
  let finished = $now | where {|it| $it.status not-in $BAD } | reduce --fold {} {|it, done| $done | insert $it.server ($it | reject --optional changes log found) }
  save-checkpoint ({ digest: $options.digest, finished: $finished } | merge ($options.note? | default {}))
  if $options.standing? == null { return }
  let open = if $options.ahead? == true { $wave | get name | where $it not-in ($now | get --optional server) | each {|name| { server: $name, begun: true } } } else { [] }
  record-resources (do $options.standing ($now ++ $open))
}

# Ends the operation, and says what is wrong on which host. `bad`: results of `over-hosts` with `failure`, and `log` or
# `help` where there is something to say. `again`: the command that reads the definition again, which a retry does not
# where a command asked for it all; empty where nothing is to be done again.
export def refuse-bad [name: string, total: int, bad: list<any>, untried: list<string>, --again: string, --left: list<string> = []]: nothing -> any {
  let each_one = $bad | first 5 | each {|it| $"($it.server): ($it.failure)" } | str join "; "
  let more = if ($bad | length) > 5 { $" and ($bad | length | $in - 5) more" } else { "" }
  let rest = (if ($untried | is-empty) { "" } else { $"; not tried: ($untried | str join ', ')" }) + (if ($left | is-empty) { "" } else { $"; it may be on ($left | str join ', ') all the same" })
  let log = $bad | where {|it| ($it.log? | default []) != [] } | get --optional 0
  let ends = $bad | get status | uniq
  let code = if $ends == [refused] { "usage" } else if $ends == [unreachable] { "unreachable" } else { "failed" }
  refuse $code $"($name) failed on ($bad | length) of ($total) servers: ($each_one)($more)($rest)" (
    if $log == null { [(remedy-of $bad) (next-step $code $again)] | compact | if ($in | is-empty) { null } else { str join " " } } else { $"The last lines of its log on ($log.server):\n($log.log | last 15 | str join (char newline))" }
  )
}

def next-step [code: string, again: any]: nothing -> any {
  let retry = "Once the cause is mended: provisioning workflow retry."
  if $again == null { return $retry }
  if $again == "" { return null }
  if $code == "usage" { $"Once the definition is mended: ($again)" } else { $"($retry) Where that is the definition, which a retry does not read again: ($again)" }
}

# What each has to do, once where all have the same; else with its name.
def remedy-of [bad: list<any>]: nothing -> any {
  let said = $bad | where {|it| $it.help? != null }
  if ($said | is-empty) { return null }
  if ($said | length) == ($bad | length) and ($said | get help | uniq | length) == 1 { return $said.0.help }
  $said | first 3 | each {|it| $"($it.server): ($it.help)" } | str join " "
}

export def ended-badly [error: record]: nothing -> record {
  let cause = cause-of ($error.details? | default { msg: $error.msg })
  let status = if $cause.code? == unreachable { "unreachable" } else { "failed" }
  { status: $status, failure: $cause.msg, help: $cause.help?, changes: [], log: [] }
}

# Of an earlier attempt at the very same thing.
def finished-before [options: record]: nothing -> record {
  let checkpoint = $options.request.checkpoint?
  if $checkpoint == null or $checkpoint.digest? != $options.digest { return {} }
  $checkpoint.finished? | default {} | transpose server result | reduce --fold {} {|it, all|
    $all | insert $it.server ({ changes: [], log: [], found: {} } | merge $it.result | upsert server $it.server | upsert was $it.result.status | upsert status finished)
  }
}

# Sizes of the waves: the last one is repeated until nothing is left. A percentage is of all hosts, at least one host.
export def waves-of [waves: list<any>, left: int, total: int]: nothing -> list<int> {
  if ($waves | is-empty) { return [([$left 1] | math max)] }
  let sizes = $waves | each {|wave|
    if ($wave | describe) == int { return $wave }
    let percent = $wave | str replace "%" "" | into float
    [($total * $percent / 100 | math floor | into int) 1] | math max
  }
  let last = $sizes | last
  let more = [($left - ($sizes | math sum)) 0] | math max
  $sizes | append (if $more == 0 { [] } else { 1..(($more / $last) | math ceil | into int) | each { $last } })
}
