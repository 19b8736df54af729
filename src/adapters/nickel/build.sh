#!/bin/sh
# Builds nickel.wasm.br and nickel.json beside this script. As root, on Debian, with cargo, node and npm on the PATH:
#   apt-get install -y debootstrap && src/adapters/nickel/build.sh [SCRATCH_FOLDER]
# The scratch folder (default: a new one below /tmp) may be used again: it then skips the Debian installation.
#
# Why Debian unstable in a folder: rustc's standard library for wasm32-wasip1 comes as a Debian package there
# (libstd-rust-dev-wasm32), which fits that Debian's own rustc only.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
scratch=${1:-$(mktemp -d /tmp/provisioning-nickel.XXXXXX)}
root=$scratch/root
target=wasm32-wasip1
max_memory=1073741824 # bytes; an evaluation that wants more is stopped by a trap
stack=67108864        # bytes for Rust's own stack inside that memory; V8's is set by the host

install_debian() {
  if [ ! -e "$root/installed" ]; then
    mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Identifier: Packages' |
      awk '$1 == "Debian" && $2 !~ /security/ { print $2; exit }')
    debootstrap --variant=minbase sid "$root" "$mirror"
    chroot "$root" apt-get install -y --no-install-recommends \
      rustc cargo libstd-rust-dev-wasm32 lld wasi-libc binaryen gcc libc6-dev
    ln -sf /usr/bin/wasm-ld "$root/usr/local/bin/rust-lld"
    touch "$root/installed"
  fi
}

compile() {
  rm -rf "$root/build"
  mkdir -p "$root/build/.cargo"
  cp -R "$here/crate/." "$root/build/"
  rm -rf "$root/build/target"
  (cd "$root/build" && cargo vendor --locked vendor) |
    sed "s|$root/build/||" >"$root/build/.cargo/config.toml"
  # The linker drops what a command does not need: three functions have to be named to stay.
  chroot "$root" env CARGO_TARGET_WASM32_WASIP1_LINKER=/usr/bin/wasm-ld sh -c "cd /build &&
    cargo rustc --release --locked --offline --target $target --bin provisioning-nickel -- \
      -C link-arg=--max-memory=$max_memory -C link-arg=-zstack-size=$stack \
      -C link-arg=--export=wizer.initialize -C link-arg=--export=output.pointer -C link-arg=--export=output.length"
}

# Runs `wizer.initialize` now and keeps the memory it leaves, so that the standard library is read already.
preinitialise() {
  mkdir -p "$scratch/wizer"
  (cd "$scratch/wizer" && npm install --no-save --silent --prefix . @bytecodealliance/wizer@11.0.3)
  "$scratch/wizer/node_modules/.bin/wizer" --allow-wasi --wasm-bulk-memory true -f wizer.initialize \
    -o "$scratch/nickel.wasm" "$root/build/target/$target/release/provisioning-nickel.wasm"
}

# Hash of the lines that sha256sum prints for the source files, in the order of their names.
source_hash() {
  (cd "$here" && LC_ALL=C sha256sum build.sh crate/Cargo.lock crate/Cargo.toml crate/src/*.rs) | sha256sum | cut -d' ' -f1
}

version_of() {
  sed -n "/^name = \"$1\"\$/{n;s/^version = \"\(.*\)\"\$/\1/p;}" "$here/crate/Cargo.lock"
}

publish() {
  WASM=$scratch/nickel.wasm BR=$here/nickel.wasm.br node -e '
    const { brotliCompressSync, constants } = require("node:zlib"), fs = require("node:fs");
    const wasm = fs.readFileSync(process.env.WASM);
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length, [constants.BROTLI_PARAM_LGWIN]: 24 };
    fs.writeFileSync(process.env.BR, brotliCompressSync(wasm, { params }));'
  cat >"$here/nickel.json" <<EOF
{
  "source_sha256": "$(source_hash)",
  "wasm_sha256": "$(sha256sum "$scratch/nickel.wasm" | cut -d' ' -f1)",
  "crate": "provisioning-nickel $(version_of provisioning-nickel)",
  "nickel_lang": "$(version_of nickel-lang)",
  "nickel_lang_core": "$(version_of nickel-lang-core)",
  "rustc": "$(chroot "$root" rustc --version | cut -d' ' -f2)"
}
EOF
}

install_debian
compile
preinitialise
publish
echo "built $here/nickel.wasm.br; $scratch may be removed"
