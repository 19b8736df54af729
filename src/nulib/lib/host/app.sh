# Runs on a host, as root, in its POSIX shell: keeps one app there as a supervised service. Called with these set:
#   NAME ID TASK COMMAND USER PORT HEALTH WAIT KEEP ENVIRONMENT (base64)
# Reports on stdout, a line each, fields separated by tabs:
#   S status version text     version: what is there now; status: unchanged, deployed, started, failed, down (failed, and what is there does not serve), removed, absent, needed (the archive is to be sent)
#   L text                    the last lines that the app printed
set -u
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# Whoever started this may go away; half a switch is worse than a finished one.
trap '' HUP PIPE
umask 022
BASE=/opt/provisioning/apps/$NAME
UNIT=provisioning-app-$NAME.service
since=

tell() { printf 'S\t%s\t%s\t%s\n' "$1" "$2" "$(printf %s "${3-}" | tr '[:cntrl:]' ' ')"; }
fail() { tell failed "$(current)" "$1"; exit 0; }
# What is there does not serve.
down() { tell down "$(current)" "$1"; exit 0; }
has_systemd() { [ -d /run/systemd/system ]; }

# One of us at a time. What is started from here must not inherit the lock (9>&-).
lock() {
  mkdir -p "$BASE/versions" && exec 9>"$BASE/lock" && flock -w 300 9 && return
  reason="another deployment has been working on $NAME for 300 s, or $BASE cannot be written"
  return 1
}

current() { basename "$(readlink "$BASE/current" 2>/dev/null)" 2>/dev/null; }

# Whether what is there is what is asked for.
is_current() {
  [ "$(cat "$BASE/current/id" 2>/dev/null)" = "$ID" ] && starts_at_boot || return 1
  printf %s "$ENVIRONMENT" | base64 -d | cmp -s - "$BASE/current/environment" && intact "$BASE/current"
}

# VERSION: what there is of it, for `intact`.
seal() { contents "$1" | sort >"$1/contents" && (cd "$1" && find run files -type f -exec sha256sum -- {} +) >"$1/sums"; }

contents() { (cd "$1" && find run files -printf '%y %m %U:%G %p %l\n'); }

# VERSION: whether all that was deployed is still there as it was. What the app has added is its own.
intact() {
  [ -e "$1/sums" ] || return 0
  [ -z "$(contents "$1" | sort | comm -13 - "$1/contents")" ] && (cd "$1" && sha256sum --check --status sums) 2>/dev/null
}

# Who works on it yet, such as an attempt whose connection broke, comes to its end first. Restarting is the last that is
# tried: what runs may be slow for a moment.
ask() {
  [ ! -d "$BASE" ] || lock || fail "$reason"
  is_current || { tell needed ''; return; }
  if alive && healthy "$WAIT"; then tell unchanged "$(current)" "$(whether_first)"; return; fi
  start
  if healthy "$WAIT"; then tell started "$(current)" "$(whether_first)"; else last_lines; down "$reason, also after it was started again"; fi
}

# ARCHIVE: its content becomes the next version, and the one before comes back where that does not serve. A version gets
# its `id` when it has served: one that nobody saw serve is never taken for what is there, nor for what may come back.
deploy() {
  archive=$1
  lock || { rm -f "$archive"; fail "$reason"; }
  before=$(last_served)
  trap 'give_up "it was ended before it served"' EXIT
  trap 'exit 1' INT TERM
  # Another's port: what runs now would have been stopped for nothing.
  first=$(main_pid)
  [ -z "$HEALTH" ] || no_stranger 127.0.0.1 "$PORT" is_own || give_up "$reason"
  n=1; while [ -e "$BASE/versions/$ID-$n" ]; do n=$((n + 1)); done
  version=$ID-$n new=$BASE/versions/$ID-$n
  [ -n "$before" ] || printf %s "$TASK" >"$BASE/task"
  mkdir -p "$new/files" || give_up "there is no room for a new version"
  said=$(tar -xf "$archive" -C "$new/files" --no-same-owner 2>&1) || give_up "its archive cannot be unpacked: $said"
  # Those of attempts that came to no end as well.
  rm -f "$BASE"/incoming-*
  id -u "$USER" >/dev/null 2>&1 || give_up "there is no user $USER"
  (umask 077; printf %s "$ENVIRONMENT" | base64 -d >"$new/environment") || give_up "there is no room for a new version"
  printf '%s\n' '#!/bin/sh' "cd '$new/files' || exit 1" "set -a" ". '$new/environment'" "set +a" "$(become)$COMMAND" >"$new/run"
  chmod 755 "$new/run"
  seal "$new" || give_up "there is no room for a new version"
  supervise
  switch "$version"
  start
  healthy "$WAIT" || { last_lines; give_up "$reason"; }
  printf %s "$ID" >"$new/id" || give_up "there is no room for a new version"
  trap - EXIT INT TERM
  tidy "$version" $before
  tell deployed "$version" "$(whether_first)"
}

