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
  # Foundation brings the tables of every language along: 30 MB in a program that is linked statically.
  if whole=$(grep -rn '^import Foundation *$' Sources); then
    printf '%s\n' "$whole" "import FoundationEssentials, or Glibc for its functions: a program with the library has no need of the whole" >&2
    exit 1
  fi
  echo "lint: no findings in ${paths[*]}"
fi
