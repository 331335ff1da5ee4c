#!/usr/bin/env python3
"""Chooses a small part of a folder of conformance cases for the tests.

Usage: select-conformance.py FOLDER OUT [--per-op N] [--megabytes M]

Of every operation it takes up to N real cases (the smallest, over different element types), one complex and one error case, and writes
<area>.jsonl and <area>.safetensors to OUT, until the tensors of all areas reach M megabytes. A complex tensor `t7` lies in
the file as the two real ones `t7.re` and `t7.im`. Needs nothing but Python.
"""
import argparse, json, pathlib, struct


# Where PyTorch's backward is not the derivative of its forward: tests of our own have the forward values.
NOT_DERIVATIVES = {"nn.CrossMapLRN2d", "as_strided_scatter"}


def tensor_names(value, found):
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("tensor", "storage") and isinstance(item, str):
                found.append(item)
            else:
                tensor_names(item, found)
    elif isinstance(value, list):
        for item in value:
            tensor_names(item, found)
    return found


def plain_names(value):
    if isinstance(value, str):
        return [value] if value[:1] == "t" and value[1:].isdigit() else []
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [name for item in items for name in plain_names(item)]


def names_of(case, header):
    found = tensor_names(case, [])
    found += [name for name in case.get("cotangents", []) if name]
    # Optimiser cases name their tensors without a wrapper, in lists and in the final state.
    for part in [case] + case.get("steps", []):
        for key in ("grads", "params", "sparse_grads", "final_state", "closure"):
            found += plain_names(part.get(key))
    names = [name for name in dict.fromkeys(found) if isinstance(name, str)]
    return [part for name in names for part in ((name + ".re", name + ".im") if name + ".re" in header else (name,))]


def read(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8:8 + size]), data[8 + size:]


def choose(cases, header, per_op):
    """The smallest cases of each operation, another element type each, then one error case."""
    def size(case):
        return sum(header[n]["data_offsets"][1] - header[n]["data_offsets"][0] for n in names_of(case, header) if n in header)
    chosen, by_op = [], {}
    for case in cases:
        by_op.setdefault(case["op"], []).append(case)
    for group in by_op.values():
        errors = [c for c in group if "error" in c][:1]
        plain = sorted((c for c in group if "error" not in c), key=lambda c: (not c.get("grads"), size(c)))
        is_complex = lambda case: "complex" in json.dumps(case)
        types, picked = set(), [c for c in plain if is_complex(c) and size(c) > 0][:1]
        per_type = per_op + len(picked)
        for case in plain:
            if not is_complex(case) and size(case) > 0 and case.get("dtype") not in types and len(picked) < per_type:
                types.add(case.get("dtype"))
                picked.append(case)
        chosen += picked + errors
    return chosen


def write(path, names, header, data):
    out, body = {}, b""
    for name in sorted(names, key=lambda n: (-{"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2,
                                               "I16": 2}.get(header[n]["dtype"], 1), n)):
        begin, end = header[name]["data_offsets"]
        out[name] = dict(header[name], data_offsets=[len(body), len(body) + end - begin])
        body += data[begin:end]
    text = json.dumps(out, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--per-op", type=int, default=2)
    parser.add_argument("--megabytes", type=float, default=2.0)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    left = options.megabytes * 1e6
    for lines in sorted(options.folder.glob("*.jsonl")):
        header, data = read(lines.with_suffix(".safetensors"))
        header.pop("__metadata__", None)
        cases = [json.loads(line) for line in lines.open() if "complex32" not in line]
        cases = [c for c in cases if c["op"] not in NOT_DERIVATIVES and all(n in header for n in names_of(c, header))]
        kept, names = [], set()
        for case in choose(cases, header, options.per_op):
            new = [n for n in names_of(case, header) if n not in names]
            cost = sum(header[n]["data_offsets"][1] - header[n]["data_offsets"][0] for n in new) + len(json.dumps(case))
            if cost > 20_000 or cost > left:
                continue
            left -= cost
            kept.append(case)
            names.update(new)
        with (options.out / lines.name).open("w") as file:
            for case in kept:
                file.write(json.dumps(case, separators=(",", ":")) + "\n")
        write((options.out / lines.name).with_suffix(".safetensors"), names, header, data)
        print(f"{lines.stem}: {len(kept)} of {len(cases)} cases, {len(names)} tensors")


if __name__ == "__main__":
    main()
