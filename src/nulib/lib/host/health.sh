# A service that runs may still not serve. Each check is tried until it passes or the deadline has come.

# DEADLINE(seconds) SERVICE LOGS…: begins the gate; frees the host for others. $unit is still that of the service.
gate() {
  exec 9>&-
  gate_end=$(($(now) + $1)) gate_seconds=$1 service=$2
  shift 2
  logs=$*
}

# NAME ATTEMPT…: ATTEMPT leaves in $reason why it failed.
passes() {
  [ "$CHECK$GATED" = 10 ] && return
  name=$1
  shift
  while ! "$@"; do
    if [ "$CHECK" = 1 ] || [ "$(now)" -ge "$gate_end" ]; then
      [ -z "$service" ] || service_log
      fail health "$name" "$reason (for $gate_seconds s)"
    fi
    sleep 0.3
  done
  say same health "$name"
}

# HOST PORT PATH STATUS
http_check() { passes "http://$1:$2$3" answers_http "$@"; }

answers_http() {
  line=$(timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1" || exit; printf "GET %s HTTP/1.0\r\nHost: %s\r\nUser-Agent: provisioning\r\n\r\n" "$2" "$0" >&3; IFS= read -r line <&3; printf %s "$line"' "$1" "$2" "$3" 2>/dev/null)
  got=$(printf %s "$line" | cut -d ' ' -f 2)
  case ${got:-none} in
  none) reason="no answer" ;;
  "$4") return 0 ;;
  *) reason="HTTP status $(printf %s "$got" | cut -c 1-3), not $4" ;;
  esac
  return 1
}

# HOST PORT
tcp_check() { passes "tcp://$1:$2" answers_tcp "$@"; }

answers_tcp() {
  reason="nothing listens there"
  timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null
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
