#!/usr/bin/env python3
"""Measures every operation on a medium and a large input beside PyTorch: the ratios of times, the slowest first, and their geometric mean.

    python3 scripts/peers/operation_speed.py [--only NAMES] [--sizes medium,large] [--threads 2] [--below 1.0] [--json FILE]

A ratio above 1: the package is faster. Each call is repeated for about 20 ms, and the shortest time counts. `benchmarks --operations`
measures the same calls in the package: build it first (`swift build -c release`). Needs PyTorch; nothing of the package needs this file.
"""

import argparse
import fnmatch
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import operation_cases

SECONDS = 0.02
BATCH = 60


def torch_value(value, torch):
    """A described argument as PyTorch's."""
    if isinstance(value, list):
        return [torch_value(item, torch) for item in value]
    if not isinstance(value, dict):
        return value
    kind, shape = value["tensor"], value["shape"]
    normal = torch.randn(shape) if kind not in ("pivots", "labels") else None
    made = {
        "normal": lambda: normal,
        "uniform": lambda: torch.rand(shape) * (value["high"] - value["low"]) + value["low"],
        "ints": lambda: torch.randint(0, value["high"], shape),
        "complex": lambda: torch.complex(normal, torch.randn(shape)),
        "bool": lambda: normal > 0,
        "definite": lambda: normal @ normal.mT / shape[-1] + torch.eye(shape[-1]),
        "triangular": lambda: normal.triu() / shape[-1] ** 0.5 + 2 * torch.eye(shape[-1]),
        "sorted": lambda: normal.sort()[0],
        "signs": lambda: torch.where(normal > 0, 1.0, -1.0),
        "pivots": lambda: torch.arange(1, shape[0] + 1, dtype=torch.int32),
        "log_softmax": lambda: normal.log_softmax(-1),
        "labels": lambda: torch.randint(1, value["high"], shape),
        "unpooled": lambda: torch.arange(math.prod(shape[2:])).reshape(shape[2:]).expand(shape).contiguous(),
    }[kind]
    return made()


def torch_function(name, torch):
    """What PyTorch calls by this name: a function, or a method."""
    if name in ("__getitem__", "__rdiv__", "__rand__", "__ror__", "__rxor__"):
        return getattr(torch.Tensor, "__rtruediv__" if name == "__rdiv__" else name)
    for place in (torch, torch.Tensor):
        found = place
        for part in name.split("."):
            found = getattr(found, part, None)
        if callable(found):
            return found
    return None


def torch_time(case, torch):
    function = torch_function(case["name"], torch)
    if function is None:
        return None
    positional = [torch_value(v, torch) for v in case["positional"]]
    named = {k: torch_value(v, torch) for k, v in case["named"].items()}
    if case["name"] in ("block_diag", "cartesian_prod"):
        positional = positional[0]
    elif case["name"] == "einsum":
        positional = [positional[0], *positional[1]]
    elif case["name"] == "index_put":
        positional[1] = tuple(positional[1])
    elif case["name"] == "nn.functional.kl_div":
        warnings.simplefilter("ignore")
    best, total, count = math.inf, 0.0, 0
    function(*positional, **named)
    while total < SECONDS or count < 3:
        start = time.perf_counter()
        function(*positional, **named)
        taken = time.perf_counter() - start
        best, total, count = min(best, taken), total + taken, count + 1
    return best


def measure_torch(path, threads):
    """Prints the times of the calls in the file, a line each."""
    import torch

    torch.set_num_threads(threads)
    warnings.simplefilter("ignore")
    with torch.no_grad():
        for case in json.loads(pathlib.Path(path).read_text()):
            try:
                seconds = torch_time(case, torch)
                print(json.dumps({"name": case["name"], "size": case["size"], "seconds": seconds}), flush=True)
            except Exception as error:
                print(json.dumps({"name": case["name"], "size": case["size"], "error": str(error)[:200]}), flush=True)


def run(command):
    """The lines that a measuring process prints, by name and size."""
    result = subprocess.run(command, capture_output=True, text=True)
    found = {}
    for line in result.stdout.splitlines():
        record = json.loads(line)
        found[record["name"], record["size"]] = record
    if result.returncode != 0:
        print(f"{command[0]}: ended with {result.returncode}: {result.stderr[-300:]}", file=sys.stderr)
    return found


def geometric_mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else math.nan


def main():
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="*", help="names or patterns, with commas between")
    parser.add_argument("--sizes", default="medium,large")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--below", type=float, default=math.inf, help="shows ratios below this")
    parser.add_argument("--json", help="a file for all times, a line each")
    parser.add_argument("--benchmarks", default=str(root / ".build/release/benchmarks"))
    parser.add_argument("--python", default=sys.executable, help="of PyTorch")
    parser.add_argument("--wrapper", default="", help="a command that starts each measuring process, such as 'chrt -f 60'")
    parser.add_argument("--torch-worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.torch_worker:
        return measure_torch(options.torch_worker, options.threads)

    cases = []
    for size in options.sizes.split(","):
        for name, (positional, named) in operation_cases.calls(size == "large").items():
            if any(fnmatch.fnmatch(name, pattern) for pattern in options.only.split(",")):
                cases.append({"name": name, "size": size, "positional": positional, "named": named})
    wrapper, threads = options.wrapper.split(), str(options.threads)
    ours, theirs = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(cases), BATCH):
            path = f"{folder}/cases.json"
            pathlib.Path(path).write_text(json.dumps(cases[start : start + BATCH]))
            ours |= run([*wrapper, options.benchmarks, "--operations", path, "--threads", threads])
            theirs |= run([*wrapper, options.python, __file__, "--torch-worker", path, "--threads", threads])
    rows, lacking = [], []
    for key in ours | theirs:
        a, b = ours.get(key, {}), theirs.get(key, {})
        if a.get("seconds") and b.get("seconds"):
            rows.append((b["seconds"] / a["seconds"], key, a["seconds"], b["seconds"]))
        else:
            lacking.append(f"{key[0]} ({key[1]}): {a.get('error', 'measured' if a else 'nothing')} / "
                           f"{b.get('error', 'measured' if b.get('seconds') else 'not in PyTorch')}")
    rows.sort()
    for ratio, (name, size), mine, other in rows:
        if ratio < options.below:
            print(f"{ratio:7.2f}x  {name:52} {size:7} {mine * 1e6:11.1f} us {other * 1e6:11.1f} us")
    for line in lacking:
        print(f"  not compared: {line}")
    for size in options.sizes.split(","):
        ratios = [row[0] for row in rows if row[1][1] == size]
        print(f"{size}: {len(ratios)} operations, geometric mean {geometric_mean(ratios):.2f}x, "
              f"{sum(r < 0.5 for r in ratios)} below 0.5x, {sum(r < 1 for r in ratios)} below 1x")
    if options.json:
        with open(options.json, "w") as out:
            for ratio, (name, size), mine, other in rows:
                out.write(json.dumps({"name": name, "size": size, "ours": mine, "torch": other, "ratio": ratio}) + "\n")


main()
