# KIND PATH OWNER: whose the first folder on the way is that is not root's, as $them. What is below it they can exchange for a
# link at any moment. So we are them there (as_them): what they lead us to, they could have changed themselves.
belongs() {
  them=$(namei -o "${2%/*}/" | awk 'NR > 1 && $1 ~ /^[dl]$/ && $2 != "root" && whose == "" { whose = $2 } END { print whose; exit (NR < 2) }') ||
    fail "$1" "$2" "nobody can tell whose its folder is"
  case $them:$3 in :* | *: | "$them:$them:"*) ;; *) fail "$1" "$2" "its folder is $them's, who could put anything in the place of what is ${3%%:*}'s" ;; esac
}

# COMMAND…
as_them() {
  if [ -n "$them" ]; then setpriv --reuid "$them" --regid "$(id -g -- "$them")" --init-groups -- "$@" 9>&-; else "$@"; fi
}

# PATH MODE OWNER SERVICE SECRET CONTENT(base64): a file as it shall be, replaced whole; the one before it is kept.
# SERVICE is to take it up. SECRET=1: its content is never shown.
file() {
  path=$1 mode=$2 owner=$3 service=$4 secret=$5 content=$6
  belongs file "$path" "$owner"
  if [ ! -e "$path" ] && [ ! -L "$path" ]; then
    what="to be created"
  elif [ ! -f "$path" ] || [ -L "$path" ] || ! printf %s "$content" | base64 -d | as_them cmp -s - "$path"; then
    what=content
  else
    have=$(stat -c '%a %U:%G' "$path")
    [ "$have" != "${mode#0} $owner" ] || { say same file "$path" && return; }
    what="rights are $have, shall be ${mode#0} $owner"
  fi
  touches "$service"
  shown=$([ "$DIFF" = 1 ] && difference)
  if differs file "$path" "$what"; then
    remember "$service" && printf %s "$content" | base64 -d | replace || fail file "$path" "$(last_words)"
    case $what in rights*) what=rights ;; esac
    say changed file "$path" "${what#to be }"
  fi
  [ -z "$shown" ] || printf '%s\n' "$shown"
}

difference() {
  if [ "$secret" = 1 ]; then
    printf 'D	(a secret: not shown)\n'
    return
  fi
  before=$path
  [ -f "$path" ] && [ ! -L "$path" ] || before=/dev/null
  printf %s "$content" | base64 -d | as_them diff -u --label "$path" --label "$path" "$before" - | prefixed D
}

# Puts what comes in at $path, with $mode and $owner. A reader finds the old file or the new one, also after a power cut.
replace() {
  folder=${path%/*}
  {
    # What an attempt that was killed has left.
    as_them mkdir -p "${folder:-/}" && as_them rm -f "$folder"/.provisioning.?????? &&
      new=$(as_them mktemp "$folder/.provisioning.XXXXXX") || return 1
    as_them tee "$new" >/dev/null && as_them chmod "$mode" "$new" && as_them chown -h "$owner" "$new" && as_them sync "$new" &&
      as_them mv -fT "$new" "$path" && return
  } 2>"$OUTPUT"
  as_them rm -f "$new"
  return 1
}

# SERVICE: what there is at $path, for `put_back`. A file is kept.
remember() {
  was=nothing
  if [ -L "$path" ]; then
    was=link:$(readlink -n "$path" | base64 -w 0)
  elif [ -f "$path" ]; then
    was=file
    keep 2>"$OUTPUT" || return 1
  fi
  replaced="${1%%:*} $was $path
$replaced"
}

# As root, and so perhaps of something else by now: not if that is a link, which would be followed from here.
keep() {
  (umask 077 && mkdir -p "$KEPT${path%/*}") && rm -rf "$KEPT$path" && cp -a "$path" "$KEPT$path" && [ -f "$KEPT$path" ] && [ ! -L "$KEPT$path" ]
}

# SERVICE: what this attempt has replaced for it is again what it was. Fails where there is nothing.
put_back() {
  back=1
  while read -r of was path; do
    [ "$of" = "$1" ] || continue
    belongs file "$path" ""
    case $was in
    file) mode=$(stat -c %a "$KEPT$path") && owner=$(stat -c %u:%g "$KEPT$path") && replace <"$KEPT$path" ;;
    link:*) as_them ln -sfnT "$(printf %s "${was#link:}" | base64 -d)" "$path" ;;
    *) as_them rm -f "$path" ;;
    esac || return 1
    back=0
  done <<END
$replaced
END
  # What an earlier attempt did not come to is still to be done.
  [ "$back" = 1 ] || case $was_pending in *" $1 "*) ;; *) rm -f "$PENDING/$1" ;; esac
  return "$back"
}

# PATH SERVICE
no_file() {
  path=$1
  belongs no-file "$path" ""
  if [ ! -e "$path" ] && [ ! -L "$path" ]; then
    say same no-file "$path"
    return
  fi
  touches "$2"
  differs no-file "$path" "to be removed" || return 0
  remember "$2" && as_them rm -f "$path" 2>"$OUTPUT" || fail no-file "$path" "$(last_words)"
  say changed no-file "$path" "removed"
}

# PREFIX NAME…: no file whose path begins with it but these.
no_other_files() {
  prefix=$1
  shift
  for other in "$prefix"*; do
    case " $* " in *" ${other#"$prefix"} "*) ;; *) no_file "$other" '' && still_root ;; esac
  done
}

# What let us become root is there again where nothing else does so.
still_root() {
  [ "$CHECK" = 1 ] || [ -z "${SUDO_USER-}" ] || setpriv --reuid "$SUDO_USER" --regid "$SUDO_GID" --init-groups -- sudo -n true 2>"$OUTPUT" && return
  cp -a "$KEPT$path" "$path"
  fail no-file "$path" "$SUDO_USER, by whom this host is reached, could not become root without it; it is there again"
}

# PATH MODE OWNER
folder() {
  belongs folder "$1" "$3"
  [ ! -L "$1" ] || fail folder "$1" "is a link to $(readlink "$1"), and links are not followed"
  if [ -d "$1" ]; then
    have=$(stat -c '%a %U:%G' "$1")
    [ "$have" != "${2#0} $3" ] || { say same folder "$1" && return; }
    what="rights are $have, shall be ${2#0} $3" did=rights
  else
    what="to be created" did=created
  fi
  differs folder "$1" "$what" || return 0
  { as_them mkdir -p "$1" && as_them chmod "$2" "$1" && as_them chown -h "$3" "$1"; } 2>"$OUTPUT" || fail folder "$1" "${them:+as $them: }$(last_words)"
  say changed folder "$1" "$did"
}

# PATH TARGET SERVICE
link() {
  path=$1
  belongs link "$path" ""
  if [ "$(readlink "$path" 2>/dev/null)" = "$2" ]; then
    say same link "$path"
    return
  fi
  touches "$3"
  differs link "$path" "shall lead to $2" || return 0
  remember "$3" && { as_them mkdir -p "${path%/*}" && as_them ln -sfnT "$2" "$path"; } 2>"$OUTPUT" || fail link "$path" "$(last_words)"
  say changed link "$path" "leads to $2"
}
