# PACKAGE[=VERSION]…: installed, whole. Nothing is upgraded that is there.
packages() {
  missing=$(missing_packages "$@")
  if [ -z "$missing" ]; then
    say same packages "$*"
    return
  fi
  differs packages "$*" "to install: $missing" || return 0
  repair_dpkg
  fresh_lists
  # shellcheck disable=SC2086
  apt install --no-install-recommends -- $missing || again $missing || fail packages "$missing" "$(last_words)"
  missing=$(missing_packages "$@")
  [ -z "$missing" ] || fail packages "$missing" "apt-get was content, and yet it is not installed"
  say changed packages "$*" "installed"
}

no_packages() {
  present=
  for package in "$@"; do
    case $(dpkg-query -W -f '${db:Status-Status}' -- "$package" 2>/dev/null) in
    '' | not-installed | config-files) ;;
    *) present="$present${present:+ }$package" ;;
    esac
  done
  if [ -z "$present" ]; then
    say same no-packages "$*"
    return
  fi
  differs no-packages "$*" "to remove: $present" || return 0
  repair_dpkg
  # shellcheck disable=SC2086
  apt remove -- $present || fail no-packages "$present" "$(last_words)"
  say changed no-packages "$*" "removed"
}

missing_packages() {
  found=$(dpkg-query -W -f '${Package}=${db:Status-Status}=${Version}\n' -- $(printf '%s\n' "$@" | cut -d = -f 1) 2>/dev/null)
  for wanted in "$@"; do
    case $wanted in
    *=*) line="${wanted%%=*}=installed=${wanted#*=}" ;;
    *) line="$wanted=installed=" ;;
    esac
    case "
$found" in
    *"
$line"*) ;;
    *) printf '%s ' "$wanted" ;;
    esac
  done | sed 's/ $//'
}

# apt or dpkg was killed half way: what it began is finished first.
repair_dpkg() {
  [ -n "$(ls -A /var/lib/dpkg/updates 2>/dev/null)" ] || [ -n "$(dpkg --audit 2>/dev/null)" ] || return 0
  patiently dpkg --force-confold --force-confdef --configure -a || true
  apt --fix-broken install || fail packages dpkg "an interrupted installation cannot be repaired: $(last_words)"
  say changed packages dpkg "an interrupted installation was repaired"
}

fresh_lists() {
  [ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -mtime -1 2>/dev/null | head -n 1)" ] || apt update || fail packages lists "$(last_words)"
}

# The lists may be younger than a day and yet older than what the mirror has now.
again() {
  grep -q -E 'Unable to locate|no installation candidate|Failed to fetch|was not found' "$OUTPUT" && apt update && apt install --no-install-recommends -- "$@"
}

apt() {
  patiently apt-get -q -y -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-confdef "$@"
}

# Waits while somebody else holds the locks of apt and dpkg. Daemons that a package starts inherit the files that are
# open here: so a file, no pipe, and not our lock.
patiently() {
  until=$(($(now) + APT_WAIT))
  while ! DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 "$@" >"$OUTPUT" 2>&1 </dev/null 9>&-; do
    grep -q -E 'Could not get lock|Unable to (acquire|lock)|is locked by another process' "$OUTPUT" || return 1
    if [ "$(now)" -ge "$until" ]; then
      words=$(last_words)
      printf '%s (waited %s s)\n' "$words" "$APT_WAIT" >"$OUTPUT"
      return 1
    fi
    sleep 1
  done
}
