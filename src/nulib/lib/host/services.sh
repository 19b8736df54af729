# SERVICE:HOW (restart or reload): shall take up what changes now. Written down first: an attempt that is killed between
# the change and the restart leaves it to the next one, which finds nothing changed any more.
touches() {
  [ -n "$1" ] || return 0
  case $touched in *" ${1%%:*}:"*) ;; *) [ ! -e "$PENDING/${1%%:*}" ] || was_pending="$was_pending ${1%%:*} " ;; esac
  touched="$touched $1 "
  [ "$CHECK" = 1 ] && return
  [ "${1##*:}" = reload ] && [ -e "$PENDING/${1%%:*}" ] && return
  { mkdir -p "$PENDING" && printf %s "${1##*:}" >"$PENDING/${1%%:*}"; } 2>"$OUTPUT" || fail service "${1%%:*}" "$(last_words)"
}

# restart, reload, or nothing
pending() {
  case $touched in *" $1:restart "*) echo restart && return ;; esac
  [ ! -e "$PENDING/$1" ] || cat "$PENDING/$1"
  case $touched in *" $1:reload "*) [ -e "$PENDING/$1" ] || echo reload ;; esac
}

# NAME UNIT TEST WAIT LOGS…: enabled, running, and with the configuration that is there now. UNIT is what systemd calls
# it. TEST is shell text that finds fault with the configuration before the service has to. WAIT: how many seconds its
# start may take; 0: it may take others to be ready. Files that it is refused with, or does not restart with, are put back.
service_up() {
  service=$1 unit=$1 test=$3 wait=$4
  ! has_systemd || unit=$2
  shift 4
  logs=$*
  due=$(pending "$service")
  todo=$due
  is_active "$unit" || todo=start
  is_enabled "$unit" || todo="enable${todo:+, }$todo"
  if [ -z "$todo" ]; then
    say same service "$service"
    return
  fi
  differs service "$service" "to $todo" || return 0
  if [ -n "$test" ] && ! (eval "$test") >"$OUTPUT" 2>&1 </dev/null 9>&-; then
    leave_alone "its configuration is refused, so it was not touched: $(last_words)"
  fi
  [ "$todo" = enable ] || ports_are_free || leave_alone "$reason, so it was not touched"
  case $todo in enable*) enable "$unit" || fail service "$service" "cannot be enabled: $(last_words)" ;; esac
  action=${todo#enable}
  action=${action#, }
  # An earlier start that still goes on has read other files, and one more start would only join it.
  how=$action ended=0
  [ "$action,$due" != start,restart ] || how=restart
  [ -z "$action" ] || control "$how" "$unit" "$wait" || ended=$?
  if [ "$ended" != 0 ]; then
    reason="$action failed: $(last_words)"
    [ "$ended" != 124 ] || reason="$action has not ended within $wait s"
    service_log
    # A restart is also the end of one that still goes on.
    if [ "$action" = start ] || ! put_back "$service"; then
      [ "$ended" != 124 ] || reason="$reason, and may still be going on"
    elif control restart "$unit" "$wait"; then
      reason="$reason; its files are as before, and it runs with them"
    else
      reason="$reason; its files are as before, and it does not run with them either"
      printf restart >"$PENDING/$service"
    fi
    fail service "$service" "$reason"
  fi
  rm -f "$PENDING/$service"
  say changed service "$service" "$todo"
}

# REASON: what it could not come up with is not left for its next restart either.
leave_alone() {
  ! put_back "$service" || set -- "$1; its files are as before"
  fail service "$service" "$1"
}

# ADDRESS=PORT of what its checks will ask (PORTS): a service that is started again where another one holds its port is
# worse off than before.
ports_are_free() {
  for one in $PORTS; do ours "${one%=*}" "${one##*=}" '' || return 1; done
}

# NAME UNIT
service_down() {
  unit=$1
  ! has_systemd || unit=$2
  if ! is_active "$unit" && ! is_enabled "$unit"; then
    say same no-service "$1"
    return
  fi
  differs no-service "$1" "to stop" || return 0
  if has_systemd; then
    systemctl disable --now "$unit" >"$OUTPUT" 2>&1 9>&-
  else
    service "$unit" stop >"$OUTPUT" 2>&1 </dev/null 9>&-
    update-rc.d "$unit" disable >>"$OUTPUT" 2>&1
  fi
  ! is_active "$unit" || fail no-service "$1" "$(last_words)"
  rm -f "$PENDING/$1"
  say changed no-service "$1" stopped
}

is_active() {
  if has_systemd; then systemctl is-active --quiet "$1"; else service "$1" status >/dev/null 2>&1 9>&-; fi
}

is_enabled() {
  if has_systemd; then systemctl is-enabled --quiet "$1" 2>/dev/null; else ls /etc/rc3.d/S??"$1" >/dev/null 2>&1; fi
}

enable() {
  if has_systemd; then systemctl enable --quiet "$1" >"$OUTPUT" 2>&1; else { update-rc.d "$1" defaults && update-rc.d "$1" enable; } >"$OUTPUT" 2>&1; fi
}

# ACTION UNIT SECONDS: 124 when they were not enough; 0 does not wait.
control() {
  since=${since:-@$(now)}
  if has_systemd; then
    [ ! -e "$PENDING/systemd" ] || { systemctl daemon-reload && rm -f "$PENDING/systemd"; }
    if [ "$3" = 0 ]; then systemctl "$1" "$2" --no-block; else timeout "$3" systemctl "$1" "$2"; fi >"$OUTPUT" 2>&1 </dev/null 9>&-
  elif [ "$3" = 0 ]; then service "$2" "$1" >"$OUTPUT" 2>&1 </dev/null 9>&-
  else timeout "$3" service "$2" "$1" >"$OUTPUT" 2>&1 </dev/null 9>&-
  fi
}

# The last lines that the service has written since one was first told something, from the journal (of $unit), or from its files ($logs).
service_log() {
  if has_systemd; then
    journalctl --unit "$unit" --lines 15 ${since:+--since "$since"} --no-pager --output cat 2>/dev/null | prefixed L
  fi
  # shellcheck disable=SC2086
  for log in $logs; do
    [ ! -r "$log" ] || tail -n 15 "$log" | prefixed L
  done
}