# The current version, unless it never served; then the newest other that did.
last_served() {
  for version in $(current) $(ls -1t "$BASE/versions"); do
    [ ! -e "$BASE/versions/$version/id" ] || { echo "$version"; return; }
  done
}

# WHY: the version before comes back. A first deployment that fails leaves nothing of the app: there is no record by which
# anybody could remove it.
give_up() {
  trap - EXIT INT TERM
  told=fail
  if [ -z "$before" ]; then wipe; back="nothing runs, as before"
  elif [ "$(current)" = "$before" ]; then back="nothing was changed"
  else
    switch "$before"
    start
    back="version $before is back"
    healthy "$WAIT" || back="$back, and does not serve either: $reason" told=down
  fi
  [ -z "$before" ] || tidy "$before"
  rm -f "$archive"
  $told "$1; $back"
}

# Whether nothing of it was here before this task: an earlier attempt may have been killed after it had come so far.
whether_first() { [ -z "$TASK" ] || [ "$(cat "$BASE/task" 2>/dev/null)" != "$TASK" ] || echo first; }

# The environment is read as root, then root is given up.
become() {
  if [ "$USER" = root ]; then printf 'exec '
  # Where it is, for the app's PATH may be another.
  else printf "exec $(command -v setpriv) --reuid '%s' --regid '%s' --init-groups -- " "$USER" "$(id -g "$USER")"; fi
}

switch() { ln -sfn "versions/$1" "$BASE/current.new" && mv -fT "$BASE/current.new" "$BASE/current"; }

tidy() { # VERSION…: keeps these and the newest others, but none that never served
  kept=$#
  for old in $(ls -1t "$BASE/versions"); do
    case " $* " in *" $old "*) continue ;; esac
    [ -e "$BASE/versions/$old/id" ] && [ "$((kept += 1))" -le "$KEEP" ] || rm -rf "$BASE/versions/$old"
  done
}

# What starts the app again when it ends, and at boot where there is systemd.
supervise() {
  if has_systemd; then
    printf '%s\n' '[Unit]' "Description=$NAME, deployed by provisioning" 'After=network.target' 'StartLimitIntervalSec=0' '[Service]' \
      "ExecStart=$BASE/current/run" "SyslogIdentifier=${UNIT%.service}" 'Restart=always' 'RestartSec=1' '[Install]' 'WantedBy=multi-user.target' >"$BASE/unit"
    cmp -s "$BASE/unit" "/etc/systemd/system/$UNIT" && starts_at_boot && return
    said=$({ cp "$BASE/unit" "/etc/systemd/system/$UNIT" && systemctl daemon-reload && systemctl enable -q "$UNIT"; } 2>&1) ||
      give_up "it cannot be made a service: $said"
    return
  fi
  cat >"$BASE/supervisor" <<'END'
#!/bin/sh
# $1: the app's folder. Keeps it running until TERM; its output goes to `log`. When that has 10 MB, which is looked at every
# ten seconds, its last 10 MB become `log.1`. The app has it open, so it is emptied and not replaced.
# dash takes a group only behind -s and --.
trap 'kill "$keeper"; kill -s TERM -- "-$child" 2>/dev/null; n=0; while kill -s 0 -- "-$child" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done; kill -s KILL -- "-$child" 2>/dev/null; rm -f "$1/pid"; exit 0' TERM
while sleep 10 && kill -s 0 $$; do
  [ "$(wc -c <"$1/log")" -lt 10000000 ] || { tail -c 10000000 "$1/log" >"$1/log.1" && : >"$1/log"; }
done 2>/dev/null &
keeper=$!
while :; do
  setsid "$1/current/run" >>"$1/log" 2>&1 </dev/null &
  child=$!
  echo "$child" >"$1/child"
  wait "$child"
  sleep 1 & wait $!
done
END
  chmod 755 "$BASE/supervisor"
}

