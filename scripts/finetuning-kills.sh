#!/usr/bin/env bash
# Kills a fine-tuning at random moments, goes on with it each time, and compares its adapters at the end with those of a run
# that was left alone: they are to be the same, bit for bit.
#
#   scripts/finetuning-kills.sh [KILLS]      after 'swift build -c release --product apus'
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kills=${1:-20}
apus=$(swift build -c release --show-bin-path)/apus
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for i in $(seq 0 399); do
  echo "{\"prompt\": \"number $((i % 7))\", \"completion\": \" is $((i * i % 11))\"}"
done >"$folder/examples.jsonl"

train() {
  "$apus" finetune lora --model Tests/ApusRecipesTests/Recorded/evaluation --data "$folder/examples.jsonl" \
    --output "$folder/$1" --quiet --set lora.rank=4 --set lora.dropout=0.1 --set loop.batchSize=2 \
    --set loop.accumulate=1 --set loop.epochs=4 --set loop.saveEverySteps=1 --set data.validationShare=0.1 \
    --set optimizer.lr=1e-2 "${@:2}" >"$folder/$1.log" 2>&1
}

train whole
killed=0
while [ "$killed" -lt "$kills" ]; do
  train parts --resume &
  # The command itself, not the shell around it.
  sleep "0.$((RANDOM % 8 + 1))"
  if pkill -KILL -f "$folder/parts"; then killed=$((killed + 1)); else break; fi
  wait || true
done
train parts --resume
cmp "$folder/whole/adapter/adapter_model.safetensors" "$folder/parts/adapter/adapter_model.safetensors"
echo "killed $killed times: the adapters are the same"
