#!/usr/bin/env bash
# Runs the concurrency tests under the thread sanitizer, with threads that it understands (Dispatch instead of OpenMP).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
APUS_GOMP=off APUS_ONEDNN=off swift test --scratch-path .build/sanitize --sanitize=thread -Xswiftc -DTHREAD_SANITIZER -c release --no-parallel --filter "${1:-Concurrency}"
