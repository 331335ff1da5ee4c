#!/usr/bin/env bash
# Reads damaged forms of recorded files, each in a process of its own that may take neither much time nor memory:
#   scripts/fuzz.sh DIR [N] [OPTIONS]    N damaged files of each group of the set in DIR (10000), of files or of models
#   scripts/fuzz.sh programs [N] [OPTIONS]   N damaged program files (10000)
#   scripts/fuzz.sh operations [N] [OPTIONS]   N calls of operations with arguments that nobody chose (1000000); --op NAME: of one
# Options: --group G, --seed S, --first K, --seconds T, --keep FOLDER (keeps files that fail), --one K (reads one without
# protection). A failure is named with the seed and number that make the same file again. The end is 1 after failures.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ $# -eq 0 ]; then
  sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit 2
fi
set_folder=$1
shift
count=10000
if [ "$set_folder" = operations ]; then count=1000000; fi
if [ $# -gt 0 ] && [[ $1 =~ ^[0-9]+$ ]]; then
  count=$1
  shift
fi
kind=formats
if [ -d "$set_folder/tokenizers" ] || [ -d "$set_folder/models" ]; then kind=models; fi
if [ "$set_folder" = programs ]; then
  kind=programs
  set_folder=Tests/ApusProgramsTests/Recorded
fi
if [ "$set_folder" = operations ]; then
  kind=operations
  set_folder=Tests/ConformanceTests/Fixtures/cases
fi
swift build -c release --product conformance
exec "$(swift build -c release --show-bin-path)/conformance" "$kind" "$set_folder" --fuzz "$count" "$@"
