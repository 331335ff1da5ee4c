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
  echo "lint: no findings in ${paths[*]}"
fi
