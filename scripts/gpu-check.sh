#!/usr/bin/env bash
# Checks the kernels of a device and measures them, on a machine that has nothing but its driver (for NVIDIA's cards CUDA's NVRTC too, which every
# PyTorch for CUDA brings). `make gpu-archive` packs this script with the programs and data that it needs; unpack it anywhere:
#
#   tar xf gpu-check.tar.xz && gpu-check/gpu-check.sh
#
# DEVICE names the device (cuda:0), ROWS the rows to measure, EPOCHS and STEPS how long the demo and the GPT train (12,
# 30), LIMIT the seconds after which it ends (460), PYTHON a Python with PyTorch that the rows are measured with too, if it can. The last line
# counts what passed, failed and was skipped.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
device=${DEVICE:-cuda:0}
limit=${LIMIT:-460}
epochs=${EPOCHS:-12}
steps=${STEPS:-30}
rows=${ROWS:-ew.chain,nn.softmax,nn.layernorm_fb,gemm.f32_2048,gemm.bf16_2048,attn.f,attn.fb,conv.f,conv.fb,train.mlp,train.lenet,train.resnet18,train.gpt,train.gpt_bf16,train.lstmlm,infer.bert_b1,infer.bert_b8}
python=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export APUS_CACHE=${APUS_CACHE:-$work/kernels}
passed=0 failed=0 skipped=0
seconds() { echo $((SECONDS < limit ? limit - SECONDS : 1)); }
title() { printf '\n== %s (at %s s)\n' "$1" "$SECONDS"; }

# run NAME MOST COMMAND...: its output goes to $work/NAME; no longer than MOST seconds, nor than what is left.
run() {
  local name=$1 most=$2 left
  shift 2
  left=$(seconds)
  timeout "$((most < left ? most : left))" "$@" >"$work/$name" 2>"$work/$name.errors"
}
check() {
  if [ "$2" = 0 ]; then passed=$((passed + 1)) && echo "ok      $1"; else failed=$((failed + 1)) && echo "FAILED  $1"; fi
}
# The counts of a line "N passed, N failed, N skipped" are added.
add() {
  local line
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$work/$1" | tail -1)
  if [ -z "$line" ]; then
    check "$1 ends" 1
    tail -n 5 "$work/$1" "$work/$1.errors"
    return
  fi
  echo "$1: $line"
  grep FAILED "$work/$1" | head -20
  read -r p _ f _ s _ <<<"${line//,/}"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

title "What there is"
run info 60 bin/apus info
check "the program starts" $?
sed -n '/^devices/,/^$/p' "$work/info"
if ! grep -q "^  $device:" "$work/info"; then
  check "there is a device $device" 1
  printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  exit 1
fi

title "Kernels against recorded values of PyTorch's operations"
run kernels 240 bin/conformance cases --device "$device"
add kernels
sort "$work/kernels.errors" | uniq -c | sort -rn | head -20

title "Five networks trained as PyTorch trains them"
run parity 60 bin/parity --device "$device" parity-0.json
add parity

title "The demo"
run demo 90 bin/apus demo --epochs "$epochs" --device "$device" --output "$work/demo-output"
right=$(sed -nE 's/^([0-9]+) of 360 test digits are right.*/\1/p' "$work/demo")
grep -E "^epoch $epochs/$epochs  loss|digits are right" "$work/demo"
[ "${right:-0}" -ge 320 ]
check "it learns its digits: ${right:-none} of 360" $?

title "A GPT of characters, beside the host"
for place in cpu "$device"; do
  run "gpt-$place" 90 bin/examples char-gpt --text chapters --steps "$steps" --sample 1 --device "$place"
  grep '^step' "$work/gpt-$place" | sed "s/^/$place  /"
done
paste <(sed -nE 's/^step .*loss ([0-9.]+).*/\1/p' "$work/gpt-cpu") <(sed -nE 's/^step .*loss ([0-9.]+).*/\1/p' "$work/gpt-$device") |
  awk 'NF != 2 || ($1 - $2)^2 > 1e-6 { bad = 1 } END { exit bad || NR < 3 }'
check "its losses are those of the host to 1e-3" $?

title "Rows of the benchmark, seconds a call"
run rows "$(($(seconds) * 3 / 5))" bin/benchmarks --device "$device" --only "$rows" --json "$work/rows.json"
sed -nE 's/.*"name": "([^"]+)".*"median_s": ([^,]+),.*/\1\t\2/p' "$work/rows.json" >"$work/apus.tsv" 2>/dev/null
: >"$work/torch.tsv"
if "$python" -c "import torch, sys; sys.exit(not torch.zeros(1, device='$device').is_cuda)" 2>/dev/null; then
  run torch.tsv "$(seconds)" "$python" device_rows.py --device "$device" --only "$rows" --budget "$(seconds)"
else
  echo "no PyTorch that knows $device: $python (PYTHON names another)"
fi
awk -F '\t' '
  FILENAME == ARGV[1] { torch[$1] = $2; next }
  FNR == 1 { printf "%-18s %12s %12s %8s\n", "row", "Apus", "PyTorch", "ratio" }
  { printf "%-18s %12.6f %12s %8s\n", $1, $2, $1 in torch ? sprintf("%.6f", torch[$1]) : "-", $1 in torch ? sprintf("%.2f", torch[$1] / $2) : "-" }
' "$work/torch.tsv" "$work/apus.tsv"
for row in ${rows//,/ }; do
  if ! grep -q "^$row	" "$work/apus.tsv"; then skipped=$((skipped + 1)) && echo "skipped $row: no time left, or it ended early"; fi
done
passed=$((passed + $(wc -l <"$work/apus.tsv")))
grep -v '^$' "$work/rows.errors" | tail -n 5
printf '\n%s s\n%s passed, %s failed, %s skipped\n' "$SECONDS" "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
