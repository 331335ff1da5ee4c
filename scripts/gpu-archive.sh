#!/usr/bin/env bash
# Packs what scripts/gpu-check.sh needs on a machine with a graphics card into one file, .build/gpu-check.tar.xz: programs with Swift's runtime
# in them, recorded cases, the script. They need nothing but the C library of this machine or a newer one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scratch=${SCRATCH:-.build/static}
flags=(-c release --static-swift-stdlib --scratch-path "$scratch" -Xlinker -s)
folder=.build/gpu-check
rm -rf "$folder"
mkdir -p "$folder/bin"
for product in apus conformance parity examples benchmarks; do
  swift build "${flags[@]}" --product "$product"
  cp "$(swift build "${flags[@]}" --show-bin-path)/$product" "$folder/bin/"
done
cp -r Tests/ConformanceTests/Fixtures/cases Tests/ConformanceTests/Fixtures/parity-0.json "$folder/"
cp scripts/gpu-check.sh scripts/peers/device_rows.py "$folder/"
# The programs share most of their code, which a large window finds again.
tar -C .build -cf - --sort=name gpu-check | xz -T0 --lzma2=preset=6,dict=64MiB >.build/gpu-check.tar.xz
ls -lh .build/gpu-check.tar.xz
