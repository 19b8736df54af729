# Debian packages for hosts that reach nothing but this machine: one cache for all runs, on a bridge of its own.

tools() {
  local missing=() pair
  for pair in debootstrap:debootstrap apt-cacher-ng:apt-cacher-ng ssh-keygen:openssh-client ip:iproute2; do
    PATH=$PATH:/usr/sbin command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  [ ${#missing[@]} = 0 ] && return
  echo "test hosts: installing ${missing[*]}" >&2
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$store/tools.log" 2>&1 ||
    { tail -n 20 "$store/tools.log" >&2; say "test hosts need ${missing[*]}, which could not be installed"; }
}

# The store's own bridge and address: other stores of the machine have theirs. Prints "BRIDGE ADDRESS".
cache_place() { cat "$store/cache.place"; }

cache_up() {
  local pid n taken
  if pid=$(cat "$store/cache.pid" 2>/dev/null) && grep -qs apt-cacher-ng "/proc/$pid/cmdline"; then return; fi
  cache_down
  mkdir -p "$store/packages" "$store/cache.conf"
  for ((n = 1; n <= 250; n++)); do
    taken=$(ip -o -4 addr show)
    [[ $taken != *" 10.88.0.$n/32 "* ]] || continue
    # Somebody may have taken the address just now: then it does not answer there, and the next one is tried.
    if cache_at "pvc$(echo "$store" | sha256sum | cut -c1-8)" "10.88.0.$n"; then return; fi
    cache_down
  done
  cat "$store/cache.log" >&2
  say "test hosts: the package cache does not answer"
}

cache_at() { # BRIDGE ADDRESS
  echo "$1 $2" >"$store/cache.place"
  ip link add "$1" type bridge
  ip addr add "$2/32" dev "$1"
  ip link set "$1" up
  cat >"$store/cache.conf/acng.conf" <<CONF
CacheDir: $store/packages
LogDir: $store/cache.conf
BindAddress: $2
Port: 3143
VerboseLog: 0
CONF
  setsid apt-cacher-ng -c "$store/cache.conf" ForeGround=1 </dev/null >"$store/cache.log" 2>&1 8>&- &
  echo $! >"$store/cache.pid"
  for _ in $(seq 1500); do
    if (: <>"/dev/tcp/$2/3143") 2>/dev/null; then return; fi
    kill -0 $! 2>/dev/null || return 1
    sleep 0.02
  done
  return 1
}

cache_down() {
  local pid bridge _
  if pid=$(cat "$store/cache.pid" 2>/dev/null) && grep -qs apt-cacher-ng "/proc/$pid/cmdline"; then kill -9 "$pid"; fi
  if read -r bridge _ 2>/dev/null <"$store/cache.place"; then ip link del "$bridge" 2>/dev/null || true; fi
  rm -f "$store/cache.pid" "$store/cache.place"
}
