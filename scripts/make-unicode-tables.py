#!/usr/bin/env python3
"""Makes the tables of the Unicode character database; with --check, tells whether they are as they would be made.

Decompositions are those of Python's unicodedata, which must be of version 14 (Python 3.11). Scripts are those that Perl knows, for the
characters that there were in version 9, which sentencepiece follows. The tables are written for a small reader: see the comments
in the files.
"""

import subprocess
import sys
import unicodedata
from pathlib import Path

SOURCES = Path(__file__).resolve().parent.parent / "Sources"
DECOMPOSITIONS = SOURCES / "ApusFormats/Unicode/DecompositionData.swift"
SCRIPTS = SOURCES / "ApusText/Tokenizers/Patterns/ScriptData.swift"
WIDTH = 116
LONGEST = 110

# Scripts that changed after version 9: the first and last character, and the script then.
CHANGED = [(0x589, 0x589, "Common"), (0x61C, 0x61C, "Common"), (0x953, 0x954, "Devanagari")]


def lines(entries):
    """Entries one behind the other, in lines of the width of the house."""
    out, line = [], " "
    for entry in entries:
        if len(line) + 1 + len(entry) > WIDTH - 2:
            out.append(line)
            line = " "
        line += " " + entry
    return "\n".join("  " + text for text in out + [line])


def scalars():
    return (value for value in range(0x110000) if not 0xD800 <= value < 0xE000)


def decompositions():
    """What characters consist of: in one step where that is canonical, wholly where it is for compatibility."""
    canonical, compatible, before = [], [], [0, 0]
    for value in scalars():
        character = chr(value)
        parts = unicodedata.decomposition(character).split()
        if not parts:
            continue
        is_compatible = parts[0].startswith("<")
        whole = [f"{ord(part):X}" for part in unicodedata.normalize("NFKD", character)]
        step = whole if is_compatible else [f"{int(part, 16):X}" for part in parts]
        # A pair that never composes to this character again.
        excluded = len(step) == 2 and not is_compatible and unicodedata.normalize("NFC", character) != character
        entry = f"{value - before[is_compatible]:X}:{'+'.join(step)}"
        before[is_compatible] = value
        (compatible if is_compatible else canonical).append(("!" if excluded else "") + entry)
    return canonical, compatible


def script_ranges():
    """The ranges of each script, by its name."""
    program = r"""
      use Unicode::UCD qw(prop_invmap);
      my ($ages, $age) = prop_invmap('Age');
      my ($starts, $scripts) = prop_invmap('Script');
      print "age $$ages[$_] $$age[$_]\n" for 0..$#$ages;
      print "script $$starts[$_] $$scripts[$_]\n" for 0..$#$starts;
    """
    text = subprocess.run(["perl", "-e", program], check=True, capture_output=True, text=True).stdout
    maps = {"age": [], "script": []}
    for line in text.splitlines():
        kind, start, value = line.split(" ", 2)
        maps[kind].append((int(start), value))

    def each(kind):
        found = maps[kind] + [(0x110000, "")]
        for (start, value), (end, _) in zip(found, found[1:]):
            yield from ((place, value) for place in range(start, min(end, 0x110000)))

    then = dict((value, script) for first, last, script in CHANGED for value in range(first, last + 1))
    ranges = {}
    for (value, age), (_, script) in zip(each("age"), each("script")):
        number = age.lstrip("V").replace("_", ".").split(".")[0]
        if not number.isdigit() or int(number) > 9 or script in ("Unknown", "Zzzz"):
            continue
        own = ranges.setdefault(then.get(value, script).replace("_", ""), [])
        if own and own[-1][1] == value - 1:
            own[-1][1] = value
        else:
            own.append([value, value])
    return ranges


def scripts():
    """The entries of scripts; `+` goes on with a long one."""
    entries = []
    for name, ranges in sorted(script_ranges().items()):
        end, entry = 0, name + ":"
        for i, (first, last) in enumerate(ranges):
            part = f"{first - end:X}" + (f"-{last - first:X}" if last > first else "") + ("," if i + 1 < len(ranges) else "")
            end = last
            if len(entry) + len(part) > LONGEST:
                entries.append(entry)
                entry = "+"
            entry += part
        entries.append(entry)
    return entries


def replaced(text, name, body):
    """The source with another text in the constant `name`."""
    head, rest = text.split(f"static let {name}: StaticString = \"\"\"\n", 1)
    return head + f"static let {name}: StaticString = \"\"\"\n" + body + "\n    \"\"\"\n" + rest.split("\n    \"\"\"\n", 1)[1]


def main():
    if unicodedata.unidata_version != "14.0.0":
        sys.exit(f"make-unicode-tables: unicodedata is of version {unicodedata.unidata_version}, and must be of 14.0.0")
    canonical, compatible = decompositions()
    text = DECOMPOSITIONS.read_text()
    made = {
        DECOMPOSITIONS: replaced(replaced(text, "canonical", lines(canonical)), "compatible", lines(compatible)),
        SCRIPTS: replaced(SCRIPTS.read_text(), "ranges", lines(scripts())),
    }
    stale = [path for path, text in made.items() if path.read_text() != text]
    if "--check" in sys.argv:
        sys.exit("\n".join(f"{path}: run scripts/make-unicode-tables.py" for path in stale) or 0)
    for path in stale:
        path.write_text(made[path])


main()
