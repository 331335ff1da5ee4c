#!/usr/bin/env bash
# 100,000 real small steps on 3 ranks: the memory of the ranks stays flat.
#
#   scripts/check-distributed-endurance.sh [STEPS] [RANKS]
#
# TRAIN and APUS name the program of Examples/Distributed and the command, where they are built already. The memory of each rank (resident) is
# taken every few seconds; what it has at the end must not be more than 4 MB above what it had after a tenth of the steps.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
steps=${1:-100000}
ranks=${2:-3}
if [ -z "${TRAIN:-}" ]; then
  nice -n 15 swift build -c release --package-path Examples/Distributed --scratch-path .build/distributed
  TRAIN=$(swift build -c release --package-path Examples/Distributed --scratch-path .build/distributed --show-bin-path)/train
fi
if [ -z "${APUS:-}" ]; then
  nice -n 15 swift build -c release --product apus
  APUS=$(swift build -c release --show-bin-path)/apus
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
nice -n 15 "$APUS" launch -n "$ranks" --env APUS_DISTRIBUTED_HEARTBEAT=10 --env "APUS_DISTRIBUTED_TRACE=$folder/trace" \
  "$TRAIN" "$folder/run" "$steps" 0 small &
job=$!
start=$(date +%s)
while kill -0 "$job" 2>/dev/null; do
  line=$( (wc -l <"$folder/run/losses.txt") 2>/dev/null || echo 0)
  for process in $(pgrep -f "^$TRAIN $folder/run"); do
    line="$line $(awk '/^VmRSS/ {print $2}' "/proc/$process/status" 2>/dev/null || true)"
  done
  [ "$(wc -w <<<"$line")" = $((ranks + 1)) ] && echo "$line" >>"$folder/memory.txt"
  sleep 3
done
status=0
wait "$job" || status=$?
echo "$steps steps on $ranks ranks in $(($(date +%s) - start)) s, status $status"
awk -v steps="$steps" '
  $1 >= steps / 10 && !begun { for (i = 2; i <= NF; i++) first[i] = $i; begun = 1; at = $1 }
  begun { for (i = 2; i <= NF; i++) last[i] = $i; end = $1; samples++ }
  END {
    if (samples < 2) { print "too few samples of the memory"; exit 1 }
    for (i in first) {
      printf "rank: %.1f MB at step %d, %.1f MB at step %d\n", first[i] / 1024, at, last[i] / 1024, end
      if (last[i] - first[i] > 4096) bad = 1
    }
    exit bad
  }' "$folder/memory.txt" || status=1
exit "$status"
