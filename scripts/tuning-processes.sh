#!/usr/bin/env bash
# Eight processes on one study, then eight of which one after another is killed: no trial is lost, none is counted twice. At last files
# that may not grow, as on a full disk: it is said, what was finished is there, and the study goes on.
#
#   scripts/tuning-processes.sh [STORAGE] [TRIALS OF A PROCESS] [KILLS]
#
# STORAGE is an address as `apus tune` takes it; without it a file of SQLite in a temporary folder. Needs the command:
# swift build -c release --product apus.

set -euo pipefail
cd "$(dirname "$0")/.."

apus="$(swift build -c release --show-bin-path)/apus"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
storage="${1:-sqlite:///$folder/study.db}"
trials="${2:-250}"
kills="${3:-50}"
study="processes-$$"
echo '{"x": {"type": "float", "low": 0, "high": 1}, "n": {"type": "int", "low": 1, "high": 9}}' >"$folder/space.json"

worker() {
  "$apus" tune run --study "$1" --storage "$storage" --space "$folder/space.json" --sampler random --trials "$2" \
    --retry 1 --heartbeat 1 -- /bin/sh -c "sleep ${3:-0}; echo metric=\$APUS_TUNE_X" >"$folder/$4.log" 2>&1
}

fail() {
  echo "tuning-processes: $1" >&2
  exit 1
}

# Numbers from 0 to the last, each once.
check_numbers() {
  "$apus" tune export --study "$1" --storage "${2:-$storage}" >"$folder/trials.csv"
  tail -n +2 "$folder/trials.csv" | cut -d, -f1 | sort -n >"$folder/numbers"
  seq 0 $(($(wc -l <"$folder/numbers") - 1)) | cmp -s - "$folder/numbers" || fail "numbers of trials are missing or doubled"
}

start=$(date +%s.%N)
pids=()
for i in 1 2 3 4 5 6 7 8; do
  worker "$study" "$trials" 0 "$i" &
  pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || fail "a process failed: $(cat "$folder"/*.log | grep apus | head -3)"; done
check_numbers "$study"
count=$(grep -c ,complete, "$folder/trials.csv")
[ "$count" = $((8 * trials)) ] || fail "$count trials are complete, $((8 * trials)) were made"
echo "8 processes, $count trials, each counted once: $(echo "$(date +%s.%N) - $start" | bc) s"

study="$study-killed"
declare -A running
for ((kill = 0; kill < kills; kill++)); do
  for i in 1 2 3 4 5 6 7 8; do
    if [ -z "${running[$i]:-}" ] || ! kill -0 "${running[$i]}" 2>/dev/null; then
      "$apus" tune run --study "$study" --storage "$storage" --space "$folder/space.json" --sampler random --trials 100000 \
        --retry 1 --heartbeat 1 -- /bin/sh -c 'sleep 0.05; echo metric=$APUS_TUNE_X' >"$folder/$i.log" 2>&1 &
      running[$i]=$!
    fi
  done
  sleep 0.3
  victim=$((RANDOM % 8 + 1))
  kill -9 "${running[$victim]}" 2>/dev/null || true
  wait "${running[$victim]}" 2>/dev/null || true
done
for i in "${!running[@]}"; do kill -TERM "${running[$i]}" 2>/dev/null || true; done
for i in "${!running[@]}"; do wait "${running[$i]}" 2>/dev/null || true; done
# Whoever comes next fails what was given up, and tries it again.
sleep 3
worker "$study" 60 0 last
sleep 3
worker "$study" 60 0 last
check_numbers "$study"
running_count=$(grep -c ,running, "$folder/trials.csv" || true)
[ "$running_count" = 0 ] || fail "$running_count trials run for ever"
echo "$kills kills: $(grep -c ,complete, "$folder/trials.csv") trials complete, $(grep -c ,failed, "$folder/trials.csv" || true) failed, none running, each counted once"
"$apus" tune delete --study "$study" --storage "$storage" >/dev/null

for kind in sqlite journal; do
  address="$kind:///$folder/full.$kind"
  run=("$apus" tune run --study full --storage "$address" --space "$folder/space.json" --sampler random --heartbeat 1)
  if (
    trap '' XFSZ
    ulimit -f 256
    "${run[@]}" --trials 100000 -- /bin/sh -c 'echo metric=$APUS_TUNE_X' >"$folder/full.log" 2>&1
  ); then fail "a file that may not grow took 100,000 trials"; fi
  message="$(tail -n 1 "$folder/full.log")"
  grep -q "full\|too large" -i <<<"$message" || fail "a full disk is told as: $message"
  check_numbers full "$address"
  before=$(grep -c ,complete, "$folder/trials.csv")
  [ "$before" = "$(grep '^trial [0-9]' "$folder/full.log" | grep -vc ': failed')" ] || fail "of the trials that were told $before are there"
  "${run[@]}" --trials 5 -- /bin/sh -c 'echo metric=$APUS_TUNE_X' >/dev/null 2>&1
  check_numbers full "$address"
  [ "$(grep -c ,complete, "$folder/trials.csv")" = $((before + 5)) ] || fail "a study whose disk was full does not go on"
  echo "$kind on a full disk: $before trials were kept, and it goes on ($message)"
done
