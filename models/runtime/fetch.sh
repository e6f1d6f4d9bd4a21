#!/bin/sh
# fetch.sh DIR puts the ONNX Runtime library for this machine into DIR.
#
# The library comes out of the npm package onnxruntime-node, whose files are
# Microsoft's own builds. The package is only unpacked, never installed: its
# install script would download further files. The version is pinned and the
# library's sha256 is checked; when the right file is already there nothing
# happens. The file appears in DIR in one step, or not at all.
set -eu

version=1.30.0

say() { printf '%s\n' "$*"; }
fail() { printf 'fetch.sh: %s\n' "$*" >&2; exit 1; }

[ $# -eq 1 ] || fail "usage: fetch.sh DIR"
dir=$1

case "$(uname -s)/$(uname -m)" in
Linux/x86_64 | Linux/amd64)
	member=linux/x64/libonnxruntime.so.1
	sum=ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23 ;;
Linux/aarch64 | Linux/arm64)
	member=linux/arm64/libonnxruntime.so.1
	sum=1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76 ;;
Darwin/arm64)
	member=darwin/arm64/libonnxruntime.1.30.0.dylib
	sum=685d2be5dba1309c89d3a5324b7fd06a5c42f1a61bfea32d14c4cc28d072121d ;;
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
