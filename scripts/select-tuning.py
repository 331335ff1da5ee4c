#!/usr/bin/env python3
"""Chooses the recorded studies of Tests/ConformanceTests/Fixtures/tuning from a whole set: select-tuning.py SET"""
import json
import pathlib
import sys

source = pathlib.Path(sys.argv[1])
target = pathlib.Path(__file__).parent.parent / "Tests/ConformanceTests/Fixtures/tuning"


def lines(name):
    return [json.loads(line) for line in (source / name).open()]


def write(name, rows):
    with (target / name).open("w") as out:
        for row in rows:
            out.write(json.dumps(row, separators=(",", ":")) + "\n")


def short(row):
    return len(json.dumps(row))


# Of each pruner short cases of both decisions and a longer one.
kinds = {}
for row in lines("pruners.jsonl"):
    row.pop("detail", None)
    kinds.setdefault(row["pruner"]["type"], []).append(row)
chosen = []
for rows in kinds.values():
    rows.sort(key=short)
    chosen += [row for row in rows if row["decision"]][:6] + [row for row in rows if not row["decision"]][:4]
    chosen.append(rows[len(rows) * 3 // 4])
write("pruners.jsonl", sorted(chosen, key=lambda row: row["id"]))

chosen = []
for row in lines("sobol_halton.jsonl"):
    if row["kind"] == "engine" and row["d"] in (1, 4):
        row["points"] = row["points"][:16]
        chosen.append(row)
    elif row["kind"] == "sampler" and len(row["space"]) != 8:
        chosen.append(row)
write("sobol_halton.jsonl", chosen[:6] + chosen[-14:])

write("grid.jsonl", sorted(lines("grid.jsonl"), key=short)[5:17])

chosen = [row for row in lines("importances.jsonl") if row["title"] in ("two objectives", "dynamic ranges")]
for row in chosen:
    results = row["results"]
    if row["title"] == "two objectives":
        results["forest"] = None
    for name in ("fanova", "mdi"):
        for item in results[name] if isinstance(results[name], list) else [results[name]]:
            item.pop("runs", None)
write("importances.jsonl", chosen)

problems = json.loads((source / "regret.json").read_text())
problems.pop("results")
problems["functions"] = [problem for problem in problems["functions"] if problem["dim"] == 5]
for problem in problems["functions"] + problems["mixed"]:
    problem["checks"] = problem["checks"][:4]
(target / "regret.json").write_text(json.dumps(problems, separators=(",", ":")))
