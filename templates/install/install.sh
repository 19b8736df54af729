#!/bin/sh
# Installs provisioning from the folder in which this file lies, or from a release's archive; needs no network.
set -eu

usage() {
  cat <<'END'
usage: install.sh [--from FOLDER|ARCHIVE] [--prefix FOLDER] [--service] [--force]
       install.sh uninstall [--prefix FOLDER]

  --from      the release: a folder or a .tar.gz of it; by default where this file lies
  --prefix    by default /usr/local for root, else ~/.local; gets bin/, lib/provisioning/ and share/provisioning/
  --service   makes the orchestrator a service: of the machine for root, else of yours
  --force     replaces files that are not from an earlier installation; each is kept as NAME.before
END
}

fail() {
  printf 'install.sh: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf '  → %s\n' "$2" >&2
  exit "${3:-1}"
}

action=install from='' prefix='' service=no force=no
while [ $# -gt 0 ]; do
  case $1 in
    uninstall) action=uninstall ;;
    --from | --prefix)
      [ $# -ge 2 ] && [ -n "$2" ] || fail "$1 needs a value" 'See: install.sh --help' 2
      if [ "$1" = --from ]; then from=$2; else prefix=$2; fi
      shift
      ;;
    --service) service=yes ;;
    --force) force=yes ;;
    -h | --help) usage && exit 0 ;;
    *) fail "$1 is not understood" 'See: install.sh --help' 2 ;;
  esac
  shift
done

if [ -z "$prefix" ]; then
  if [ "$(id -u)" = 0 ]; then
    prefix=/usr/local
  else
    [ -n "${HOME:-}" ] || fail 'HOME is not set, so there is no place for it' 'Name one: --prefix FOLDER'
    prefix=$HOME/.local
  fi
fi
case $prefix in /*) ;; *) prefix=$(pwd)/$prefix ;; esac

record=$prefix/share/provisioning/installed-files
program=$prefix/bin/provisioning
work=''
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# Whether $1 is a line of the record, so that a file is known to be ours.
is_ours() { [ -f "$record" ] && grep -Fxq -- "$1" "$record"; }

# Removes the files that are listed on stdin, relative to the prefix, and what is empty then.
take_away() {
  while IFS= read -r path; do
    case $path in '' | '#'* | /* | *..*) continue ;; esac
    rm -f -- "$prefix/$path"
    folder=$(dirname -- "$path")
    while [ "$folder" != . ] && rmdir -- "$prefix/$folder" 2>/dev/null; do folder=$(dirname -- "$folder"); done
  done
}

uninstall() {
  [ -f "$record" ] || fail "nothing of this is installed in $prefix" 'Name the place: --prefix FOLDER'
  if grep -q '^# service' "$record" && [ -x "$program" ]; then
    # shellcheck disable=SC2046
    "$program" orchestrator uninstall $([ "$(id -u)" = 0 ] || echo --user) || true
  fi
  list=$(cat "$record")
  printf '%s\n' "$list" share/provisioning/installed-files | take_away
  echo "provisioning was removed from $prefix. What it recorded (state folder, configuration, cache) is kept."
}

# Sets `from` to the folder with SHA256SUMS.
open_release() {
  [ -n "$from" ] || from=$(dirname -- "$0")
  if [ -f "$from" ]; then
    work=$(mktemp -d)
    tar -xzf "$from" -C "$work" 2>/dev/null || fail "$from is no archive that can be unpacked" 'Download it again.'
    from=$work
  fi
  [ -d "$from" ] || fail "$from does not exist" 'Name the release: --from FOLDER|ARCHIVE'
  for folder in "$from" "$from"/*/; do
    if [ -f "$folder/SHA256SUMS" ]; then from=$(cd -- "$folder" && pwd) && return; fi
  done
  fail "there is no release in $from: SHA256SUMS is missing" 'Name the release: --from FOLDER|ARCHIVE'
}

