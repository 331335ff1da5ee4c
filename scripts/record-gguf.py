#!/usr/bin/env python3
"""Records small GGUF files and what the `gguf` package reads from them: record-gguf.py FOLDER

Needs numpy, gguf and safetensors. The folder gets files, expected numbers and cases.json, in the form that
Tools/FormatsKit reads: `expected` has the numbers of every tensor (float32 where it is quantised), `metadata` what the file
says, `quantized` which tensors are the tensor `x` quantised as a type."""
import json
import os
import struct
import sys

import gguf
import numpy as np
from gguf.quants import dequantize, quantize
from safetensors.numpy import save_file

Type = gguf.GGMLQuantizationType
folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
random = np.random.default_rng(1)
cases = []


def write(name, tensors, metadata=(), alignment=None):
    writer = gguf.GGUFWriter(f"{folder}/{name}", "test")
    if alignment:
        writer.add_custom_alignment(alignment)
    for key, value, kind, sub in metadata:
        writer.add_key_value(key, value, kind, sub)
    for key, data, kind in tensors:
        writer.add_tensor(key, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return open(f"{folder}/{name}", "rb").read()


def numbers(data, kind):
    if kind is None:
        return data
    if kind == Type.BF16:
        return (data.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    if kind == Type.Q8_K:  # not in the package: the product is ggml's definition
        blocks = data.reshape(-1, 292)
        scale = blocks[:, :4].copy().view("<f4")
        return (scale * blocks[:, 4:260].view(np.int8).astype(np.float32)).reshape(data.shape[0], -1)
    return dequantize(data, kind)


def case(name, tensors, **more):
    expected = {key: np.ascontiguousarray(numbers(data, kind)) for key, data, kind in tensors}
    save_file(expected, f"{folder}/{name}.safetensors")
    cases.append(dict(id=name, file=f"{name}.gguf", expect="ok", expected=f"{name}.safetensors", **more))


def bad(name, data, note, words=()):
    open(f"{folder}/{name}.gguf", "wb").write(data)
    cases.append(dict(id=name, file=f"{name}.gguf", expect="refuse", note=note, message_contains=list(words)))


def blocks(kind, rows, count):
    size, bytes_ = gguf.GGML_QUANT_SIZES[kind]
    data = random.integers(0, 256, (rows, count // size, bytes_), dtype=np.uint8)
    # Scales are ordinary numbers, where each type has them.
    places = {Type.Q2_K: [80, 82], Type.Q3_K: [108], Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208],
              Type.Q4_1: [0, 2], Type.Q5_1: [0, 2]}.get(kind, [0])
    for place in places:
        if kind == Type.Q8_K:
            data[..., 0:4] = random.normal(size=data.shape[:2] + (1,)).astype("<f4").view(np.uint8)
        else:
            half = random.normal(size=data.shape[:2] + (1,)).astype("<f2")
            data[..., place:place + 2] = half.view(np.uint8)
    return data.reshape(rows, -1)


# Every type that is read, stored as blocks or numbers.
tensors = []
for kind in [Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q8_0, Type.IQ4_NL]:
    tensors.append((f"blk.0.{kind.name}.weight", blocks(kind, 2, 32), kind))
for kind in [Type.Q2_K, Type.Q3_K, Type.Q4_K, Type.Q5_K, Type.Q6_K, Type.Q8_K]:
    tensors.append((f"blk.0.{kind.name}.weight", blocks(kind, 1, 256), kind))
for dtype in ["f4", "f2", "f8", "i1", "i2", "i4", "i8"]:
    data = (random.normal(size=(2, 3)) * 100).astype(dtype)
    tensors.append((f"plain.{dtype}", data, None))
bf16 = random.integers(0, 1 << 16, (2, 3), dtype=np.uint16)
bf16[(bf16 & 0x7f80) == 0x7f80] = 0x3f80
tensors.append(("plain.bf16", bf16.view(np.uint8), Type.BF16))
tensors.append(("scalar.like", np.array([1.5], dtype=np.float32), None))
V = gguf.GGUFValueType
metadata = [
    ("a.uint8", 200, V.UINT8, None), ("a.int8", -100, V.INT8, None), ("a.uint16", 60000, V.UINT16, None),
    ("a.int16", -30000, V.INT16, None), ("a.uint32", 4000000000, V.UINT32, None), ("a.int32", -2000000000, V.INT32, None),
    ("a.float32", 1.25, V.FLOAT32, None), ("a.bool", True, V.BOOL, None), ("a.string", "né 中", V.STRING, None),
    ("a.uint64", 2**63 + 1, V.UINT64, None), ("a.int64", -(2**62), V.INT64, None), ("a.float64", 0.1, V.FLOAT64, None),
    ("b.tokens", ["<s>", "", "▁a"], V.ARRAY, V.STRING), ("b.scores", [0.5, -1.0], V.ARRAY, V.FLOAT32),
    ("b.types", [1, 2, 3], V.ARRAY, V.INT32), ("b.flags", [True, False], V.ARRAY, V.BOOL),
    ("b.bytes", [1, 255], V.ARRAY, V.UINT8), ("b.long", [2**40], V.ARRAY, V.UINT64),
    ("b.nested", [[1, 2], [3]], V.ARRAY, V.ARRAY),
]
content = write("types.gguf", tensors, metadata)
case("types", tensors, metadata={key: value for key, value, _, _ in metadata} | {"general.architecture": "test"},
     canonical=True)

# Quantising: numbers of every size, zeros, equal numbers.
x = random.normal(size=(4, 64)).astype(np.float32) * np.array([[1], [1e-3], [100], [1]], dtype=np.float32)
x[0, :32], x[3, :32] = 0, 2.5
x[3, 40], x[3, 41] = -7, 7
kinds = [Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q8_0]
tensors = [("x", x, None)] + [(f"x.{kind.name}", quantize(x, kind), kind) for kind in kinds]
write("quantized.gguf", tensors)
case("quantized", tensors, quantized={f"x.{kind.name}": kind.name for kind in kinds}, canonical=True)

tensors = [("a", np.arange(3, dtype=np.float32), None), ("b", np.arange(5, dtype=np.int8), None)]
content = write("aligned.gguf", tensors, alignment=128)
case("aligned", tensors, canonical=True)
content = write("version2.gguf", tensors)
open(f"{folder}/version2.gguf", "wb").write(content[:4] + struct.pack("<I", 2) + content[8:])
case("version2", tensors)
write("empty.gguf", [])
case("empty", [], canonical=True)

# What is refused. `content` is a sound file of two tensors and one text.
plain = content
u32, u64 = lambda v: struct.pack("<I", v), lambda v: struct.pack("<Q", v)
text = lambda s: u64(len(s)) + s.encode()
head = lambda tensors, members: b"GGUF" + u32(3) + u64(tensors) + u64(members)
bad("version1", plain[:4] + u32(1) + plain[8:], "version 1", ["version is 1"])
bad("big_endian", plain[:4] + struct.pack(">I", 3) + plain[8:], "big endian", ["big endian"])
bad("cut_head", plain[:60], "cut within the head")
bad("cut_data", plain[:-32], "cut within the tensors", ["'b'"])
bad("no_magic", b"GGML" + plain[4:], "another format")
bad("huge_counts", b"GGUF" + u32(3) + u64(2**63) + u64(2**63), "counts beyond any file", ["number of tensors"])
bad("huge_string", head(0, 1) + u64(2**62) + b"abc" * 8, "a name of 2^62 bytes", ["name of metadata 0"])
bad("huge_array", head(0, 1) + text("k") + u32(9) + u32(0) + u64(2**60) + b"\0" * 32, "2^60 values", ["'k'"])
nested = b"".join(u32(9) + u64(1) for _ in range(64))
bad("deep_array", head(0, 1) + text("k") + u32(9) + nested + u32(0) + u64(0), "arrays in arrays", ["nested"])
bad("bad_value_type", head(0, 1) + text("k") + u32(77) + u64(0), "no such type", ["77"])
bad("repeated_key", head(0, 2) + (text("same") + u32(4) + u32(1)) * 2, "a key twice", ["same"])


def one(name="t", dims=(4,), kind=0, offset=0, extra=b"", align=b""):
    info = text(name) + u32(len(dims)) + b"".join(u64(d) for d in dims) + u32(kind) + u64(offset)
    data = head(1, 1 if align else 0) + align + info
    return data + b"\0" * (-len(data) % 32) + b"\0" * 64 + extra


bad("huge_shape", one(dims=(2**40, 2**40)), "an element count beyond 64 bits", ["'t'"])
bad("wrapping_shape", one(dims=(2**32, 2**32, 4)), "an element count that wraps to 0", ["'t'"])
bad("many_dimensions", one(dims=(1,) * 500), "500 dimensions", ["500"])
bad("unknown_type", one(kind=99), "no such tensor type", ["99"])
bad("odd_row", one(dims=(33,), kind=8), "a row that is no whole blocks", ["'t'"])
bad("unaligned", one(offset=4), "an offset off the alignment", ["alignment"])
bad("far_offset", one(offset=2**63), "an offset beyond the file", ["'t'"])
bad("alignment_zero", one(align=text("general.alignment") + u32(4) + u32(0)), "alignment 0", ["general.alignment"])
bad("alignment_odd", one(align=text("general.alignment") + u32(4) + u32(24)), "no power of two", ["general.alignment"])
info = lambda name: text(name) + u32(1) + u64(4) + u32(0) + u64(0)
twice = head(2, 0) + info("t") * 2
bad("repeated_name", twice + b"\0" * 128, "a name twice", ["'t'"])
over = head(2, 0) + info("t") + info("u")
bad("overlap", over + b"\0" * 128, "two tensors in the same bytes", ["overlap"])
json.dump({"group": "gguf", "gguf": "0.19.0", "cases": cases}, open(f"{folder}/cases.json", "w"), indent=1)
