#!/usr/bin/env bash
# Test hosts: real Debian roots on this machine, each with file system, network, processes and name of its own, and a
# real sshd. Needs root, and a store on a real disk: an overlay does not lie on an overlay.
#
#   hosts.sh check                          says why hosts are not to be had here, and fails, or says nothing
#   hosts.sh up RUN COUNT plain|systemd PID starts h1…hCOUNT, which end with the process PID; prints "NAME ADDRESS" lines
#   hosts.sh kill RUN HOST                  sudden death; its disk stays
#   hosts.sh start RUN HOST                 power on
#   hosts.sh reboot RUN HOST                both
#   hosts.sh partition RUN HOST on|off      takes its network away, gives it back
#   hosts.sh down RUN                       takes away all of a run
#   hosts.sh sweep                          … of every run whose process is gone
#
# RUN is 5 lower-case letters or digits: it prefixes everything that has a name on the machine, so that runs can stand
# side by side. Users on the hosts: root, and admin, who may use sudo; both with the key RUN/key of the store.
# Packages come through a cache below 10.88.0.0, which all runs of a store share and which ends with the last of them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
store=${PROVISIONING_TEST_HOSTS:-${XDG_CACHE_HOME:-$HOME/.cache}/provisioning-test-hosts}
runs=$store/runs
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
. "$here/base.sh"
. "$here/packages.sh"

check() {
  [ "$(id -u)" = 0 ] || say "test hosts need root"
  unshare --mount --uts --ipc --pid --net --fork true 2>/dev/null || say "test hosts need namespaces, which this container forbids"
  mkdir -p "$runs"
  [ "$(stat -f -c %T "$store")" != overlayfs ] || say "test hosts need a store on a real disk, and $store lies on an overlay: set PROVISIONING_TEST_HOSTS"
}

say() { echo "$*" >&2; exit 1; }

up() { # RUN COUNT KIND PID
  [[ $1 =~ ^[a-z0-9]{5}$ ]] || say "$1 is not the name of a run"
  check
  local run=$runs/$1 n
  exec 8>"$store/lock"
  flock 8
  sweep
  tools
  layer_plain >/dev/null
  [ "$3" = plain ] || layer_systemd >/dev/null
  mkdir "$run"
  echo "$4 $(birth "$4")" >"$run/owner"
  echo "$3" >"$run/kind"
  cache_up
  bridge "$1"
  flock -u 8
  ssh-keygen -q -t ed25519 -N '' -C "test hosts $1" -f "$run/key"
  for ((n = 1; n <= $2; n++)); do echo "h$n $(cat "$run/net").$((n + 10))" >>"$run/hosts"; done
  while read -r name address; do make "$1" "$name" "$address" && start "$1" "$name"; done <"$run/hosts"
  cat "$run/hosts"
}

# The first free one of 250 networks.
bridge() { # RUN
  local n taken
  taken=$(ip -o -4 addr show)
  for ((n = 1; n <= 250; n++)); do [[ $taken == *" 10.88.$n.1/24 "* ]] || break; done
  ((n <= 250)) || say "all 250 networks for test hosts are taken"
  echo "10.88.$n" >"$runs/$1/net"
  ip link add "pv$1" type bridge
  ip addr add "10.88.$n.1/24" dev "pv$1"
  ip -6 addr add "fd88:0:0:$n::1/64" dev "pv$1" nodad || true
  ip link set "pv$1" up
}

make() { # RUN HOST ADDRESS
  local r=$runs/$1/$2 lower kind cache
  cache=$(cache_place)
  kind=$(cat "$runs/$1/kind")
  lower=$(layer_plain)
  [ "$kind" = plain ] || lower=$(layer_systemd):$lower
  mkdir -p "$r/up" "$r/wk" "$r/root"
  mount -t overlay overlay -o "lowerdir=$lower,upperdir=$r/up,workdir=$r/wk" "$r/root"
  local home
  for home in root home/admin; do
    install -d -m 700 "$r/root/$home/.ssh"
    cp "$runs/$1/key.pub" "$r/root/$home/.ssh/authorized_keys"
  done
  chroot "$r/root" chown -R admin: /home/admin/.ssh
  rm -f "$r/root"/etc/ssh/ssh_host_*
  ssh-keygen -q -t ed25519 -N '' -C "$2" -f "$r/root/etc/ssh/ssh_host_ed25519_key"
  echo "$2" >"$r/root/etc/hostname"
  { echo "127.0.0.1 localhost"; awk '{print $2, $1}' "$runs/$1/hosts"; } >"$r/root/etc/hosts"
  : >"$r/root/etc/resolv.conf"
  sources >"$r/root/etc/apt/sources.list"
  echo "Acquire::http::Proxy \"http://${cache#* }:3143\";" >"$r/root/etc/apt/apt.conf.d/90test-host"
}

