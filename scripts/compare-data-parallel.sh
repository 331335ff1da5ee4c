#!/bin/sh
# Examples a second that one process and several train on, of one thread each: Apus (Open MPI or MPICH) and PyTorch's DistributedDataParallel (gloo), by turns.
#
#   scripts/compare-data-parallel.sh [ROUNDS]
#
# TESTS: the test program (swift build -c release --build-tests); PYTHON: one with torch, none leaves it out;
# RANKS (2), ROWS ("gpt resnet18"), SECONDS_EACH (10) of each measurement, PREFIX ("chrt -f 50") before each command.
set -eu
cd "$(dirname "$0")/.."
rounds=${1:-3}
ranks=${RANKS:-2}
seconds=${SECONDS_EACH:-10}
tests=${TESTS:-$(ls -d .build/release/*PackageTests.xctest 2>/dev/null | head -1)}
python=${PYTHON:-}
if [ ! -x "$tests" ]; then
  echo "there is no test program; build it with: swift build -c release --build-tests, or name it in TESTS" >&2
  exit 1
fi
oversubscribe=
mpirun --version 2>/dev/null | grep -q "Open MPI" && oversubscribe=--oversubscribe
export APUS_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 APUS_SPEED_SECONDS="$seconds"
found=$(mktemp)
trap 'rm -f "$found"' EXIT
measure() { # NAME COMMAND...
  name=$1
  shift
  line=$(${PREFIX:-} "$@" 2>/dev/null | sed -n 's/.*\(speed [a-z0-9]* ranks [0-9]*: .*\)/\1/p')
  echo "$name $line" | tee -a "$found"
}
for round in $(seq "$rounds"); do
  for row in ${ROWS:-gpt resnet18}; do
    for n in 1 "$ranks"; do
      APUS_DISTRIBUTED_CASE=dataParallelSpeed APUS_SPEED_ROW=$row measure apus \
        mpirun -n "$n" $oversubscribe "$tests" --testing-library swift-testing --no-parallel \
        --filter ApusDistributedTests.Worker
      [ -z "$python" ] || measure torch \
        "$python" scripts/peers/data_parallel.py --row "$row" --ranks "$n" --seconds "$seconds"
    done
  done
done
# The medians, and what several processes reach of as many times one.
awk -v ranks="$ranks" '
  { split($0, w, " "); n[w[1] " " w[3] " " w[5]]++; v[w[1] " " w[3] " " w[5], n[w[1] " " w[3] " " w[5]]] = w[6] }
  function median(k,   i, j, t, m) {
    m = n[k]
    for (i = 1; i <= m; i++) for (j = i + 1; j <= m; j++) if (v[k, j] < v[k, i]) { t = v[k, i]; v[k, i] = v[k, j]; v[k, j] = t }
    return v[k, int((m + 1) / 2)]
  }
  END {
    for (k in n) if (k ~ " 1:$") {
      one = k; many = k; sub(" 1:$", " " ranks ":", many)
      if (n[many]) printf "%s: %.2f examples/s on 1, %.2f on %d: %.3f of %d times one\n", substr(k, 1, length(k) - 3), median(one), median(many), ranks, median(many) / (ranks * median(one)), ranks
    }
  }' "$found"
