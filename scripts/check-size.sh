#!/usr/bin/env bash
# Checks how large a small program is: what `apus new` writes, linked so that it runs where no Swift is installed, without names.
#
#     scripts/check-size.sh [MEGABYTES]    fails above that many, or above LIMIT without it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What a small program may have.
LIMIT=30
limit=${1:-$LIMIT}

build=(
  swift build -c release --static-swift-stdlib --scratch-path .build/small --product NewPackageTrain
  -Xlinker --no-export-dynamic -Xlinker --icf=all -Xswiftc -Xclang-linker -Xswiftc -no-pie
  -Xswiftc -Xfrontend -Xswiftc -function-sections -Xcc -ffunction-sections)
"${build[@]}"
program=$("${build[@]}" --show-bin-path)/NewPackageTrain
stripped=$(mktemp)
trap 'rm -f "$stripped"' EXIT
strip "$program" -o "$stripped"
bytes=$(stat -c %s "$stripped")
printf 'check-size: %d.%d MB, of %s that it may have\n' $((bytes / 1000000)) $((bytes / 100000 % 10)) "$limit"
if [ "$bytes" -gt $((limit * 1000000)) ]; then
  scripts/program-size.py "$program" >&2
  echo "check-size: the program is too large; above is what it consists of" >&2
  exit 1
fi
