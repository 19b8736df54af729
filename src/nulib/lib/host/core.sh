# Runs on a host, as root, in its POSIX shell: compares what is there with what shall be, one resource after the other,
# and changes what differs (CHECK=1: says what it would change, and changes nothing). Reports on stdout, a line each:
#   R status kind name detail     status: same, changed, differs (CHECK=1), failed
#   D text                        a line of the difference that the R line before it is about
#   V name base64                 something that was to be read
#   L text                        the last lines of a service's log
#   W                             something is changed now
#   E                             everything was looked at (without it the connection broke)
# Fields are separated by tabs; values never hold control characters.
set -u
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# Whoever started this may go away; half a step is worse than a finished one.
trap '' HUP PIPE
umask 022
KEPT=/var/lib/provisioning/kept
PENDING=/var/lib/provisioning/pending
touched=
# Services whose restart or reload an earlier attempt has left; what this one has replaced, the newest first: SERVICE WAS PATH a line.
was_pending= replaced=

say() {
  report="R	$1	$2	$3	${4-}"
  case ${3}${4-} in
  *[[:cntrl:]]*) report="R	$1	$2	$(printf %s "$3" | tr '[:cntrl:]' ' ')	$(printf %s "${4-}" | tr '[:cntrl:]' ' ')" ;;
  esac
  printf '%s\n' "$report"
}

# KIND NAME WHAT: true where it shall be changed now. When nobody listens any more (cancelled, out of time, killed), what
# has begun comes to its end, and nothing further begins: W is only to find that out.
differs() {
  if [ "$CHECK" = 1 ]; then
    say differs "$@"
    return 1
  fi
  printf 'W\n' 2>/dev/null || exit 1
}

fail() {
  say failed "$@"
  exit 1
}

prefixed() { tr -d '\000\r' | tr '\001-\010\013-\037' ' ' | while IFS= read -r line || [ -n "$line" ]; do printf '%s	%s\n' "$1" "$line"; done; }

now() { date +%s; }

# What the commands of this program say goes to a file of its own (it can be secret). Then one of us at a time. What is
# started from here must not inherit the lock: daemons live long (9>&-).
only_one() {
  OUTPUT=/dev/null
  [ "$CHECK" = 1 ] && return
  OUTPUT=$(mktemp /run/provisioning.XXXXXX 2>&1) || fail host output "$OUTPUT"
  trap 'rm -f "$OUTPUT"' EXIT
  exec 9>/run/provisioning.lock
  flock -n 9 && return
  flock -w "$LOCK_WAIT" 9 || fail host lock "another provisioning has been working on this host for $LOCK_WAIT s"
}

# SYSTEM… INIT: refuses what the manifest does not name, before anything is touched. SYSTEM: debian-12, or debian for any version.
supported() {
  systems=$1 init=$2
  ID= VERSION_ID=
  [ ! -r /etc/os-release ] || . /etc/os-release
  case " $systems " in
  *" $ID "* | *" $ID-$VERSION_ID "*) ;;
  *) say refused system "${ID:-unknown}-$VERSION_ID" "not supported: this taskserv knows $systems" && exit 3 ;;
  esac
  [ "$init" != systemd ] || has_systemd || { say refused system init "needs systemd as init" && exit 3; }
  [ "$(id -u)" = 0 ] || { say refused user "$(id -un)" "is not root here, and may not sudo without a password" && exit 3; }
}

has_systemd() { [ -d /run/systemd/system ]; }

# NAME TEST CHANGE ARGUMENTS…: a step of a taskserv's own. TEST (0: nothing to do) and CHANGE are shell text of the
# taskserv, which finds the arguments as $1 …; evaluated right here, so that no process shows them.
step() {
  name=$1 test=$2 change=$3
  shift 3
  if (eval "$test") >/dev/null 2>&1 </dev/null 9>&-; then
    say same step "$name"
    return
  fi
  differs step "$name" "to be done" || return 0
  if (eval "$change") >"$OUTPUT" 2>&1 </dev/null 9>&-; then
    say changed step "$name"
  else
    fail step "$name" "$(last_words)"
  fi
}

# NAME TEXT ARGUMENTS…: hands the output of TEXT back. It must only read.
reading() {
  name=$1 text=$2
  shift 2
  value=$( (eval "$text") 2>/dev/null </dev/null 9>&- | base64 -w 0)
  printf 'V	%s	%s\n' "$name" "$value"
}

# The line of the last command's output that says most.
last_words() {
  words=$(grep -E 'No space left|^E: |rror|emerg|nvalid|nknown' "$OUTPUT" 2>/dev/null | head -n 1)
  [ -n "$words" ] || words=$(grep -v '^[[:space:]]*$' "$OUTPUT" 2>/dev/null | tail -n 1)
  printf %s "${words:-it failed without a word}" | cut -c 1-400
}
