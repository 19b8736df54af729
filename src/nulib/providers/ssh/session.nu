# Connections by the system's OpenSSH client, so that agents, hardware keys, jumps and the user's ssh_config work. One
# master connection for each host and run carries all sessions. The engine closes it when the run has ended; left alone,
# after a crash, it ends by itself.
use lib/refusal.nu [quoted refuse]
use lib/task.nu report-progress
use providers/ssh/definition.nu [identity-of in-workspace]
use providers/ssh/failures.nu [explain is-passing not-yet]
use providers/ssh/host-keys.nu known-hosts
use providers/ssh/quote.nu [quote-argv quote-word]

# Seconds without a session after which a master ends by itself.
const LEFT_ALONE = 15
# Seconds for which a host is waited for that does not answer yet: it may be booting.
const PATIENCE = 30
# Seconds that one try to connect may take, and for which a connection that stands may be silent: three questions are
# asked in them. What is shorter than that is survived. A host that is lost is given up after both: see docs/taskservs.md.
const SILENCE = 15
const TRY = 10

# Runs a command on the host: { stdout, stderr, exit_code }. `from` is a file for its input, `to` one for its output.
export def in-session [host: record, argv: list<string>, stdin: any, --from: string, --to: string]: nothing -> record {
  let line = quote-argv $argv
  let socket = socket-of $host
  for try in 0..20 {
    if not ($socket | path exists) { connect $host }
    let log = new-log
    let outcome = run-session $socket $log $line { stdin: $stdin, from: $from, to: $to }
    let trouble = take-log $log
    if $outcome.exit_code != 255 { return $outcome }
    if $trouble == "" {
      # The client says nothing when its master dies: the command's own 255 is one that the master survives.
      if (answers $socket) { return $outcome }
      refuse unreachable $"the connection to ($host.name) \(($host.definition.address)\) broke while ($argv | first | quoted) ran there" "What that did is not known. Look at the host, then try again."
    }
    # Nothing was started: the master is gone, or has no room for one more session.
    if (answers $socket) { sleep 100ms } else { rm --force $socket }
  }
  refuse unreachable $"($host.name) \(($host.definition.address)\) opens no session" "Look at MaxSessions in its sshd_config."
}

# Sessions of the master, which is opened unless there is one, for a shell: see `host-reach` of providers/provider.nu.
# `before` is put before the line that the host runs.
export def way-to [host: record, before: string]: nothing -> record {
  let socket = socket-of $host
  if not (answers $socket) {
    rm --force $socket
    connect $host
  }
  let words = session-options $socket | each {|word| quote-word $word } | str join " "
  {
    holds: $socket
    run: $"ssh -n ($words) -E \"$log\" -- host \"($before)$line\""
    alive: $"ssh -F none -S (quote-word $socket) -O check -- host 2>/dev/null"
  }
}

export def require-ssh []: nothing -> nothing {
  if (which ssh | is-not-empty) { return }
  refuse unavailable "there is no ssh on this machine" "Install OpenSSH's client: apt install openssh-client."
}

# A master for the host, unless there is one. `adopt`: a host key that nobody knows yet is recorded.
export def connect [host: record, --adopt]: nothing -> nothing {
  check-key-file $host
  let socket = socket-of $host
  mkdir ($socket | path dirname)
  let seconds = patience $host
  let until = (date now) + ($seconds | into duration --unit sec)
  let shown = $"($until | date to-timezone UTC | format date '%H:%M:%SZ') \(($seconds) s\)"
  mut told = ""
  loop {
    let trouble = try-connect $host $socket $adopt
    if $trouble == null { break }
    if (date now) > $until or not (is-passing $trouble) { explain $host $trouble }
    let news = not-yet $host $trouble $shown
    if $news != $told { report-progress "-" $news }
    $told = $news
    sleep 500ms
  }
  if $told != "" { report-progress "-" $"($host.name) answers" }
}

def patience [host: record]: nothing -> int { $host.definition.connect_timeout? | default $PATIENCE }

def one-try [host: record]: nothing -> int { [$TRY (patience $host)] | math min }

