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

cache_up() {
  local pid
  if pid=$(cat "$store/cache.pid" 2>/dev/null) && grep -qs apt-cacher-ng "/proc/$pid/cmdline"; then return; fi
  ip link add pvcache type bridge 2>/dev/null || true
  ip addr replace 10.88.0.1/32 dev pvcache
  ip link set pvcache up
  mkdir -p "$store/packages" "$store/cache.conf"
  cat >"$store/cache.conf/acng.conf" <<CONF
CacheDir: $store/packages
LogDir: $store/cache.conf
BindAddress: 10.88.0.1
Port: 3143
VerboseLog: 0
CONF
  setsid apt-cacher-ng -c "$store/cache.conf" ForeGround=1 </dev/null >"$store/cache.log" 2>&1 8>&- &
  echo $! >"$store/cache.pid"
  for _ in $(seq 250); do
    if (: <>/dev/tcp/10.88.0.1/3143) 2>/dev/null; then return; fi
    kill -0 $! 2>/dev/null || break
    sleep 0.02
  done
  cat "$store/cache.log" >&2
  say "test hosts: the package cache does not answer"
}

cache_down() {
  local pid
  if pid=$(cat "$store/cache.pid" 2>/dev/null) && grep -qs apt-cacher-ng "/proc/$pid/cmdline"; then kill -9 "$pid"; fi
  rm -f "$store/cache.pid"
  ip link del pvcache 2>/dev/null || true
}