verify() {
  if command -v sha256sum >/dev/null; then sums='sha256sum'; else sums='shasum -a 256'; fi
  # shellcheck disable=SC2086
  bad=$(cd -- "$from" && $sums -c SHA256SUMS 2>&1 | grep -v ': OK$' || true)
  [ -z "$bad" ] || fail "this release is damaged; nothing was changed:
$bad" 'Download it again.'
}

# Names of the files of the release that go below the prefix.
listed() { sed 's/^[0-9a-f]*  *\*\{0,1\}//' "$from/SHA256SUMS" | grep -E '^(bin|lib|share)/' | grep -Fv '..'; }

# Whole or not at all, also over a program that runs: its process keeps the file that it was started from.
put() {
  mkdir -p -- "$(dirname -- "$prefix/$1")"
  if [ -e "$prefix/$1" ] && ! is_ours "$1"; then cp -p -- "$prefix/$1" "$prefix/$1.before"; fi
  cp -- "$from/$1" "$prefix/$1.new.$$"
  case $1 in bin/*) chmod 755 "$prefix/$1.new.$$" ;; *) chmod 644 "$prefix/$1.new.$$" ;; esac
  mv -f -- "$prefix/$1.new.$$" "$prefix/$1"
}

refuse_foreign() {
  foreign=$(listed | while IFS= read -r path; do
    [ ! -e "$prefix/$path" ] || is_ours "$path" || cmp -s "$from/$path" "$prefix/$path" || printf '  %s\n' "$prefix/$path"
  done)
  [ -z "$foreign" ] || [ "$force" = yes ] || fail "these files are not from an installation of this kind; nothing was changed:
$(printf '%s\n' "$foreign" | head -n 5)" 'Look at them; --force replaces them, and keeps each as NAME.before.'
}

# Writes what the program prints about itself, $2 and so on being its arguments, to $1.
printed() {
  path=$1
  shift
  text=$("$program" "$@" 2>/dev/null) || return 0
  mkdir -p -- "$(dirname -- "$prefix/$path")"
  printf '%s\n' "$text" >"$prefix/$path"
  printf '%s\n' "$path" >>"$record.new"
}

install() {
  open_release
  verify
  mkdir -p -- "$prefix/bin" "$prefix/share/provisioning" 2>/dev/null && [ -w "$prefix/bin" ] ||
    fail "$prefix cannot be written" 'Do it as root, or elsewhere: --prefix FOLDER'
  version=$("$from/bin/provisioning" version 2>/dev/null) ||
    fail "the program does not run on this machine ($(uname -s) $(uname -m))" 'Take the release for this system.'
  refuse_foreign
  changed=0
  list=$(listed)
  while IFS= read -r path; do
    if ! cmp -s "$from/$path" "$prefix/$path"; then put "$path" && changed=$((changed + 1)); fi
  done <<END
$list
END
  printf '%s\n' "$list" >"$record.new"
  printed share/bash-completion/completions/provisioning completion bash
  printed share/zsh/site-functions/_provisioning completion zsh
  printed share/fish/vendor_completions.d/provisioning.fish completion fish
  printed share/man/man1/provisioning.1 man
  if [ "$service" = yes ] || { [ -f "$record" ] && grep -q '^# service' "$record"; }; then echo '# service' >>"$record.new"; fi
  if [ -f "$record" ]; then grep -Fxv -f "$record.new" "$record" | take_away || true; fi
  mkdir -p -- "$prefix/share/provisioning"
  mv -f -- "$record.new" "$record"
  if [ "$changed" = 0 ]; then echo "provisioning $version is installed in $prefix already."; else echo "provisioning $version was installed: $program"; fi
  case :${PATH:-}: in *:"$prefix/bin":*) ;; *) echo "$prefix/bin is not on your PATH: add it there." ;; esac
  # shellcheck disable=SC2046
  if [ "$service" = yes ]; then "$program" orchestrator install $([ "$(id -u)" = 0 ] || echo --user); fi
}

"$action"