# Ends the master, if there is one.
export def hang-up [host: record]: nothing -> nothing {
  let socket = socket-of $host
  if ($socket | path exists) { do { ^ssh -F none -S $socket -O exit -- host } | complete | ignore }
}

def answers [socket: string]: nothing -> bool {
  ($socket | path exists) and (do { ^ssh -F none -S $socket -O check -- host } | complete).exit_code == 0
}

# Only the master's socket leads to the host: without it the session fails at once, and nothing has begun.
def run-session [socket: string, log: string, line: string, data: record]: nothing -> record {
  let argv = [...(session-options $socket) -E $log "--" host $line]
  if $data.from? != null { return (open --raw $data.from | do { ^ssh ...$argv } | complete) }
  if $data.stdin? != null { return ($data.stdin | do { ^ssh ...$argv } | complete) }
  if $data.to? != null { return (do { ^sh -c 'file=$1; shift; exec ssh -n "$@" >"$file"' sh $data.to ...$argv } | complete) }
  do { ^ssh -n ...$argv } | complete
}

def session-options [socket: string]: nothing -> list<string> {
  [-F none -S $socket -T -o LogLevel=ERROR -o ControlMaster=no -o ProxyCommand=false -o BatchMode=yes -o EscapeChar=none]
}

# Null, or what ssh said: { own, jump }, each as its log has it.
def try-connect [host: record, socket: string, adopt: bool]: nothing -> any {
  let log = new-log
  let argv = [
    ...(options-of $host $adopt $log) -S $socket -o ControlMaster=auto -o $"ControlPersist=($LEFT_ALONE)" "--" $host.definition.address "true"
  ]
  let outcome = sign-in $host $socket $argv
  let said = [(take-log $log) ($outcome.stderr | str trim)] | where $it != "" | str join "\n"
  let jump = take-log (jump-log $log) | lines | where {|line| $line !~ '^(Warning: Permanently added|\*\* |Killed by signal)' } | str join "\n"
  if $outcome.exit_code == 0 { return }
  { own: (if $said == "" { $"ssh ended with exit code ($outcome.exit_code)" } else { $said }), jump: $jump }
}

# The master outlives this task: it keeps none of the task's pipes, nor its session, where whatever leads to the host (a
# jump, a ProxyCommand of the user's) would be ended with the task while others need it. Who is told to end before the
# connection stands, which its socket ($0) shows, ends all that too. macOS has no setsid, and no looking for sessions …
const OPEN = '
alone=$(command -v setsid)
$alone ssh "$@" </dev/null >/dev/null 2>&1 &
opening=$!
trap "kill $opening; [ -e \"\$0\" ] || kill -- -$opening; exit 143" TERM INT HUP
wait $opening'
# … and a key that is no file is known to an agent which lives as long as this takes.
const OPEN_WITH_KEY = $'trap "kill $SSH_AGENT_PID" EXIT; ssh-add -q - || exit 1($OPEN)'

def sign-in [host: record, socket: string, argv: list<string>]: nothing -> record {
  let key = key-of $host
  if $key == null { return (do { ^env -i ...(surroundings) sh -c $OPEN $socket ...$argv } | complete) }
  $key | do { ^env -i ...(surroundings) ssh-agent sh -c $OPEN_WITH_KEY $socket ...$argv } | complete
}

# … nor its environment, which names the task and may hold credentials.
def surroundings []: nothing -> list<string> {
  $env | columns | where {|name| $name in [PATH HOME USER LOGNAME LANG TERM TZ SSH_AUTH_SOCK TMPDIR] or $name =~ '^LC_' }
  | each {|name| $"($name)=($env | get $name | if ($in | describe) =~ '^list' { str join (char esep) } else { $in })" }
}

# ssh only goes on without it. An agent may have the key: its public half is enough then.
def check-key-file [host: record]: nothing -> nothing {
  let identity = identity-of $host
  let file = $identity.file?
  if $file == null or ($file | path exists) or ($"($file).pub" | path exists) { return }
  refuse usage $"the key file ($file | quoted) of ($host.name) does not exist" "Check identity."
}

