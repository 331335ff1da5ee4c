#!/usr/bin/env bash
# The thread sanitizer over groups of processes: what the threads of a rank share is locked.
#
#   scripts/check-distributed-threads.sh [RANKS...]
#
# Only what groups need is compiled with the sanitizer: the core, the loops in C, and the parts of ApusDistributed that move tensors between
# processes. The program of check-distributed-threads.swift then runs on 2, 3 and 4 ranks, unless told, by each launcher that is
# installed. What MPI's own libraries do is not looked at: they are not compiled with the sanitizer. BUILD names the folder for what is
# compiled, which is used again: .build/threads unless told.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${BUILD:-.build/threads}
ranks=("$@")
[ $# -gt 0 ] || ranks=(2 3 4)
mkdir -p "$build/core" "$build/distributed" "$build/include"
build=$(cd "$build" && pwd)
sources=$PWD/Sources
cat >"$build/include/module.modulemap" <<MAP
module CKernels {
  umbrella header "$sources/CKernels/include/CKernels.h"
  export *
}
MAP
flags=(-sanitize=thread -DTHREAD_SANITIZER -swift-version 6 -package-name apus -Onone -g -j1 -module-cache-path "$build/cache" -I "$build"
  -Xcc "-fmodule-map-file=$build/include/module.modulemap" -Xcc -I -Xcc "$sources/CKernels/include")
for file in "$sources"/{CKernels,ApusCLoops}/*.c; do
  object=$build/$(basename "$file").o
  [ "$object" -nt "$file" ] && continue
  nice -n 10 clang -O1 -g -fsanitize=thread -fblocks -fPIC -I "$sources/CKernels/include" -I "$(dirname "$file")/include" -c "$file" \
    -o "$object"
done
# Compiles a module: its name, the folder of its objects, those of its sources.
module() {
  local name=$1 folder=$2
  shift 2
  find "$@" -name '*.swift' | sort >"$folder/sources.txt"
  (cd "$folder" && nice -n 10 swiftc "${flags[@]}" -parse-as-library -module-name "$name" -emit-module \
    -emit-module-path "$build/$name.swiftmodule" -enable-batch-mode -c "@sources.txt")
}
if [ ! -e "$build/ApusCore.swiftmodule" ] || [ -n "$(find "$sources/ApusCore" "$sources/CKernels" -newer "$build/ApusCore.swiftmodule")" ]; then
  module ApusCore "$build/core" "$sources/ApusCore"
fi
module ApusDistributed "$build/distributed" "$sources"/ApusDistributed/{Engine,Group,Collectives,MPI}
nice -n 10 swiftc "${flags[@]}" -module-name Threads -o "$build/threads" scripts/check-distributed-threads.swift \
  "$build"/*.c.o "$build"/core/*.o "$build"/distributed/*.o

export APUS_NUM_THREADS=1 APUS_GOMP=off APUS_ONEDNN=off OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export APUS_DISTRIBUTED_HEARTBEAT=30 APUS_DISTRIBUTED_TRACE=$build/trace
export TSAN_OPTIONS="ignore_noninstrumented_modules=1 halt_on_error=0 exitcode=66 report_signal_unsafe=0"
# UCX, which MPICH uses, writes jumps into functions of the C library that the sanitizer has replaced.
export UCX_MEM_MMAP_HOOK_MODE=none
status=0
for launcher in mpirun.openmpi mpirun.mpich; do
  command -v "$launcher" >/dev/null || continue
  for count in "${ranks[@]}"; do
    more=()
    [ "$launcher" = mpirun.openmpi ] && more=(--oversubscribe)
    log=$build/$launcher-$count.log
    result=0
    nice -n 10 timeout 900 "$launcher" -n "$count" "${more[@]}" "$build/threads" >"$log" 2>&1 || result=$?
    races=$(grep -c 'WARNING: ThreadSanitizer' "$log" || true)
    echo "$launcher, $count ranks: status $result, $races reports ($log)"
    [ "$result" = 0 ] && [ "$races" = 0 ] || status=1
  done
done
exit "$status"
