#!/bin/sh
# Runs PyPI's kubernetes-validate with these arguments, from a virtual environment that is made once and kept in the
# user's cache. Exit 69 when it cannot be made (no Python, no network); otherwise the tool's own status.
set -eu
pins='attrs==26.1.0 importlib_resources==7.1.0 jsonschema==4.26.0 jsonschema-specifications==2025.9.1
kubernetes-validate==1.37.0 packaging==26.3 PyYAML==6.0.3 referencing==0.37.0 rpds-py==2026.9.1 typing_extensions==4.16.0'
cache=${XDG_CACHE_HOME:-$HOME/.cache}/provisioning-test
venv=$cache/kubernetes-validate-$(printf %s "$pins" | cksum | cut -d' ' -f1)

# Chained by &&, because `set -e` is off in a command whose status is asked for.
prepare() {
  [ -e "$venv/complete" ] && return
  rm -rf "$venv" &&
    python3 -m venv "$venv" &&
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --retries 1 --timeout 20 $pins &&
    : >"$venv/complete"
}

mkdir -p "$cache"
(
  # Two test runs at once: the second waits for what the first makes.
  if command -v flock >/dev/null; then flock 9; fi
  prepare
) 9>"$cache/lock" >&2 || exit 69
exec "$venv/bin/kubernetes-validate" "$@"