# The text of a private key that is not a file; null for all others.
export def key-of [host: record]: nothing -> any {
  let identity = identity-of $host
  if $identity.environment? != null {
    let key = $env | get --optional $identity.environment
    if $key != null { return $"($key | str trim)\n" }
    refuse usage $"the key of ($host.name) is in ($identity.environment), which this task does not have" $"Give it to the operation: credentials = { ($identity.environment) = \"env:($identity.environment)\" }."
  }
  if $identity.command? == null { return }
  let outcome = do { cd $host.workspace; run-external ...$identity.command } | complete
  if $outcome.exit_code == 0 { return $"($outcome.stdout | str trim)\n" }
  refuse usage $"($identity.command | first | quoted), which is to print the key of ($host.name), failed with exit code ($outcome.exit_code)"
}

def options-of [host: record, adopt: bool, log: string]: nothing -> list<string> {
  let definition = $host.definition
  let keys = if $adopt { "accept-new" } else { "yes" }
  let common = common-options $host $keys
  let jump = if $definition.jump? == null { [] } else { ["-o" $"ProxyCommand=(jump-command $host $definition.jump [...$common -E (jump-log $log)])"] }
  [
    ...$common -E $log ...(known-hosts $host) ...$jump -o ClearAllForwardings=yes
    ...(if $definition.port? != null { [-p ($definition.port | into string)] })
    ...(if $definition.user? != null { [-l $definition.user] })
  ] | compact
}

def common-options [host: record, keys: string]: nothing -> list<string> {
  let config = $host.definition.ssh_config?
  let identity = identity-of $host
  let file = $identity.file?
  let settings = [
    BatchMode=yes $"StrictHostKeyChecking=($keys)" LogLevel=ERROR $"ConnectTimeout=(one-try $host)"
    $"ServerAliveInterval=($SILENCE // 3)" ServerAliveCountMax=3
    ForwardAgent=no ForwardX11=no RequestTTY=no RemoteCommand=none PermitLocalCommand=no
    UpdateHostKeys=no HashKnownHosts=no NumberOfPasswordPrompts=0
  ]
  [
    ...(if $config != null { [-F (in-workspace $host $config)] })
    ...($settings | each {|one| [-o $one] } | flatten)
    ...(if $file != null { [-i ($file | str replace --all "%" "%%") -o IdentitiesOnly=yes] })
  ] | compact
}

# What `ssh -J` would do, with our settings for the host in between too. It gives up before the ssh that waits for it, so
# that it is the one to say why; why it came no further it says at level INFO.
def jump-command [host: record, jump: string, common: list<string>]: nothing -> string {
  let parts = $jump | parse --regex '^(?:(?<user>[^@]+)@)?(?<address>\[.*\]|[^:]+)(?::(?<port>\d+))?$' | first
  let argv = [
    ssh -o $"ConnectTimeout=([((one-try $host) - 2) 1] | math max)" -o LogLevel=INFO ...$common ...(known-hosts $host --jump) -o ControlMaster=no -o ControlPath=none
    ...(if ($parts.port? | default "") != "" { [-p $parts.port] })
    ...(if ($parts.user? | default "") != "" { [-l $parts.user] })
  ] | compact
  let address = $parts.address | str trim --char "[" | str trim --char "]"
  let words = $argv | each {|word| quote-word $word | str replace --all "%" "%%" }
  $"($words | str join ' ') -W '[%h]:%p' -- (quote-word $address)"
}

# One socket for each host and run, in the folder that the engine gave and will close.
def socket-of [host: record]: nothing -> string {
  let folder = $env.PROVISIONING_CONNECTIONS? | default ($env.PROVISIONING_TASK_DIR | path join connections)
  let what = [$host.workspace $host.definition] | to json --raw | hash sha256 | str substring 0..11
  $folder | path join $what
}

def new-log []: nothing -> string { $env.PROVISIONING_TASK_DIR | path join $"ssh-(random chars --length 12).log" }

def jump-log [log: string]: nothing -> string { $"($log).jump" }

def take-log [log: string]: nothing -> string {
  if not ($log | path exists) { return "" }
  let text = open --raw $log | into binary | decode utf-8 | str trim
  rm --force $log
  $text
}
