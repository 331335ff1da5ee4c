#!/usr/bin/env python3
"""Writes the element types of PyTorch's results under autocast to bfloat16 on a CPU, for the recorded cases:
Tests/ConformanceTests/Fixtures/autocast.tsv. A row is an area, a case, the types for operands as they are recorded, and the
types for float32 operands converted to bfloat16 before; `-` where PyTorch refuses them. Needs PyTorch."""
import json
import pathlib
import struct
import warnings

import torch

warnings.simplefilter("ignore")
FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests/ConformanceTests/Fixtures"
AREAS = "elementwise special other reductions shape_indexing sorting nn_functional linalg fft".split()
DTYPES = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64,
    "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8, "U64": torch.uint64,
    "BOOL": torch.bool,
}


class Inexpressible(Exception):
    pass


def load(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + size]).items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        raw = bytearray(data[8 + size + start : 8 + size + end])
        dtype = DTYPES[entry["dtype"]]
        flat = torch.frombuffer(raw, dtype=dtype) if raw else torch.empty(0, dtype=dtype)
        tensors[name] = flat.reshape(entry["shape"]).clone()
    return tensors


def value(entry, tensors, dtype):
    if "tensor" in entry:
        if entry.get("tensor_dtype") or "storage" in entry:
            raise Inexpressible
        tensor = tensors[entry["tensor"]].clone()
        if "strides" in entry:
            tensor = torch.empty_strided(tensor.shape, entry["strides"], dtype=tensor.dtype).copy_(tensor)
        return tensor.to(dtype) if tensor.dtype == torch.float32 else tensor
    for kind in ("int", "bool", "str", "device"):
        if kind in entry:
            return entry[kind]
    if "float" in entry:
        return float(entry["float"])
    if "none" in entry:
        return None
    for kind in ("dtype", "layout", "memory_format"):
        if kind in entry:
            return getattr(torch, entry[kind])
    if "list" in entry:
        items = [value(item, tensors, dtype) for item in entry["list"]]
        return tuple(items) if entry.get("tuple") else items
    if "slice" in entry:
        return slice(*entry["slice"])
    if "ellipsis" in entry:
        return ...
    if "dict" in entry:
        return {key: value(item, tensors, dtype) for key, item in entry["dict"].items()}
    raise Inexpressible


def types(result):
    if isinstance(result, torch.Tensor):
        return [str(result.dtype).removeprefix("torch.")]
    return [name for item in result for name in types(item)] if isinstance(result, (tuple, list)) else []


def call(case, tensors, dtype):
    args = [value(item, tensors, dtype) for item in case["args"]]
    kwargs = {key: value(item, tensors, dtype) for key, item in case.get("kwargs", {}).items()}
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        if case["call"].startswith("property:"):
            return ",".join(types(getattr(args[0], case["call"].split(".")[-1])))
        function = torch
        for part in case["call"].split(".")[1:]:
            function = getattr(function, part)
        return ",".join(types(function(*args, **kwargs)))


def attempt(case, tensors, dtype):
    try:
        return call(case, tensors, dtype)
    except Inexpressible:
        raise
    except Exception:
        return "-"


rows = []
for area in AREAS:
    tensors = load(FIXTURES / "cases" / f"{area}.safetensors")
    seen = set()
    for line in (FIXTURES / "cases" / f"{area}.jsonl").read_text().splitlines():
        case = json.loads(line)
        kind = (case["op"], case.get("variant"))
        if "error" in case or case.get("dtype") != "float32" or case["call"].endswith("_") or kind in seen:
            continue
        try:
            found = [attempt(case, tensors, dtype) for dtype in (torch.float32, torch.bfloat16)]
        except Inexpressible:
            continue
        if found[0] != "-":
            seen.add(kind)
            rows.append("\t".join([area, case["id"], *found]))
(FIXTURES / "autocast.tsv").write_text("\n".join(rows) + "\n")
