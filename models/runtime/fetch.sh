#!/bin/sh
# fetch.sh DIR puts the ONNX Runtime library for this machine into DIR.
#
# The library comes out of the npm package onnxruntime-node, whose files are
# Microsoft's own builds. The package is only unpacked, never installed: its
# install script would download further files. The version is pinned and the
# library's sha256 is checked; when the right file is already there nothing
# happens. The file appears in DIR in one step, or not at all.
set -eu

version=1.27.0

say() { printf '%s\n' "$*"; }
fail() { printf 'fetch.sh: %s\n' "$*" >&2; exit 1; }

[ $# -eq 1 ] || fail "usage: fetch.sh DIR"
dir=$1

case "$(uname -s)/$(uname -m)" in
Linux/x86_64 | Linux/amd64)
	member=linux/x64/libonnxruntime.so.1
	sum=d8aff4aa8abee8fb2abb2f2f2459ffc94461e781e41b9f7c072829dd0d470221 ;;
Linux/aarch64 | Linux/arm64)
	member=linux/arm64/libonnxruntime.so.1
	sum=c36bc200e7e6c093b8abb0b34590fbdd8c52fd3fb5e33795b9523ffdde2fce0f ;;
Darwin/arm64)
	member=darwin/arm64/libonnxruntime.1.27.0.dylib
	sum=89f692a3a1a224e4ad0b796b0e7c0bd81113b0741bfe84211eceef14d05a9e59 ;;
*)
	fail "there is no pinned ONNX Runtime for $(uname -s)/$(uname -m): install version $version yourself and set PENTIMENTO_ONNXRUNTIME to it" ;;
esac
library=$dir/${member##*/}

sha256() {
	if command -v sha256sum >/dev/null 2>&1; then
		sha256sum "$1" | cut -d' ' -f1
	else
		shasum -a 256 "$1" | cut -d' ' -f1
	fi
}

if [ -f "$library" ]; then
	[ "$(sha256 "$library")" = "$sum" ] && exit 0
	say "$library is not ONNX Runtime $version as pinned; fetching it again"
fi

command -v npm >/dev/null 2>&1 ||
	fail "npm is needed to download ONNX Runtime: install Node.js, or set PENTIMENTO_ONNXRUNTIME to an ONNX Runtime $version that you already have"

mkdir -p "$dir"
work=$(mktemp -d "$dir/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say "downloading onnxruntime-node@$version from npm (100 MB, once)"
(cd "$work" && npm pack --silent --ignore-scripts "onnxruntime-node@$version" >npm.log 2>&1) || {
	cat "$work/npm.log" >&2
	fail "npm pack onnxruntime-node@$version failed; what npm said is above"
}
say "unpacking ${member##*/}"
tar -xzf "$work/onnxruntime-node-$version.tgz" -C "$work" "package/bin/napi-v6/$member" ||
	fail "the downloaded package holds no $member"
file=$work/package/bin/napi-v6/$member
got=$(sha256 "$file")
[ "$got" = "$sum" ] || fail "the downloaded ${member##*/} has sha256 $got, pinned is $sum; nothing was installed"
mv -f "$file" "$library"
say "ONNX Runtime $version is in $dir"
