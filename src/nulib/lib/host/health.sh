# A service that runs may still not serve, and somebody else may serve in its place. Each check is tried until it passes
# or the deadline has come, and passes only while the taskserv's own services (OWN) are up.

# DEADLINE(seconds) SERVICE LOGS…: begins the gate; frees the host for others.
gate() {
  exec 9>&-
  gate_end=$(($(now) + $1)) gate_seconds=$1 service=$2 unit=$2
  for one in $OWN; do case $one in "$service="*) unit=${one#*=} ;; esac; done
  shift 2
  logs=$*
}

# NAME ATTEMPT…: ATTEMPT leaves in $reason why it failed.
passes() {
  [ "$CHECK$GATED" = 10 ] && return
  name=$1
  shift
  while ! { own_is_up && "$@"; }; do
    if [ "$CHECK" = 1 ] || [ "$(now)" -ge "$gate_end" ]; then
      [ "$CHECK" = 1 ] || again_next_time
      [ -z "$service" ] || service_log
      fail health "$name" "$reason (for $gate_seconds s)"
    fi
    sleep 0.3
  done
  say same health "$name"
}

# What is up for a moment only has not come up.
stays_up() {
  [ "$CHECK" = 1 ] || [ -z "$OWN" ] || passes "stays up" same_for_a_second
}

same_for_a_second() {
  once=$(own_pids)
  sleep 1
  reason="it is started again and again"
  [ "$(own_pids)" = "$once" ]
}

# The next attempt would find nothing changed any more, and the service may never have taken up what is there now.
again_next_time() {
  for one in $OWN; do
    mkdir -p "$PENDING" && printf restart >"$PENDING/${one%%=*}"
  done 2>/dev/null
}

# HOST PORT PATH STATUS ANYONE
http_check() { passes "http://$1:$2$3" answers_http "$@"; }

answers_http() {
  ours "$1" "$2" "$5" || return 1
  line=$(timeout 5 bash --norc -c 'exec 3<>"/dev/tcp/$0/$1" || exit; printf "GET %s HTTP/1.0\r\nHost: %s\r\nUser-Agent: provisioning\r\n\r\n" "$2" "$0" >&3; IFS= read -r line <&3; printf %s "$line"' "$1" "$2" "$3" 2>/dev/null)
  got=$(printf %s "$line" | cut -d ' ' -f 2)
  case ${got:-none} in
  none) reason="no answer" ;;
  "$4") return 0 ;;
  *) reason="HTTP status $(printf %s "$got" | cut -c 1-3), not $4" ;;
  esac
  return 1
}

# HOST PORT ANYONE
tcp_check() { passes "tcp://$1:$2" answers_tcp "$@"; }

answers_tcp() {
  ours "$1" "$2" "$3" || return 1
  reason="nothing listens there"
  timeout 5 bash --norc -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null
}

# NAME TEXT ARGUMENTS…: shell text of the taskserv.
own_check() {
  check=$1
  shift
  passes "$check" answers_command "$@"
}

answers_command() {
  text=$1
  shift
  (eval "$text") >"$OUTPUT" 2>&1 </dev/null && return
  reason=$(last_words)
  return 1
}

# OWN: SERVICE=UNIT of each service that the taskserv keeps up. Where there is none, whoever answers will do.
own_is_up() {
  for one in $OWN; do
    if has_systemd; then
      # Not is-active, for which a reload that never ends is good enough.
      state=$(systemctl show --property ActiveState --value "${one#*=}")
      [ "$state" = active ] || { reason="${one%%=*} is ${state:-unknown}" && return 1; }
    else
      is_active "${one%%=*}" || { reason="${one%%=*} does not run" && return 1; }
    fi
  done
}

own_pids() {
  for one in $OWN; do
    if has_systemd; then
      systemctl show --property MainPID --property NRestarts "${one#*=}"
    else
      # shellcheck disable=SC2046
      cat /dev/null $(pid_files "${one%%=*}")
    fi
  done
}

# ADDRESS PORT ANYONE(or nothing): false where a stranger answers there. Nobody can tell of an address of another host.
ours() {
  [ -z "$3" ] && [ -n "$OWN" ] && is_here "$1" || return 0
  no_stranger "$1" "$2" is_own
}

is_here() {
  case $1 in
  127.* | ::1 | localhost) return 0 ;;
  *[!0-9.]*) return 1 ;;
  esac
  awk -v address="$1" '$1 == "|--" { at = $2 } /host LOCAL/ && at == address { found = 1 } END { exit !found }' /proc/net/fib_trie
}

# PID. Without systemd only a file of the service says which process it is; where it writes none, nobody can tell.
is_own() {
  for one in $OWN; do
    if has_systemd; then
      in_unit "$1" "${one#*=}" && return 0
      continue
    fi
    files=$(pid_files "${one%%=*}")
    [ -n "$files" ] || return 0
    # shellcheck disable=SC2086
    for main in $(cat $files); do descends "$1" "$main" && return 0; done
  done
  return 1
}

# NAME
pid_files() {
  for file in "/run/$1.pid" "/run/$1"/*.pid $(grep -o '/[A-Za-z0-9/._-]*\.pid' "/etc/init.d/$1" 2>/dev/null); do
    [ ! -s "$file" ] || printf '%s\n' "$file"
  done
}
