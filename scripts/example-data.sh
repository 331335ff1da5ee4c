#!/usr/bin/env bash
# Fetches the data of the examples into .apus/data of this checkout: Jane Austen's novels and the pictures of Fashion-MNIST, from
# two packages of Debian, which are unpacked and not installed. The examples run without them, on what comes with the library.
# Running it again does nothing once they are there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

novels=.apus/data/janeaustenr
pictures=.apus/data/fashion-mnist
if [ -e "$novels/Rdata.rdb" ] && [ -e "$pictures/t10k-labels-idx1-ubyte" ]; then
  echo "example-data: everything is there"
  exit 0
fi

give_up() {
  echo "example-data: $1; the examples use what comes with the library" >&2
  exit 1
}
for tool in apt-get dpkg-deb gunzip; do
  command -v "$tool" >/dev/null || give_up "$tool is not here: the data come from packages of Debian and Ubuntu"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The user who downloads for apt-get has to reach the folder.
chmod 755 "$work"

fetch() {
  local tried
  for tried in first updated; do
    if (cd "$work" && apt-get download -q "$1" >"$work/log" 2>&1); then
      dpkg-deb -x "$work/$1"_*.deb "$work/$1"
      return 0
    fi
    # An old or empty list of packages; only root may bring a new one.
    if [ "$tried" = first ] && ! apt-get update -q >>"$work/log" 2>&1; then break; fi
  done
  tail -n 3 "$work/log" >&2
  return 1
}

if [ ! -e "$novels/Rdata.rdb" ]; then
  fetch r-cran-janeaustenr || give_up "the package r-cran-janeaustenr could not be fetched"
  mkdir -p "$novels"
  cp "$work"/r-cran-janeaustenr/usr/share/doc/r-cran-janeaustenr/copyright "$novels/"
  cp "$work"/r-cran-janeaustenr/usr/lib/R/site-library/janeaustenr/data/Rdata.rdb "$novels/Rdata.rdb.part"
  mv "$novels/Rdata.rdb.part" "$novels/Rdata.rdb"
  echo "example-data: six novels of Jane Austen are in $novels"
fi
if [ ! -e "$pictures/t10k-labels-idx1-ubyte" ]; then
  fetch dataset-fashion-mnist || give_up "the package dataset-fashion-mnist could not be fetched"
  mkdir -p "$pictures"
  cp "$work"/dataset-fashion-mnist/usr/share/doc/dataset-fashion-mnist/copyright "$pictures/"
  for name in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
    gunzip -c "$work/dataset-fashion-mnist/usr/share/datasets/fashion-mnist/$name-ubyte.gz" >"$pictures/$name-ubyte.part"
    mv "$pictures/$name-ubyte.part" "$pictures/$name-ubyte"
  done
  echo "example-data: 70000 pictures of Fashion-MNIST are in $pictures"
fi