starts_at_boot() { ! has_systemd || systemctl is-enabled -q "$UNIT" 2>/dev/null; }

supervisor_pid() { pid=$(cat "$BASE/pid" 2>/dev/null) && grep -qs "$BASE/supervisor" "/proc/$pid/cmdline" && echo "$pid"; }

stop() {
  if has_systemd; then systemctl stop "$UNIT" 2>/dev/null; return; fi
  pid=$(supervisor_pid) || return 0
  kill -TERM "$pid" 2>/dev/null
  n=0; while kill -0 "$pid" 2>/dev/null && [ "$n" -lt 200 ]; do sleep 0.1; n=$((n + 1)); done
}

start() {
  stop
  if has_systemd; then since=@$(date +%s.%6N); systemctl start "$UNIT" 2>/dev/null; return; fi
  since=$(cat "$BASE/log" 2>/dev/null | wc -c)
  setsid sh "$BASE/supervisor" "$BASE" </dev/null >/dev/null 2>&1 9>&- &
  echo $! >"$BASE/pid"
}

# The process of the app, if it runs.
main_pid() {
  if has_systemd; then pid=$(systemctl show -p MainPID --value "$UNIT" 2>/dev/null); else supervisor_pid >/dev/null && pid=$(cat "$BASE/child" 2>/dev/null); fi
  [ -n "${pid:-}" ] && [ "$pid" != 0 ] && kill -0 "$pid" 2>/dev/null && echo "$pid"
}
alive() { main_pid >/dev/null; }

# SECONDS: whether it serves within them; `reason` says why not. Without a port it has to stay alive for two seconds.
healthy() {
  end=$(($(date +%s) + $1)) reason=
  while :; do
    if serves; then return 0; fi
    [ "$(date +%s)" -lt "$end" ] || return 1
    sleep 0.2
  done
}

serves() {
  first=$(main_pid)
  # Whoever holds its port is why it does not run.
  [ -z "$PORT" ] || no_stranger "${HEALTH:+127.0.0.1}" "$PORT" is_own || return 1
  [ -n "$first" ] || { reason="it does not run"; return 1; }
  if [ -z "$PORT" ]; then sleep 2
  else
    [ -n "$(sockets_at '' "$PORT" | tr -d ' ')" ] || { reason="nothing listens on port $PORT"; return 1; }
    [ -z "$HEALTH" ] || answers || return 1
    # What was started a moment ago may end at once.
    [ -z "$since" ] || sleep 1
  fi
  [ "$(main_pid)" = "$first" ] || { reason="it ends again and again"; return 1; }
}

is_own() { if has_systemd; then in_unit "$1" "$UNIT"; else descends "$1" "$first"; fi; }

answers() {
  url=http://127.0.0.1:$PORT$HEALTH
  if command -v curl >/dev/null 2>&1; then
    code=$(curl -s -o /dev/null --max-time 5 -w '%{http_code}' -- "$url" 2>/dev/null)
    case $code in 2?? | 3??) return 0 ;; esac
    reason="$HEALTH answers ${code:-nothing}"
  elif command -v wget >/dev/null 2>&1; then
    wget -q -O /dev/null -T 5 -- "$url" 2>/dev/null && return 0
    reason="$HEALTH does not answer well"
  else reason="the host has neither curl nor wget to ask for $HEALTH"
  fi
  return 1
}

# What it has printed since it was started here.
last_lines() {
  if has_systemd; then journalctl -q --no-pager -o cat -n 10 -t "${UNIT%.service}" --since "$since" 2>/dev/null; else tail -c "+$((since + 1))" "$BASE/log" 2>/dev/null | tail -n 10; fi |
    tr -d '\000\r' | tr '\001-\010\013-\037' ' ' | while IFS= read -r line || [ -n "$line" ]; do printf 'L\t%s\n' "$line"; done
}

remove() {
  [ -d "$BASE" ] || { tell absent ''; return; }
  lock || fail "$reason"
  wipe
  tell removed ''
}

wipe() {
  stop
  if has_systemd && [ -e "/etc/systemd/system/$UNIT" ]; then systemctl disable -q "$UNIT" 2>/dev/null; rm -f "/etc/systemd/system/$UNIT"; systemctl daemon-reload; fi
  rm -rf "$BASE"
}
