# NAME: the host's, also over a reboot, and one that the host itself can look up: sudo and others complain of any other.
# It is said as a reading, too: what a host is called is a fact on record.
host_name() {
  known_hosts=$(cat /etc/hosts 2>/dev/null)
  if printf '%s\n' "$known_hosts" | awk -v name="$1" '{ sub(/#.*/, ""); for (i = 2; i <= NF; i++) if ($i == name) found = 1 } END { exit !found }'; then
    say same file /etc/hosts
  else
    # Debian gives the name this line, where a host has no address that stays.
    file /etc/hosts 0644 root:root '' 0 "$(printf '%s\n' "$known_hosts" |
      awk -v line="127.0.1.1\t$1" '$1 == "127.0.1.1" { if (!n++) print line; next } { print } END { if (!n) print line }' | base64 -w 0)"
  fi
  if [ "$(uname -n)" = "$1" ] && [ "$(cat /etc/hostname 2>/dev/null)" = "$1" ]; then
    say same hostname "$1"
  elif differs hostname "$1" "is $(uname -n)"; then
    printf '%s\n' "$1" >/etc/hostname 2>"$OUTPUT" && hostname "$1" 2>"$OUTPUT" || fail hostname "$1" "$(last_words)"
    say changed hostname "$1"
  fi
  reading hostname 'uname -n'
}

# NAME SYSTEM(0|1) HOME SHELL GROUPS(a,b): an empty HOME or SHELL is left to the host.
user() {
  name=$1
  if ! entry=$(getent passwd "$name"); then
    differs user "$name" "to be created" || return 0
    set -- "$name" "$2" "$3" "$4" "$5"
    useradd $([ "$2" = 1 ] && echo --system || echo --create-home) ${3:+--home-dir "$3"} --shell "${4:-/bin/bash}" \
      ${5:+--groups "$5"} --user-group -- "$name" >"$OUTPUT" 2>&1 || fail user "$name" "$(last_words)"
    say changed user "$name" created
    return
  fi
  what=
  have=$(printf %s "$entry" | cut -d : -f 7)
  [ -z "$4" ] || [ "$have" = "$4" ] || what="shell is $have, shall be $4"
  absent=
  for group in $(printf %s "$5" | tr , ' '); do
    id -nG "$name" | tr ' ' '\n' | grep -qxF "$group" || absent="$absent${absent:+,}$group"
  done
  [ -z "$absent" ] || what="$what${what:+; }not in $absent"
  if [ -z "$what" ]; then
    say same user "$name"
    return
  fi
  differs user "$name" "$what" || return 0
  usermod ${4:+--shell "$4"} ${absent:+--append --groups "$absent"} -- "$name" >"$OUTPUT" 2>&1 || fail user "$name" "$(last_words)"
  say changed user "$name" "$what"
}

# NAME KEYS(base64): who may log in as this user, in the home that the host says it has.
authorized_keys() {
  # Where one only looks, the user may still be to be created.
  entry=$(getent passwd "$1") || entry=$1:::::/home/$1:
  home=$(printf %s "$entry" | cut -d : -f 6) keys=$2
  set -- "$1" "$1:$(id -gn -- "$1" 2>/dev/null || printf %s "$1")"
  [ -d "$home" ] || ! getent passwd "$1" >/dev/null || fail folder "$home/.ssh" "the home of $1 is not there"
  folder "$home/.ssh" 0700 "$2"
  file "$home/.ssh/authorized_keys" 0600 "$2" '' 0 "$keys"
}

# NAME
user_group() {
  if getent group "$1" >/dev/null; then
    say same group "$1"
    return
  fi
  differs group "$1" "to be created" || return 0
  groupadd --system -- "$1" >"$OUTPUT" 2>&1 || fail group "$1" "$(last_words)"
  say changed group "$1" created
}

no_user() {
  if ! getent passwd "$1" >/dev/null; then
    say same no-user "$1"
    return
  fi
  differs no-user "$1" "to be removed" || return 0
  # Its home stays: it may be the only place of somebody's data.
  userdel -- "$1" >"$OUTPUT" 2>&1 || fail no-user "$1" "$(last_words)"
  say changed no-user "$1" removed
}

# KEY VALUE: what holds now; a file in /etc/sysctl.d keeps it over a reboot.
kernel_value() {
  have=$(sysctl -n -- "$1" 2>/dev/null | tr '\t' ' ')
  if [ "$have" = "$2" ]; then
    say same sysctl "$1"
    return
  fi
  differs sysctl "$1" "is ${have:-not there}, shall be $2" || return 0
  sysctl -q -w -- "$1=$2" >"$OUTPUT" 2>&1 || fail sysctl "$1" "$(last_words)"
  say changed sysctl "$1" "was ${have:-not there}"
}

# RULE (80/tcp): let in, as far as the host has a firewall that we know.
let_in() {
  if ! command -v ufw >/dev/null || ! ufw status 2>/dev/null | grep -q '^Status: active'; then
    say same firewall "$1" "no firewall to open (ufw is not active)"
    return
  fi
  if ufw show added | grep -qxF "ufw allow $1"; then
    say same firewall "$1"
    return
  fi
  differs firewall "$1" "to be let in" || return 0
  ufw allow "$1" >"$OUTPUT" 2>&1 || fail firewall "$1" "$(last_words)"
  say changed firewall "$1" "let in"
}
