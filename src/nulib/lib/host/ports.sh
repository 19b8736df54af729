# Who answers on a port of this host: an answer alone may be anybody's. Reads /proc only, so that every host can.

# ADDRESS PORT: the inodes of the sockets of this host that an answer there comes from: those bound to just this address,
# else those bound to all. Without an ADDRESS, every one of the port. A firewall that hands the port on has none.
sockets_at() {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$(printf %04X "$2")" -v address="$(as_proc_has_it "$1")" '
    # Numbers to awk where they look so: 0E10 and 00E1 would be the same.
    { split($2, at, ":") }
    $4 != "0A" || at[2] "" != port "" { next }
    { every = every " " $10 }
    at[1] "" == address "" || at[1] "" == "0000000000000000FFFF0000" address { exact = exact " " $10 }
    at[1] "" == "00000000" { four = four " " $10 }
    at[1] ~ /^0+$/ && length(at[1]) == 32 { six = six " " $10 }
    END {
      if (address == "") print every
      else if (exact != "") print exact
      else print (length(address) == 8 && four != "" ? four : six)
    }'
}

# The address in hexadecimal digits, as a little-endian machine writes its four bytes.
as_proc_has_it() {
  case $1 in
  localhost) echo 0100007F ;;
  ::1) echo 00000000000000000000000001000000 ;;
  *[!0-9.]* | '') ;;
  *) echo "$1" | { IFS=. read -r a b c d && printf %02X%02X%02X%02X "$d" "$c" "$b" "$a"; } ;;
  esac
}

# INODE…: the processes that hold these sockets.
holders() {
  for inode; do find /proc/[0-9]*/fd -maxdepth 1 -lname "socket:\[$inode\]" 2>/dev/null; done | cut -d / -f 3 | sort -nu
}

# ADDRESS PORT OWNS: false where somebody answers there of whom OWNS (called with a pid) says no; $reason says who it is.
no_stranger() {
  sockets=$(sockets_at "$1" "$2")
  [ -n "${sockets# }" ] || return 0
  # shellcheck disable=SC2086
  strangers=$(holders $sockets)
  for stranger in $strangers; do "$3" "$stranger" && return 0; done
  reason="port $2 is held by another one: $(named $strangers)"
  return 1
}

named() {
  [ $# != 0 ] || { printf 'a process that cannot be seen from here' && return; }
  names=
  for holder; do names="$names${names:+, }$(tr '[:cntrl:]' ' ' <"/proc/$holder/comm" 2>/dev/null | sed 's/ $//') (pid $holder)"; done
  printf %s "$names" | cut -c 1-200
}

# PID UNIT: whether systemd started it as a part of the unit.
in_unit() {
  group=$(systemctl show --property ControlGroup --value "$2" 2>/dev/null)
  [ -n "$group" ] || return 1
  case $(sed 's,$,/,' "/proc/$1/cgroup" 2>/dev/null) in *"$group/"*) return 0 ;; esac
  return 1
}

# PID ANCESTOR: whether it is that one, was started by it, or is of its group.
descends() {
  line=$1
  while [ "${line:-0}" -gt 1 ]; do
    [ "$line" != "$2" ] || return 0
    # After the name, which may hold anything: state, parent, group.
    stat=$(cat "/proc/$line/stat" 2>/dev/null) || return 1
    # shellcheck disable=SC2086
    set -- "$1" "$2" ${stat##*) }
    [ "$5" != "$2" ] || return 0
    line=$4
  done
  return 1
}
