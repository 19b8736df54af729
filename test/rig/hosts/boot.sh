#!/usr/bin/env bash
# Is the machine of one test host, in the host's network: boots it, and boots it again when it asks for that (129).
#   boot.sh FOLDER NAME plain|systemd CGROUP
set -u
export R=$1/root NAME=$2 CGROUP=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
groups=/sys/fs/cgroup

# Becomes a member of control groups of the host's own, one in each hierarchy, with nothing left of an earlier life in
# them: they are the roots of the namespace that is made next. In one and the same group the systemds of all hosts would
# take each other's services for theirs.
enter_groups() {
  local hierarchy group file
  for hierarchy in $groups/ $groups/*/; do
    [ -e "$hierarchy/cgroup.procs" ] || continue
    group=${hierarchy%/}/$CGROUP
    mkdir -p "$group"
    find "$group" -mindepth 1 -depth -type d -exec rmdir {} + 2>/dev/null
    [ ! -e "$group/cpuset.mems" ] || [ "$hierarchy" = $groups/ ] ||
      for file in cpuset.cpus cpuset.mems; do cat "$hierarchy/$file" >"$group/$file"; done
    echo "$BASHPID" >"$group/cgroup.procs"
    # The one hierarchy of the second kind has no others beside it, only groups.
    [ "$hierarchy" != $groups/ ] || return
  done
}

while :; do
  (
    [ "$3" != systemd ] || enter_groups
    exec unshare --mount --uts --ipc --pid --cgroup --fork --kill-child --propagation private bash "$here/init.sh" "$3"
  )
  [ $? = 129 ] || exit
done
