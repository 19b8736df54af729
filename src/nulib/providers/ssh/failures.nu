# What OpenSSH says, in words with a remedy.
use lib/refusal.nu [refuse typed]

# Whether waiting may help: a host that boots refuses, does not answer, or closes the connection.
export def is-passing [trouble: string]: nothing -> bool {
  ($trouble =~ '(?i)connection (refused|timed out|reset|closed)|no route to host|network is unreachable|operation timed out|host is down|kex_exchange_identification|banner exchange|temporary failure in name resolution|system is booting'
    and $trouble !~ '(?i)permission denied \(|host key verification failed')
}

export def explain [host: record, trouble: string]: nothing -> nothing {
  let definition = $host.definition
  let where = $"($host.name) \((if $definition.user? != null { $'($definition.user)@' })($definition.address)(if $definition.port? != null { $':($definition.port)' })\)"
  check-jump $host $trouble
  let said = $trouble | lines | where {|line| $line !~ '^@+$' and ($line | str trim) != "" } | last 1 | str join
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
  refuse unreachable $"($where) cannot be reached: ($said)" "Check that it runs, its address and port, and the network in between; then try again."
}

# While something stands on the server, `server delete` refuses, and names the ways out.
def adopt-again [host: record]: nothing -> string { $"(typed $host $'server delete ($host.name)'), then (typed $host 'server create')" }

# The host in between has a key too: what ssh says of that is no fault of the host behind it.
def check-jump [host: record, trouble: string]: nothing -> nothing {
  let definition = $host.definition
  let named = $trouble | parse --regex '(?i)host key (?:for|is known for) (?<name>\S+)' | get --optional 0.name
  let jump = $definition.jump? | default "" | str replace --regex '^[^@]*@' ""
  if $named == null or (without-port $named) != (without-port $jump) or (without-port $named) == (without-port $definition.address) { return }
  let what = if $trouble =~ '(?i)host key for' { "has changed" } else { "is not known" }
  refuse conflict $"the host key of ($named), the jump to ($definition.name), ($what)" $"Somebody may be in between. If that host was installed anew: ssh-keygen -R '($named)', then (adopt-again $host)."
}

def without-port [address: string]: nothing -> string {
  let bare = $address | parse --regex '^\[(?<inner>.*)\](?::\d+)?$' | get --optional 0.inner
  $bare | default (if ($address | split chars | where $it == ":" | length) == 1 { $address | str replace --regex ':\d+$' "" } else { $address }) | str lowercase
}
