# What a host is, in one round trip.
use lib/refusal.nu refuse
use providers/ssh/session.nu in-session

# `say KEY VALUE` lines. Nothing here needs more than a POSIX shell; what a host cannot tell is left out.
const SCRIPT = '
say() { printf "%s=%s\n" "$1" "$2"; }
have() { command -v "$1" >/dev/null 2>&1; }
say quoted "$1"
if [ -r /etc/os-release ]; then
  (. /etc/os-release; say os "$ID"; say os_version "$VERSION_ID"; say os_name "$PRETTY_NAME"; say os_like "$ID_LIKE"; say os_codename "$VERSION_CODENAME")
else
  say os "$(uname -s | tr A-Z a-z)"; say os_version "$(uname -r)"; say os_name "$(uname -sr)"
fi
say kernel "$(uname -r)"; say arch "$(uname -m)"; say hostname "$(uname -n)"
say cpu "$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)"
[ -r /proc/meminfo ] && while read -r key size rest; do [ "$key" = MemTotal: ] && say memory_mib $((size / 1024)); done </proc/meminfo
if [ -d /run/systemd/system ]; then say init systemd
elif [ -d /run/openrc ]; then say init openrc
elif [ -r /proc/1/comm ]; then read -r comm </proc/1/comm; case $comm in init|runit|s6-svscan) say init "$comm";; *) say init none;; esac
else say init unknown; fi
uid=$(id -u); say uid "$uid"; say user "$(id -un)"
if [ "$uid" = 0 ]; then say become none; elif have sudo && sudo -n true 2>/dev/null; then say become sudo; else say become impossible; fi
have hostname && say addresses "$(hostname -I 2>/dev/null)"
if [ -d /sys/block ]; then for disk in /sys/block/*; do
  case ${disk##*/} in loop*|ram*|zram*|dm-*|sr*|fd*|ifb*) continue;; esac
  [ -r "$disk/size" ] && read -r size <"$disk/size" && [ "$size" -gt 0 ] && say disk "${disk##*/} $size"
done; fi
set -- $(df -Pk / | tail -n 1); say root "$2 $4"
exit 0'

# Comes back unharmed only from a login shell that understands our quotes.
const HOSTILE = "it's \"$(id)\" `id` $HOME \\n \\\\ * ! ; & | # ~ é"

export def gather [host: record]: nothing -> record {
  let outcome = in-session $host ["sh" "-c" $SCRIPT "sh" $HOSTILE] null
  if $outcome.exit_code != 0 { refuse failed $"($host.name) does not tell what it is: ($outcome.stderr | into string | str trim)" "Its login shell must be able to run sh." }
  let lines = $outcome.stdout | into string | lines | parse --regex '^(?<key>[a-z_]+)=(?<value>.*)$'
  let said = {|key: string| $lines | where key == $key | get --optional 0.value }
  if (do $said quoted) != $HOSTILE { refuse failed $"the login shell of ($host.definition.user? | default 'the user') on ($host.name) changes what it is given" "Give that user a POSIX shell: chsh -s /bin/sh." }
  let number = {|key: string| do $said $key | if ($in | default "") =~ '^\d+$' { $in | into int } }
  let root = do $said root | default "" | split row " " | where $it =~ '^\d+$' | each { into int }
  {
    address: $host.definition.address
    hostname: (do $said hostname), user: (do $said user), become: (do $said become)
    os: (do $said os), os_version: (do $said os_version), os_name: (do $said os_name), os_codename: (do $said os_codename)
    os_like: (do $said os_like | default "" | split row " " | where $it != "")
    arch: (do $said arch), kernel: (do $said kernel), init: (do $said init)
    cpu: (do $number cpu), memory_mib: (do $number memory_mib)
    disks: ($lines | where key == disk | get value | parse "{name} {sectors}" | each {|it| { name: $it.name, size_mib: (($it.sectors | into int) // 2048) } })
    root_mib: (if ($root | length) == 2 { $root.0 // 1024 }), root_free_mib: (if ($root | length) == 2 { $root.1 // 1024 })
    addresses: (do $said addresses | default "" | split row " " | where $it != "")
    gathered_at: (date now | date to-timezone UTC | format date "%Y-%m-%dT%H:%M:%S%.3fZ")
  } | items {|key, value| { key: $key, value: $value } } | where value not-in [null ""] | reduce --fold {} {|it, facts| $facts | insert $it.key $it.value }
}
