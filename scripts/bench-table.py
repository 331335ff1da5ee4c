#!/usr/bin/env python3
"""Merge benchmark records into a Markdown table of ratios.

    scripts/bench-table.py [--base apus] [--best] FILE.jsonl ...

Each line of a file is one record: peer, name, metric, value (in the metric), best, median_s, threads, foreign. The table has
a row for each benchmark and a column for each peer: the value, and how many times better the base is (above 1: the base is
faster, or smaller). The last row is the geometric mean of these ratios over the rows that both have.

Of several records of one peer for one row, an undisturbed one wins, then the better one. `foreign` is the part of a core that
other processes used meanwhile; above 0.15 the value is marked with ~ and left out of the mean.
"""
import argparse
import json
import math
import sys

HIGHER = {"GB/s", "GFLOP/s", "tok/s"}
UNIT = {"us_op": "us/op"}
DISTURBED = 0.15


def read_records(paths):
    for path in paths:
        with open(path) as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    record = json.loads(line)
                    record["peer"], record["name"], record["metric"]
                except (ValueError, KeyError, TypeError) as error:
                    sys.exit(f"{path}:{number}: not a benchmark record: {error!r}")
                yield record


def speed(record, field):
    """A number that is greater for a faster peer."""
    value = record[field]
    return value if record["metric"] in HIGHER else 1 / value


def is_disturbed(record):
    return (record.get("foreign") or 0) > DISTURBED


def collect(records, field):
    rows = {}
    for record in records:
        row = rows.setdefault((record["name"], record["metric"], record.get("threads")), {})
        value = record.get(field)
        if not isinstance(value, (int, float)) or not math.isfinite(value) or value <= 0:
            continue
        old = row.get(record["peer"])
        if old is None or (not is_disturbed(record), speed(record, field)) > (not is_disturbed(old), speed(old, field)):
            row[record["peer"]] = record
    return rows


def number(value):
    if value >= 100:
        return f"{value:.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.095 else f"{value:.2g}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE.jsonl")
    parser.add_argument("--base", default="apus", help="the peer that the others are compared with (default: apus)")
    parser.add_argument("--best", action="store_true", help="compare best values instead of medians")
    arguments = parser.parse_args()
    field = "best" if arguments.best else "value"

    rows = collect(read_records(arguments.files), field)
    peers = list(dict.fromkeys(peer for row in rows.values() for peer in row))
    if arguments.base not in peers:
        sys.exit(f"no record of the peer '{arguments.base}'; there are {', '.join(peers) or 'none'}")
    peers.sort(key=lambda peer: peer != arguments.base)
    several_threads = len({threads for _, _, threads in rows}) > 1

    print("| benchmark | unit | " + " | ".join(peers) + " |")
    print("|---|---|" + "---:|" * len(peers))
    ratios = {peer: [] for peer in peers}
    for (name, metric, threads), row in rows.items():
        base = row.get(arguments.base)
        cells = []
        for peer in peers:
            record = row.get(peer)
            if record is None:
                cells.append("")
                continue
            text = number(record[field]) + ("~" if is_disturbed(record) else "")
            if base is not None and peer != arguments.base:
                ratio = speed(base, field) / speed(record, field)
                shown = f"{number(ratio)}x"
                text += f" (**{shown}**)" if ratio >= 1 else f" ({shown})"
                if not is_disturbed(record) and not is_disturbed(base):
                    ratios[peer].append(ratio)
            cells.append(text)
        label = f"{name} t{threads}" if several_threads else name
        arrow = "↑" if metric in HIGHER else "↓"
        print(f"| {label} | {UNIT.get(metric, metric)} {arrow} | " + " | ".join(cells) + " |")

    means = [
        f"{number(math.exp(sum(map(math.log, values)) / len(values)))}x ({len(values)} rows)" if values else ""
        for values in (ratios[peer] for peer in peers)
    ]
    print(f"| how much better {arguments.base} is (geometric mean) | | " + " | ".join(means) + " |")


main()
