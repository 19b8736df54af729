#!/usr/bin/env bash
# Is the machine of one test host, in the host's network: boots it, and boots it again when it asks for that (129).
#   boot.sh FOLDER NAME plain|systemd CGROUP
set -u
export R=$1/root NAME=$2 CGROUP=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
while :; do
  unshare --mount --uts --ipc --pid --fork --kill-child --propagation private bash "$here/init.sh" "$3"
  [ $? = 129 ] || exit
done
