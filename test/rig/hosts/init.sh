#!/usr/bin/env bash
# First process of a test host, in namespaces of its own: makes the root that it will have, and becomes its init.
#   init.sh plain|systemd        (R, NAME and CGROUP in the environment)
set -e
groups=/sys/fs/cgroup
mount --bind "$R" "$R"
mount -t proc proc "$R/proc"
mount -t tmpfs -o mode=755 tmpfs "$R/dev"
for device in null zero full random urandom tty; do
  touch "$R/dev/$device"
  mount --bind "/dev/$device" "$R/dev/$device"
done
mkdir "$R/dev/pts" "$R/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$R/dev/pts"
ln -s pts/ptmx "$R/dev/ptmx"
ln -s /proc/self/fd "$R/dev/fd"
mount -t tmpfs tmpfs "$R/dev/shm"
mount -t tmpfs -o mode=755 tmpfs "$R/run"
mkdir "$R/run/sshd"

if [ "$1" = systemd ]; then
  mount -t sysfs sysfs "$R/sys"
  if [ -e $groups/cgroup.procs ]; then
    mount --bind "$groups/$CGROUP" "$R$groups"
  else
    mount -t tmpfs -o mode=755 tmpfs "$R$groups"
    for group in $groups/*/"$CGROUP"; do
      place=$R${group%/*}
      mkdir "$place"
      mount --bind "$group" "$place"
    done
  fi
fi

hostname "$NAME"
cd "$R"
mkdir -p .old
pivot_root . .old
umount -l /.old
rmdir /.old
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
if [ "$1" = systemd ]; then
  exec env -i container=prv PATH="$PATH" /sbin/init
fi
exec env -i PATH="$PATH" /usr/sbin/sshd -D -e -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no -o UseDNS=no
