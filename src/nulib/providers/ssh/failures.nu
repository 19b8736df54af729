# What OpenSSH says, in words with a remedy.
use lib/refusal.nu [refuse typed]

# Whether waiting may help: a host that boots refuses, does not answer, or closes the connection. `trouble` is here and
# below what ssh said: { own, jump }, the latter of the host in between.
export def is-passing [trouble: record]: nothing -> bool {
  let said = telling $trouble
  ($said =~ '(?i)connection (refused|timed out|reset|closed)|no route to host|network is unreachable|operation timed out|host is down|kex_exchange_identification|banner exchange|temporary failure in name resolution|system is booting'
    and $said !~ '(?i)permission denied \(|host key verification failed')
}

# Who has to be waited for, and what ssh says of it.
export def not-yet [host: record, trouble: record, until: string]: nothing -> string {
  let on = refused-on (telling $trouble)
  let who = if (is-of-jump $trouble) and $on == null { jump-of $host } else { $host.name }
  let said = $on | default (last-line (telling $trouble) | str replace --regex '^ssh: ' "")
  $"($who) does not answer yet; it is tried until ($until): ($said)"
}

export def explain [host: record, trouble: record]: nothing -> nothing {
  let definition = $host.definition
  let where = $"($host.name) \((if $definition.user? != null { $'($definition.user)@' })($definition.address)(if $definition.port? != null { $':($definition.port)' })\)"
  let of_jump = is-of-jump $trouble
  let trouble = telling $trouble
  let said = last-line $trouble
  if $of_jump { explain-jump $host $where $trouble }
  if $trouble =~ 'IDENTIFICATION HAS CHANGED|REVOKED HOST KEY' {
    let now = $trouble | parse --regex '(SHA256:[A-Za-z0-9+/]+)' | get --optional 0.capture0 | default "another"
    refuse conflict $"the host key of ($where) has changed: it is ($now) now" $"Somebody may be in between. If the host was installed anew, let it go and adopt it again: (adopt-again $host)."
  }
  if $trouble =~ '(?i)host key verification failed|no matching host key' {
    refuse conflict $"the host key of ($where) is not the one that was recorded: ($said)" $"If that is right, let it go and adopt it again: (adopt-again $host)."
  }
  if $trouble =~ '(?i)UNPROTECTED PRIVATE KEY|bad permissions' {
    refuse usage $"the key ($definition.identity?) of ($where) may be read by others, so ssh does not use it" $"chmod 600 ($definition.identity?)"
  }
  if $trouble =~ '(?i)error in libcrypto|invalid format|error loading key|identity file .* not accessible|load key .*(no such file|permission denied)' {
    refuse usage $"the key of ($where) cannot be used: ($said)" "Check identity: a private key without a passphrase, or leave it to an agent."
  }
  if $trouble =~ '(?i)permission denied|too many authentication failures|no supported authentication methods' {
    refuse failed $"($where) does not let us in: ($said)" "Put the public key into ~/.ssh/authorized_keys there, or name another user or identity."
  }
  if $trouble =~ '(?i)could not resolve hostname|name or service not known' {
    refuse unreachable $"($where) has an address that nobody knows: ($said)" "Check address."
  }
  if $trouble =~ '(?i)bad configuration option|no such file|terminating, .*bad configuration' {
    refuse usage $"ssh does not understand its configuration: ($said)" "Check ssh_config."
  }
  let code = $trouble | parse --regex '^ssh ended with exit code (?<code>\d+)$' | get --optional 0.code
  if $code != null and $code != "255" {
    refuse failed $"($where) lets us in, but its login shell does not run a command: it ended with exit code ($code)" "Give that user a POSIX shell: chsh -s /bin/sh."
  }
  let through = if $definition.jump? != null and $trouble =~ 'UNKNOWN port' { $" through ($definition.jump), its jump" } else { "" }
  refuse unreachable $"($where) cannot be reached($through): ($said)" "Check that it runs, its address and port, and the network in between; then try again."
}

# While something stands on the server, `server delete` refuses, and names the ways out.
def adopt-again [host: record]: nothing -> string { $"(typed $host $'server delete ($host.name)'), then (typed $host 'server create')" }

# Through a jump, ssh knows of the host behind it only that nothing came. What our own key or configuration lacks is left
# to who explains that of every host.
def explain-jump [host: record, where: string, trouble: string]: nothing -> nothing {
  let jump = jump-of $host
  let said = last-line $trouble
  if $trouble =~ '(?i)IDENTIFICATION HAS CHANGED|REVOKED HOST KEY|host key' {
    let address = $host.definition.jump | str replace --regex '^[^@]*@' ""
    let named = $trouble | parse --regex '(?i)host key (?:for|is known for) (?<name>\S+)' | get --optional 0.name | default $address
    let what = if $trouble =~ '(?i)HAS CHANGED|REVOKED' { "has changed" } else if $trouble =~ '(?i)is known for' { "is not known" } else { $"cannot be checked: ($said)" }
    refuse conflict $"the host key of ($named), the jump to ($host.name), ($what)" $"Somebody may be in between. If that host was installed anew: ssh-keygen -R '($named)', then (adopt-again $host)."
  }
  let on = refused-on $trouble
  if $on != null and $on =~ '(?i)prohibited' { refuse failed $"($jump) does not lead on: ($on)" "Its sshd_config has to allow it: AllowTcpForwarding, PermitOpen." }
  if $on != null { refuse unreachable $"($where) cannot be reached from ($host.definition.jump), its jump: ($on)" "Check that it runs, its address and port as the jump sees them, and the network between the two; then try again." }
  if $trouble =~ '(?i)error in libcrypto|invalid format|error loading key|identity file .* not accessible|load key|bad permissions|bad configuration option|terminating, ' { return }
  if $trouble =~ '(?i)permission denied|too many authentication failures|no supported authentication methods' {
    refuse failed $"($jump) does not let us in: ($said)" "Put the public key into ~/.ssh/authorized_keys there, or name another user of it (jump: user@host) or another identity."
  }
  if $trouble =~ '(?i)could not resolve hostname|name or service not known' {
    refuse unreachable $"($jump) has an address that nobody knows: ($said)" "Check jump."
  }
  refuse unreachable $"($jump) cannot be reached: ($said)" "Check that it runs, its address and port (jump: user@host:port), and the network in between; then try again."
}

def jump-of [host: record]: nothing -> string { $"($host.definition.jump), the jump to ($host.name)," }

# The host behind a jump has not even begun to answer, and the jump's own ssh says why.
def is-of-jump [trouble: record]: nothing -> bool {
  $trouble.jump != "" and ($trouble.own == "" or $trouble.own =~ 'kex_exchange_identification|banner exchange|UNKNOWN port')
}

# Why the host in between, which let us in, came no further; null where it does not say so.
def refused-on [trouble: string]: nothing -> any {
  $trouble | parse --regex '(?i)channel \d+: open failed: (?<why>.*)' | get --optional 0.why
}

def last-line [trouble: string]: nothing -> string {
  $trouble | lines | where {|line| $line !~ '^@+$' and ($line | str trim) != "" } | last 1 | str join
}

def telling [trouble: record]: nothing -> string { if (is-of-jump $trouble) { $trouble.jump } else { $trouble.own } }