start() { # RUN HOST
  local r=$runs/$1/$2 number=${2#h} address
  address=$(awk -v name="$2" '$1 == name {print $2}' "$runs/$1/hosts")
  wire "$1" "$number" "$address"
  mkdir -p "$r/root/run/sshd"
  # Its own session: a signal to it ends the host and the loop that would boot it again.
  setsid nsenter --net="/run/netns/pv$1-h$number" bash "$here/boot.sh" "$r" "$2" "$(cat "$runs/$1/kind")" "pv$1-$2" \
    </dev/null >>"$r/log" 2>&1 8>&- &
  echo $! >"$r/pid"
}

wire() { # RUN NUMBER ADDRESS
  local ns=pv$1-h$2 link=pv$1$2 mac
  # The same at each start: who knew the host before would look for its old one for a minute.
  mac=$(printf '02:58:%02x:%02x:%02x:%02x' ${3//./ })
  ip netns add "$ns"
  ip link add "$link" type veth peer name eth0 address "$mac" netns "$ns"
  ip link set "$link" master "pv$1" up
  ip -n "$ns" addr add "$3/24" dev eth0
  ip -n "$ns" -6 addr add "fd88:0:0:$(cut -d. -f3 <<<"$3")::${3##*.}/64" dev eth0 nodad || true
  ip -n "$ns" link set eth0 up
  ip -n "$ns" link set lo up
  ip -n "$ns" route add default via "${3%.*}.1"
}

# `unshare` ignores TERM; `--kill-child` makes the host's own init, and so all in it, die with it.
halt() { # RUN HOST
  local r=$runs/$1/$2 ns=pv$1-$2 pid cgroup
  if pid=$(cat "$r/pid" 2>/dev/null) && grep -qs "$r" "/proc/$pid/cmdline"; then kill -9 -- "-$pid" 2>/dev/null || true; fi
  rm -f "$r/pid"
  if ip netns pids "$ns" >/dev/null 2>&1; then
    while pid=$(ip netns pids "$ns") && [ -n "$pid" ]; do kill -9 $pid 2>/dev/null || true; sleep 0.02; done
    ip netns del "$ns"
  fi
  ip link del "pv$1${2#h}" 2>/dev/null || true
  # What is left of the control groups of a dead host keeps its next life waiting.
  for cgroup in /sys/fs/cgroup/"$ns" /sys/fs/cgroup/*/"$ns"; do
    [ ! -d "$cgroup" ] || find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
}

partition() { # RUN HOST on|off
  case $3 in
    on) ip link set "pv$1${2#h}" down ;;
    off) ip link set "pv$1${2#h}" up ;;
    *) say "partition is on or off" ;;
  esac
}

down() { # RUN
  local run=$runs/$1 host
  if [ -d "$run" ]; then
    for host in "$run"/h*/; do
      [ -d "$host" ] || continue
      halt "$1" "$(basename "$host")"
      umount "$host/root" 2>/dev/null || umount -l "$host/root" 2>/dev/null || true
    done
    rm -rf --one-file-system "$run"
  fi
  ip link del "pv$1" 2>/dev/null || true
  [ -n "$(ls -A "$runs")" ] || cache_down
}

sweep() {
  local run pid born
  for run in "$runs"/*/; do
    [ -d "$run" ] || continue
    read -r pid born <"$run/owner" 2>/dev/null || { pid=0; born=0; }
    [ "$(birth "$pid")" = "$born" ] || down "$(basename "$run")"
  done
}

# When a process began, in clock ticks since the boot: tells it from a later one with its number.
birth() { [ -r "/proc/$1/stat" ] && sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20 || echo gone; }

case ${1:-} in
  check) check ;;
  up) up "$2" "$3" "$4" "$5" ;;
  kill) halt "$2" "$3" ;;
  start) start "$2" "$3" ;;
  reboot) halt "$2" "$3"; start "$2" "$3" ;;
  partition) partition "$2" "$3" "$4" ;;
  down | sweep)
    exec 8>"$store/lock"
    flock 8
    if [ "$1" = down ]; then down "$2"; else sweep; fi
    ;;
  *) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2 ;;
esac
