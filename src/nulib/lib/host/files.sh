# PATH MODE OWNER SERVICE SECRET CONTENT(base64): a file as it shall be, replaced whole; the one before it is kept.
# SERVICE is to take it up. SECRET=1: its content is never shown.
file() {
  path=$1 mode=$2 owner=$3 service=$4 secret=$5 content=$6
  if [ -f "$path" ] && [ ! -L "$path" ] && printf %s "$content" | base64 -d | cmp -s - "$path"; then
    same_rights file "$path" "$mode" "$owner" && say same file "$path"
    return 0
  fi
  what=content had=1
  [ -e "$path" ] || { what="to be created" had=0; }
  touches "$service"
  shown=$([ "$DIFF" = 1 ] && difference)
  if differs file "$path" "$what"; then
    replace "$content" || fail file "$path" "$reason"
    replaced="$replaced${service%%:*} $had $path
"
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
  [ -f "$path" ] || before=/dev/null
  printf %s "$content" | base64 -d | diff -u --label "$path" --label "$path" "$before" - | prefixed D
}

# A reader finds the old file or the new one, also after a power cut.
replace() {
  folder=${path%/*}
  mkdir -p "${folder:-/}" 2>"$OUTPUT" || { reason=$(last_words) && return 1; }
  # What an attempt that was killed has left.
  rm -f "$folder"/.provisioning.??????
  new=$(mktemp "$folder/.provisioning.XXXXXX" 2>"$OUTPUT") || { reason=$(last_words) && return 1; }
  if { printf %s "$1" | base64 -d >"$new" && chmod "$mode" "$new" && chown "$owner" "$new" && sync "$new" && keep &&
    mv -fT "$new" "$path"; } 2>"$OUTPUT"; then
    return 0
  fi
  reason=$(last_words)
  rm -f "$new"
  return 1
}

# SERVICE: the files that this attempt has replaced for it are again what they were. Fails where there are none.
put_back() {
  back=
  while read -r of had path; do
    [ "$of" = "$1" ] || continue
    if [ "$had" = 1 ]; then cp -pf "$KEPT$path" "${path%/*}/.provisioning.backup" && mv -fT "${path%/*}/.provisioning.backup" "$path"; else rm -f "$path"; fi
    back=1
  done <<END
$replaced
END
  [ -n "$back" ] || return 1
  # What an earlier attempt did not come to is still to be done.
  case $was_pending in *" $1 "*) ;; *) rm -f "$PENDING/$1" ;; esac
}

keep() {
  [ -f "$path" ] || return 0
  (umask 077 && mkdir -p "$KEPT${path%/*}") && cp -pf "$path" "$KEPT$path"
}

# KIND PATH MODE OWNER: true where nothing is to be said any more.
same_rights() {
  have=$(stat -c '%a %U:%G' "$2")
  [ "$have" != "${3#0} $4" ] || return 0
  touches "${service-}"
  differs "$1" "$2" "rights are $have, shall be ${3#0} $4" || return 1
  { chmod "$3" "$2" && chown "$4" "$2"; } 2>"$OUTPUT" || fail "$1" "$2" "$(last_words)"
  say changed "$1" "$2" "rights"
  return 1
}

# PATH SERVICE
no_file() {
  path=$1
  if [ ! -e "$path" ] && [ ! -L "$path" ]; then
    say same no-file "$path"
    return
  fi
  touches "$2"
  differs no-file "$path" "to be removed" || return 0
  { keep && rm -f "$path"; } 2>"$OUTPUT" || fail no-file "$path" "$(last_words)"
  say changed no-file "$path" "removed"
}

# PREFIX NAME…: no file whose path begins with it but these.
no_other_files() {
  prefix=$1
  shift
  for other in "$prefix"*; do
    case " $* " in *" ${other#"$prefix"} "*) ;; *) no_file "$other" '' ;; esac
  done
}

# PATH MODE OWNER
folder() {
  service=
  if [ -d "$1" ]; then
    same_rights folder "$1" "$2" "$3" && say same folder "$1"
    return 0
  fi
  differs folder "$1" "to be created" || return 0
  { mkdir -p "$1" && chmod "$2" "$1" && chown "$3" "$1"; } 2>"$OUTPUT" || fail folder "$1" "$(last_words)"
  say changed folder "$1" created
}

# PATH TARGET SERVICE
link() {
  if [ "$(readlink "$1" 2>/dev/null)" = "$2" ]; then
    say same link "$1"
    return
  fi
  touches "$3"
  differs link "$1" "shall lead to $2" || return 0
  { mkdir -p "${1%/*}" && ln -sfnT "$2" "$1"; } 2>"$OUTPUT" || fail link "$1" "$(last_words)"
  say changed link "$1" "leads to $2"
}
