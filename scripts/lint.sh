#!/usr/bin/env bash
# Checks the style of all Swift files, what scripts write and the doc comments; with --fix, mends what can be mended.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

paths=(Package.swift)
for folder in Sources Tests Tools Benchmarks Examples; do
  if [ -d "$folder" ]; then paths+=("$folder"); fi
done
if [ "${1:-}" = --fix ]; then
  swift format --in-place --recursive --parallel "${paths[@]}"
else
  swift format lint --strict --recursive --parallel "${paths[@]}"
  # What a script writes is as it writes it.
  if command -v python3 >/dev/null; then
    python3 scripts/make-spellings.py --check
    python3 scripts/make-layer-spellings.py --check
    python3 scripts/make-training-spellings.py --check
    python3 scripts/make-glossary.py --check
    python3 scripts/make-template.py --check
    python3 scripts/check-docs.py
  fi
  # Foundation is large: the small one 8 MB in a program that is linked statically, the whole one 50. What runs at build time may have it,
  # and what sends values of any kind to other processes.
  if found=$(grep -rnE '^ *import Foundation' Sources --include='*.swift' | grep -vE '^Sources/(ApusMacros|ApusDistributed)/'); then
    printf '%s\n' "$found" "import Glibc for its functions; base64 and JSON are in ApusFormats: a program with the library has no need of Foundation" >&2
    exit 1
  fi
  echo "lint: no findings in ${paths[*]}"
fi
