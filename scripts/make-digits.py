#!/usr/bin/env python3
"""Convert the UCI optical digits from CSV to the two IDX files that CDigits embeds.

    scripts/make-digits.py digits.csv.gz [FOLDER]

The CSV (plain or gzip) holds one row per digit: 64 pixel values 0..16 of an 8x8 image in row-major order, then the
label 0..9; the same 1797 rows, in the same order, as scikit-learn's load_digits and the `optdigits.tes` file of the UCI
Machine Learning Repository (https://doi.org/10.24432/C50P49). FOLDER defaults to Sources/CDigits beside this script.

IDX, big endian: two zero bytes, the element type (8: unsigned byte), the number of dimensions, each dimension as 32
bits, the elements.
"""
import gzip
import pathlib
import struct
import sys

COUNT, SIDE, BRIGHTEST, CLASSES = 1797, 8, 16, 10


def read_rows(path):
    opened = gzip.open(path, "rt") if path.suffix == ".gz" else open(path)
    with opened as lines:
        for number, line in enumerate(lines, 1):
            values = [int(float(field)) for field in line.split(",")]
            if len(values) != SIDE * SIDE + 1:
                sys.exit(f"{path}:{number}: {len(values)} values, expected {SIDE * SIDE + 1}")
            if not all(0 <= v <= BRIGHTEST for v in values[:-1]) or not 0 <= values[-1] < CLASSES:
                sys.exit(f"{path}:{number}: a pixel outside 0..{BRIGHTEST} or a label outside 0..{CLASSES - 1}")
            yield values


def idx(dimensions, elements):
    return struct.pack(f">HBB{len(dimensions)}I", 0, 8, len(dimensions), *dimensions) + bytes(elements)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    default = pathlib.Path(__file__).resolve().parent.parent / "Sources" / "CDigits"
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else default
    rows = list(read_rows(pathlib.Path(sys.argv[1])))
    if len(rows) != COUNT:
        sys.exit(f"{sys.argv[1]}: {len(rows)} rows, expected {COUNT}")
    images = idx((COUNT, SIDE, SIDE), [v for row in rows for v in row[:-1]])
    labels = idx((COUNT,), [row[-1] for row in rows])
    (folder / "digits-images.idx3-ubyte").write_bytes(images)
    (folder / "digits-labels.idx1-ubyte").write_bytes(labels)
    print(f"{folder}: {COUNT} images of {SIDE}x{SIDE}, {COUNT} labels")


main()
