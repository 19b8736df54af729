# One command on servers, without Nushell: how each of them is reached stands in a file of the run's folder, which
# lib/reach.nu writes on request, as the server's provider says. POSIX sh.
#
#   on-hosts.sh LINE OPEN HOSTS LIMIT FINISHED DIGEST WORD…
#     LINE      the command for a login shell, or for what stands behind `env` there
#     WORD…     the same, word by word
#     OPEN      the command that makes hosts reachable, quoted
#     HOSTS     NAME=KEY …, waves of them with / between; KEY is the name of the host's file
#     LIMIT     how many hosts may fail before no further wave begins
#     FINISHED  names of hosts that an earlier attempt at the same thing (DIGEST) has done
#
# Such a file says on its first line, behind #, what is there as long as it holds, and defines `run WORD…` (which may use
# $line instead; what the way itself has to say goes to $log) and `alive`, which tells an end 255 of the command from one
# of the connection. One host: its output and exit code are the task's. Several: each line of output begins with the
# host's name, and the exit code is that of the first one that failed.
line=$1 open=$2 plan=$3 limit=$4 finished=$5 digest=$6
shift 6
dir=$PROVISIONING_TASK_DIR there=$PROVISIONING_CONNECTIONS mark=$PROVISIONING_ATTEMPT_ID

# What carries the mark is told to end, and ended when it does not. No single quotes, backslashes or exclamation marks in it:
# login shells differ. $1 is the mark.
sweep='[ -r /proc/self/environ ] || exit 2
clear=0 n=0 told=" "
while [ $n -lt 60 ]; do
  found=$(grep -lsF PROVISIONING_ON_HOST=$1 /proc/[0-9]*/environ)
  if [ -z "$found" ]; then
    clear=$((clear + 1))
    [ $clear -lt 2 ] || exit 0
  else
    clear=0
    for file in $found; do
      pid=${file#/proc/} pid=${pid%/environ}
      [ $n -lt 40 ] || kill -KILL $pid 2>/dev/null
      case $told in *" $pid "*) ;; *) kill -TERM $pid 2>/dev/null; told="$told$pid " ;; esac
    done
  fi
  n=$((n + 1))
  sleep 0.1
done
exit 1'

ready() { # KEY: whether there is a way to the host; what it stands on goes to $thing
  { read -r _ thing <"$there/$1"; } 2>/dev/null && [ -e "$thing" ]
}

# Names and keys; what cannot be reached has its reason in host-NAME.why, as the inside of a JSON string.
make_ready() { (export PROVISIONING_REACH="$*"; eval "exec $open" </dev/null); }

fail() { # CODE MESSAGE HELP
  printf '{"code":"%s","message":"%s","help":"%s"}\n' "$1" "$2" "$3" >"$dir/failure.json.new"
  mv -f -- "$dir/failure.json.new" "$dir/failure.json"
}

# Runs the command on the host $name (`asked`: its way has just been asked for) and says how that ended in $end, and in $code or $why.
visit() { # WORD…
  log=$dir/host-$name.log tries=0 why='' code=0
  while :; do
    if ! ready "$key"; then
      [ -n "$asked" ] || make_ready "$name=$key" || exit 1
      ready "$key" || { end=unreachable; read -r why <"$dir/host-$name.why"; return; }
    fi
    . "$there/$key"
    asked='' end=exit
    : >"$log"
    run "$@"
    code=$?
    [ "$code" = 255 ] || return
    if [ ! -s "$log" ]; then
      alive && return
      end=unknown why="the connection to $name broke while the command ran there"
      return
    fi
    # Nothing was started: the connection is gone, or has no room for one more session.
    tries=$((tries + 1))
    [ "$tries" -lt 20 ] || { end=unreachable why="$name opens no session: MaxSessions in its sshd_config?"; return; }
    if alive; then sleep 0.1; else rm -f -- "$thing"; fi
  done
}

