#!/usr/bin/env bash
# Builds the program of Examples/Distributed and the command, and has them go through the loss of hosts: see check-distributed-hosts.py.
#
#   sudo scripts/check-distributed-hosts.sh [--events 20] [--seed 0] [--mpirun mpirun.mpich]
#
# TRAIN and APUS name programs that are built already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ -z "${TRAIN:-}" ]; then
  nice -n 10 swift build -c release --package-path Examples/Distributed --scratch-path .build/distributed
  TRAIN=$(swift build -c release --package-path Examples/Distributed --scratch-path .build/distributed --show-bin-path)/train
fi
if [ -z "${APUS:-}" ]; then
  nice -n 10 swift build -c release --product apus
  APUS=$(swift build -c release --show-bin-path)/apus
fi
exec python3 scripts/check-distributed-hosts.py --apus "$APUS" --train "$TRAIN" "$@"
