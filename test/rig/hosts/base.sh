# What every test host is made of, built once and kept: folders named by the hash of what they are made from.

BASE_PACKAGES=openssh-server,iproute2,procps,ca-certificates,sudo,curl
SYSTEMD_PACKAGES="systemd systemd-sysv dbus"

# Prints the folder of the plain root.
layer_plain() { layer plain fill_plain; }

# Prints the folder that makes a plain root one with systemd.
layer_systemd() { layer systemd fill_systemd; }

layer() { # NAME FUNCTION
  local folder
  folder=$store/$1-$({ declare -f fill_plain "$2"; echo "$BASE_PACKAGES $SYSTEMD_PACKAGES $(suite) $(dpkg --print-architecture)"; } | sha256sum | cut -c1-16)
  if [ ! -d "$folder" ]; then
    echo "test hosts: making the $1 layer in $folder (once)" >&2
    rm -rf --one-file-system "$folder.new"
    # A job of its own: in the condition itself `set -e` would not hold.
    (set -e; "$2" "$folder.new") >"$folder.log" 2>&1 8>&- &
    wait $! || { tail -n 20 "$folder.log" >&2; say "test hosts: no $1 layer, see $folder.log"; }
    mv "$folder.new" "$folder"
  fi
  echo "$folder"
}

fill_plain() { # FOLDER
  mkdir -p "$1"
  debootstrap --variant=minbase --include="$BASE_PACKAGES" "$(suite)" "$1" "$(mirror)"
  chroot "$1" useradd --create-home --shell /bin/bash admin
  echo 'admin ALL=(ALL) NOPASSWD: ALL' >"$1/etc/sudoers.d/admin"
  # Without systemd a package would not start its service on installation; and nobody needs these disks after a power cut.
  printf '#!/bin/sh\nexit 0\n' >"$1/usr/sbin/policy-rc.d"
  chmod 755 "$1/usr/sbin/policy-rc.d"
  echo force-unsafe-io >"$1/etc/dpkg/dpkg.cfg.d/test-host"
  rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/lib/apt/lists/*
}

fill_systemd() { # FOLDER
  local root=$1.root plain
  plain=$(layer_plain)
  mkdir -p "$1" "$1.work" "$root"
  mount -t overlay overlay -o "lowerdir=$plain,upperdir=$1,workdir=$1.work" "$root"
  trap 'umount -l "$root"; rmdir "$root"' EXIT
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  chroot "$root" apt-get update -qq
  chroot "$root" apt-get install -y -qq --no-install-recommends $SYSTEMD_PACKAGES
  rm -f "$root/usr/sbin/policy-rc.d"
  chroot "$root" systemctl enable ssh
  : >"$root/etc/machine-id"
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  trap - EXIT
  umount "$root"
  rm -rf "$root" "$1.work"
}

# The machine's own sources say where Debian comes from, as "URI SUITE COMPONENTS" lines. None is written down here.
origins() {
  cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk '
    function out(  i, n, list) { n = split(suites, list, " "); if (uri != "" && enabled) for (i = 1; i <= n; i++) print uri, list[i], parts; uri = suites = parts = ""; enabled = 1 }
    BEGIN { enabled = 1 }
    /^URIs:/ { uri = $2 } /^Suites:/ { sub(/^Suites: */, ""); suites = $0 } /^Components:/ { sub(/^Components: */, ""); parts = $0 }
    /^Enabled: *no/ { enabled = 0 } /^[ \t]*$/ { out() } END { out() }'
  sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([a-z]*:[^ ]*\) \([^ ]*\) \(.*\)/\2 \3 \4/p' /etc/apt/sources.list 2>/dev/null || true
}

mirror() { origins | awk 'NR == 1 {print $1}'; }
suite() { origins | awk 'NR == 1 {print $2}'; }

# As a host reads them. What is encrypted is fetched by the cache, which has to be told so.
sources() { origins | sed 's#^https://#http://HTTPS///#; s/^/deb /' | awk '!seen[$0]++'; }
