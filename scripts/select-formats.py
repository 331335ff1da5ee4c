#!/usr/bin/env python3
"""Copies a selection of recorded files, with what the real libraries read from them, into the fixtures of the tests.

    scripts/select-formats.py SET OUT [--budget BYTES]

SET has a folder with `cases.json` for each group of files. Of each group the smallest cases are taken, as long as they fit the budget,
and every one that must be refused. Cases that change pictures share one file of tensors; of them the smallest of each operation, type
and way of Pillow are taken, and their tensors alone.
"""
import argparse
import json
import pathlib
import shutil
import struct

GROUPS = ["torch", "numpy", "keras", "keras2", "onnx", "images", "tabular", "metrics"]


def texts(value):
    """All texts inside of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)


def files(case, folder):
    """The files of a case: every text in it that names one, also without its ending."""
    found = set()
    for text in texts(case):
        if not text or len(text) > 200 or text.startswith("/") or ".." in text:
            continue
        for name in (text, text + ".safetensors", text + ".json"):
            if (folder / name).is_file():
                found.add(name)
    return found


def tensors_of(case, header):
    """The tensors of a case that changes a picture."""
    return sorted({text for text in texts(case) if text in header} | ({"in.labels"} if case["op"] in ("mixup", "cutmix") else set()))


def chosen_transforms(cases, folder, target):
    """Of cases that change pictures the smallest few; writes their tensors."""
    if not cases:
        return []
    name = cases[0]["expected"]
    content = (folder / name).read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + length])
    kinds, taken = {}, []

    def size(case):
        return sum(header[t]["data_offsets"][1] - header[t]["data_offsets"][0] for t in case["output"])

    for case in sorted(cases, key=size):
        kind = (case["op"], header[case["input"]]["dtype"], case["backend"], case["params"].get("interpolation"))
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] == 1:
            taken.append(case)
    part, data = {}, b""
    for tensor in sorted({t for case in taken for t in tensors_of(case, header)}):
        start, end = header[tensor]["data_offsets"]
        part[tensor] = dict(header[tensor], data_offsets=[len(data), len(data) + end - start])
        data += content[8 + length + start:8 + length + end]
    text = json.dumps(part).encode()
    text += b" " * (-len(text) % 8)
    target.mkdir(parents=True, exist_ok=True)
    (target / name).write_bytes(struct.pack("<Q", len(text)) + text + data)
    return [case for case in cases if case in taken]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--budget", type=int, default=900_000, help="bytes of a group's files")
    arguments = parser.parse_args()
    shutil.rmtree(arguments.out, ignore_errors=True)
    for group in GROUPS:
        folder = arguments.set / group
        content = json.loads((folder / "cases.json").read_text())
        cases = [case for case in content["cases"] if case.get("kind") != "transform"]
        sizes = {case["id"]: sum((folder / f).stat().st_size for f in files(case, folder)) for case in cases}
        taken, left = set(), arguments.budget
        for case in sorted(cases, key=lambda case: (case["expect"] == "ok", sizes[case["id"]])):
            if sizes[case["id"]] <= left:
                left -= sizes[case["id"]]
                taken.add(case["id"])
        target = arguments.out / group
        target.mkdir(parents=True, exist_ok=True)
        chosen = [case for case in cases if case["id"] in taken]
        for name in sorted(set().union(*(files(case, folder) for case in chosen))):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(folder / name, target / name)
            (target / name).chmod(0o644)
        transforms = [case for case in content["cases"] if case.get("kind") == "transform"]
        chosen += chosen_transforms(transforms, folder, target)
        lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in chosen)
        (target / "cases.json").write_text(f'{{"group": "{group}", "cases": [\n{lines}\n]}}\n')
        print(f"{group}: {len(chosen)} of {len(content['cases'])} cases, {arguments.budget - left} bytes")


main()
