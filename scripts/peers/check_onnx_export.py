#!/usr/bin/env python3
"""Checks what `conformance DIR --export FOLDER` wrote: onnx.checker with full checking, and ONNX Runtime against our values.

    python scripts/peers/check_onnx_export.py FOLDER [--failures N] [--only TEXT]

Needs onnx, onnxruntime, numpy and safetensors. A model is equal where |a - b| <= 1e-5 + 1e-5 |b|; of random results the
shapes are compared. The closing line is `N passed, N failed, N refused`; the share that passed is among all.
"""
import argparse
import collections
import json
import os
import re

import numpy as np
import onnx
import onnxruntime as ort
from safetensors.numpy import load_file

TOLERANCE = 1e-5


def short(text):
    """An error without what differs from case to case."""
    text = str(text).split("\n")[0] if "NOT_IMPLEMENTED" not in str(text) else str(text)
    return re.sub(r"\s+", " ", text)[:300]


def check(folder, is_random):
    """What is wrong with the model in a folder; None if nothing."""
    path = os.path.join(folder, "model.onnx")
    model = onnx.load(path)
    try:
        onnx.checker.check_model(path, full_check=True)
    except Exception as error:  # the checker throws many types
        return "checker: " + short(error)
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    inputs = load_file(os.path.join(folder, "inputs.safetensors"))
    expected = load_file(os.path.join(folder, "outputs.safetensors"))
    try:
        session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        wanted = {value.name for value in session.get_inputs()}
        feed = {v.name: inputs[f"in.{i}"] for i, v in enumerate(model.graph.input) if v.name in wanted}
        found = session.run(None, feed)
    except Exception as error:
        return "onnxruntime: " + short(error)
    if len(found) != len(expected):
        return f"{len(found)} results, expected {len(expected)}"
    for i, value in enumerate(found):
        want = expected[f"out.{i}"]
        if value.shape != want.shape or value.dtype != want.dtype:
            return f"result {i} is {value.dtype}{value.shape}, expected {want.dtype}{want.shape}"
        if is_random:
            continue
        with np.errstate(all="ignore"):
            a, b = value.astype(np.float64), want.astype(np.float64)
            near = (np.abs(a - b) <= TOLERANCE + TOLERANCE * np.abs(b)) | (a == b) | (np.isnan(a) & np.isnan(b))
        if not near.all():
            return f"result {i} differs by up to {np.nanmax(np.abs(a - b)):.3g}"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--failures", type=int, default=40)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    passed, failed, refused = 0, [], []
    with open(os.path.join(options.folder, "exports.jsonl")) as lines:
        cases = [json.loads(line) for line in lines if line.strip()]
    for case in cases:
        if options.only not in case["id"]:
            continue
        if "refused" in case:
            refused.append((case["id"], case["refused"]))
            continue
        problem = check(os.path.join(options.folder, case["folder"]), case["random"])
        if problem is None:
            passed += 1
        else:
            failed.append((case["id"], problem))
    for kind, found in (("failed", failed), ("refused", refused)):
        reasons = collections.defaultdict(list)
        for name, reason in found:
            reasons[reason if kind == "refused" or "onnxruntime" in reason else reason].append(name)
        for reason, names in sorted(reasons.items(), key=lambda item: -len(item[1]))[: options.failures]:
            print(f"  {kind} {len(names)} x {reason}: {', '.join(names[:3])}")
    total = passed + len(failed) + len(refused)
    print(f"{100 * passed / max(total, 1):.2f} % of {total} equal to {TOLERANCE}")
    print(f"{passed} passed, {len(failed)} failed, {len(refused)} refused")


if __name__ == "__main__":
    main()
