#!/usr/bin/env bash
# Measured training steps beside simulated ones: see check-plan.py.
#
#   sudo scripts/check-plan.sh [--only memory,1gbit] [--seconds 1.5] [--file FILE]
#
# PROGRAM names a test program that is built already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ -z "${PROGRAM:-}" ]; then
  nice -n 10 swift build -c release --build-tests
  PROGRAM=$(ls -d .build/release/*PackageTests.xctest | head -1)
fi
exec python3 scripts/check-plan.py "$PROGRAM" "$@"
