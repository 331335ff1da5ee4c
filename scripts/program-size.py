#!/usr/bin/env python3
"""Tells what a program consists of: its sections, its modules, its largest functions and tables.

    scripts/program-size.py PROGRAM [COUNT]

PROGRAM still has its names (it is not stripped); COUNT is how many of the largest are listed, 30 without it.
"""

import collections
import re
import subprocess
import sys

MB = 1e6


def sections(program: str) -> dict[str, int]:
    """What is loaded, by the names of sections."""
    found = {}
    for line in subprocess.run(["readelf", "-SW", program], capture_output=True, text=True, check=True).stdout.split("\n"):
        match = re.match(r"\s*\[ *\d+\] (\S+)\s+(\S+)\s+\S+ \S+ (\S+) \S+\s+(\S*)", line)
        if match and "A" in match[4] and match[2] != "NOBITS": found[match[1]] = int(match[3], 16)
    return found


def symbols(program: str) -> list[tuple[int, str]]:
    """The names of a program and what they take; of several names for one place the first counts."""
    places = {}
    for line in subprocess.run(["nm", "-S", program], capture_output=True, text=True, check=True).stdout.split("\n"):
        words = line.split(" ", 3)
        if len(words) == 4 and words[2] not in "bB": places.setdefault(words[0], (int(words[1], 16), words[3]))
    return list(places.values())


def module(name: str) -> str:
    """The module that a mangled name begins with; that of a specialised function is where it was written."""
    match = re.match(r"(?:symbolic _____.*? |\$s)", name)
    digits = re.search(r"(\d+)([A-Za-z_]\w*)", name[match.end():] if match else "")
    if not match or not digits: return "Swift" if name.startswith(("$s", "swift", "_swift", "symbolic")) else "C"
    if name.startswith("$s") and digits.start() > 0: return "Swift"
    return digits[2][:int(digits[1])]


def main(program: str, count: int) -> None:
    found = sections(program)
    print(f"{sum(found.values()) / MB:8.2f} MB are loaded")
    for name, size in sorted(found.items(), key=lambda item: -item[1])[:16]: print(f"{size / MB:8.2f}  {name}")
    all_symbols = symbols(program)
    modules: collections.Counter = collections.Counter()
    for size, name in all_symbols: modules[module(name)] += size
    print("\nMB by module")
    for name, size in modules.most_common(36): print(f"{size / MB:8.2f}  {name}")
    largest = sorted(all_symbols, reverse=True)[:count]
    plain = subprocess.run(["swift", "demangle", "--compact"], input="\n".join(name for _, name in largest), capture_output=True, text=True)
    names = plain.stdout.split("\n") if plain.returncode == 0 else [name for _, name in largest]
    print("\nkB of the largest")
    for (size, _), name in zip(largest, names): print(f"{size / 1000:8.1f}  {name[:160]}")


if len(sys.argv) not in (2, 3): sys.exit(__doc__)
main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else 30)
