LISTS=/var/lib/apt/lists ARCHIVES=/var/cache/apt/archives
lists_trouble=
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
  install $missing || again $missing || fail packages "$missing" "$(last_words)$lists_trouble"
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
  found=$(dpkg-query -W -f '${Package}=${db:Status-Status}=${Version}\n${Package}:${Architecture}=${db:Status-Status}=${Version}\n' -- $(printf '%s\n' "$@" | cut -d = -f 1) 2>/dev/null)
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
  fetched "$ARCHIVES" --fix-broken --download-only install && apt --fix-broken install ||
    fail packages dpkg "an interrupted installation cannot be repaired: $(last_words)"
  say changed packages dpkg "an interrupted installation was repaired"
}

fresh_lists() {
  [ -n "$(find $LISTS -maxdepth 1 -name '*_Packages*' -mtime -1 2>/dev/null | head -n 1)" ] || update_lists || fail packages lists "$(last_words)"
}

# The lists may be younger than a day and yet older than what the mirror has now.
again() {
  [ -z "$lists_trouble" ] && grep -q -E 'Unable to locate|no installation candidate|Failed to fetch|was not found' "$OUTPUT" && update_lists && install "$@"
}

# A mirror that fails is no error to apt-get, which goes on with the lists that it has.
update_lists() {
  fetched "$LISTS" update || return
  lists_trouble=$(grep -m 1 '^W: Failed to fetch' "$OUTPUT")
  lists_trouble=${lists_trouble:+"; its lists could not be renewed: ${lists_trouble#W: }"}
}

# All is fetched first, for only that can be stopped: dpkg in the midst of a package is left alone. (With --no-download
# apt-get would not find what a source of this host has.)
install() {
  fetched "$ARCHIVES" --download-only --no-install-recommends install -- "$@" && apt --no-install-recommends install -- "$@"
}

# PLACE ARGUMENTS…: has apt-get bring something to PLACE, and change nothing else. It gives a silent mirror up by itself,
# after four times its timeout; where it hangs, it is stopped: each APT_QUIET seconds it begins again where it was, for
# as long as anything comes.
fetched() {
  place=$1 quiet=0
  shift
  while [ "$quiet" -lt 2 ]; do
    size=$(du -sb "$place")
    patiently timeout -k 5 "$APT_QUIET" apt-get -q -y -o DPkg::Lock::Timeout=0 -o Acquire::Retries=1 \
      -o "Acquire::http::Timeout=$((APT_QUIET / 15 + 1))" -o "Acquire::https::Timeout=$((APT_QUIET / 15 + 1))" "$@" && return
    case $ended in 124 | 137) ;; *) return 1 ;; esac
    [ "$(du -sb "$place")" = "$size" ] && quiet=$((quiet + 1)) || quiet=0
  done
  words=$(grep -E '^(Get|Ign|Err|Hit):' "$OUTPUT" | tail -n 1)
  printf 'apt-get%s was stopped: nothing has come for %s s, twice%s. Do the mirrors in /etc/apt answer this host, and its proxy, if it has one?\n' \
    "$(printf ' %s' "$@" | sed 's/ --*[^ ]*//g')" "$APT_QUIET" "${words:+ (after $words)}" >"$OUTPUT"
  return 1
}

apt() { patiently apt-get -q -y -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-confdef "$@"; }

# Waits while somebody else holds the locks of apt and dpkg; `ended` is the exit code. Daemons that a package starts inherit
# the files that are open here: so a file, no pipe, and not our lock.
patiently() {
  until=$(($(now) + APT_WAIT))
  while :; do
    ended=0
    DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 "$@" >"$OUTPUT" 2>&1 </dev/null 9>&- || ended=$?
    [ "$ended" != 0 ] || return 0
    grep -q -E 'Could not get lock|Unable to (acquire|lock)|is locked by another process' "$OUTPUT" || return 1
    [ "$(now)" -lt "$until" ] || break
    sleep 1
  done
  words=$(last_words)
  printf '%s (waited %s s)\n' "$words" "$APT_WAIT" >"$OUTPUT"
  return 1
}