# The task is to end: so is what it runs on the hosts. Nobody knows that of one which does not say so, and soon: the engine
# waits ten seconds before it kills what is left of the task. What is known by then stands in failure.json at any time.
stop() {
  trap '' TERM INT HUP
  line="sh -c '$sweep' sh $mark" open_ends='' away=''
  for host in $going; do
    has_ended "${host%%=*}" && continue
    open_ends="$open_ends $host"
    rm -f -- "$dir/host-${host%%=*}.why"
    ready "${host#*=}" || away="$away $host"
  done
  say_open
  [ -z "$away" ] || make_ready $away &
  for host in $open_ends; do
    name=${host%%=*} key=${host#*=}
    end_there </dev/null &
  done
  await_ends
  collect
  [ -z "$good" ] || keep
  exit 143
}

# Whether nothing runs on the host: nothing was begun, or its end was seen. 143 can be that of our own client, which was told to end too.
has_ended() { # NAME
  [ -e "$dir/host-$1.log" ] || return 0
  { read -r end code _ <"$dir/host-$1.end"; } 2>/dev/null || return 1
  [ "$end:$code" != exit:143 ] && [ "$end" != unknown ]
}

# Ends what runs on the host $name, by a new way to it where the one before is gone. Leaves host-NAME.swept or host-NAME.left.
end_there() {
  log=/dev/null
  for try in 1 2; do
    until ready "$key"; do
      [ ! -s "$dir/host-$name.why" ] || break 2
      sleep 0.1
    done
    . "$there/$key"
    run sh -c "$sweep" sh "$mark"
    code=$?
    [ "$code" != 0 ] || { : >"$dir/host-$name.swept"; return; }
    if [ "$code" != 255 ] || alive; then break; fi
    rm -f -- "$thing"
    make_ready "$host"
  done
  echo "$name: the command could not be ended"
  : >"$dir/host-$name.left"
}

await_ends() {
  deadline=$(($(date +%s) + 8)) waiting=$open_ends
  while [ -n "$waiting" ] && [ "$(date +%s)" -lt "$deadline" ]; do
    sleep 0.1
    before=$open_ends open_ends='' waiting=''
    for host in $before; do
      [ ! -e "$dir/host-${host%%=*}.swept" ] || continue
      open_ends="$open_ends $host"
      [ -e "$dir/host-${host%%=*}.left" ] || waiting="$waiting $host"
    done
    [ "$open_ends" = "$before" ] || say_open
  done
}

# Of whom nobody knows the end.
say_open() {
  names=''
  for host in $open_ends; do names="$names${names:+, }${host%%=*}"; done
  if [ -z "$names" ]; then rm -f -- "$dir/failure.json"; else
    fail outcome_unknown "nobody knows whether the command has ended on: $names" "Look there; provisioning workflow resolve ID TASK says how it ended."
  fi
}

# --- several hosts --------------------------------------------------------------------------------------------------

# Its own lines, as they come. GNU and busybox end the last one with `$a\`; others do so by themselves.
if [ -d /proc/self ]; then prefixed() { sed -u -e "s/^/$1: /" -e '$a\'; }; else prefixed() { sed -l -e "s/^/$1: /"; }; fi

results='' good='' bad=0 worst='' first='' named=0 more=0 status='' lost=''
for name in $finished; do
  results="$results,{\"server\":\"$name\",\"status\":\"finished\"}" good="$good,\"$name\""
done

wave() { # WORD…
  away=''
  for host in $going; do ready "${host#*=}" || away="$away $host"; done
  [ -z "$away" ] || make_ready $away || exit 1
  asked=1
  for host in $going; do
    name=${host%%=*} key=${host#*=}
    { visit "$@"; printf '%s\n' "$end $code $why" >"$dir/host-$name.end"; } 2>&1 </dev/null | prefixed "$name" &
  done
  wait
  collect
}

# How the hosts of the wave have ended.
collect() {
  for host in $going; do
    name=${host%%=*}
    { read -r end code why <"$dir/host-$name.end"; } 2>/dev/null || continue
    count=$((count + 1))
    case $end:$code in
      exit:0) good="$good,\"$name\"" results="$results,{\"server\":\"$name\",\"status\":\"completed\",\"exit_code\":0}" ;;
      exit:*) badly failed "exit code $code" "$code" ;;
      unreachable:*) badly unreachable "$why" 1 ;;
      *) badly unknown "$why" 1; lost=1 ;;
    esac
  done
  going=''
}

badly() { # STATUS REASON CODE
  bad=$((bad + 1))
  status="$status $1"
  : "${first:=$3}"
  if [ "$bad" -le 5 ]; then worst="$worst${worst:+; }$name: $2"; else more=$((more + 1)); fi
}

# What has been done is not done again by the next attempt.
keep() {
  printf '{"digest":"%s","finished":[%s]}\n' "$digest" "${good#,}" >"$dir/checkpoint.json.new"
  mv -f -- "$dir/checkpoint.json.new" "$dir/checkpoint.json"
}

give_result() { printf '{"servers":[%s]}\n' "${results#,}" >"$dir/result.json"; }

# --- the task ---------------------------------------------------------------------------------------------------------

trap stop TERM INT HUP
total=0 count=0 asked=''
for host in $finished $plan; do [ "$host" = / ] || total=$((total + 1)); done

if [ "$total" = 1 ] && [ -n "$plan" ]; then
  going=$plan name=${plan%%=*} key=${plan#*=}
  visit "$@" </dev/null
  case $end in
    exit)
      [ "$code" != 0 ] || results="{\"server\":\"$name\",\"status\":\"completed\",\"exit_code\":0}"
      [ "$code" != 0 ] || give_result
      exit "$code"
      ;;
    unreachable) fail unreachable "$why" "Once the cause is mended: provisioning workflow retry." ;;
    *) fail outcome_unknown "$why: what it did is not known" "Look at $name; provisioning workflow resolve ID TASK says how it ended." ;;
  esac
  exit 1
fi

for name in $finished; do count=$((count + 1)); done
going='' rest=$plan
while [ -n "$rest" ]; do
  case $rest in *' / '*) going=${rest%%' / '*} rest=${rest#*' / '} ;; *) going=$rest rest='' ;; esac
  wave "$@"
  echo "PROGRESS: $count/$total"
  if [ "$bad" != 0 ] || [ -n "$rest" ]; then keep; fi
  [ "$bad" -le "$limit" ] || break
done
if [ "$bad" = 0 ]; then
  give_result
  exit 0
fi
untried=''
for host in $rest; do [ "$host" = / ] || untried="$untried${untried:+, }${host%%=*}"; done
reason=failed
case $status in *failed* | *unknown*) ;; *) reason=unreachable ;; esac
next="Once the cause is mended: provisioning workflow retry."
[ -z "$lost" ] || reason=outcome_unknown next="Look there; provisioning workflow resolve ID TASK says how it ended."
[ "$more" = 0 ] || worst="$worst and $more more"
fail "$reason" "failed on $bad of $total servers: $worst${untried:+; not tried: $untried}" "$next"
exit "$first"
