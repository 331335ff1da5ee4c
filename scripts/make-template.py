#!/usr/bin/env python3
"""Writes the files of Examples/NewPackage, which are built and tested here, into the `apus` command, whose `new` copies them.

    scripts/make-template.py           writes the file
    scripts/make-template.py --check   fails if it differs from what would be written
"""
import sys

sys.dont_write_bytecode = True
from signatures import root, write

template = root / "Examples/NewPackage"
entries = []
for path in sorted(path for path in template.rglob("*") if path.is_file()):
    name = str(path.relative_to(template)).replace("gitignore", ".gitignore")
    lines = "\n".join("      " + line if line else "" for line in path.read_text().rstrip("\n").split("\n"))
    entries.append(f'    (\n      "{name}",\n      #"""\n{lines}\n      """#\n    ),\n')
write("make-template.py", {
    "Sources/ApusCommand/New/TemplateFiles.swift":
        "/// The files of a new package, by their paths in it, with `NewPackage`, `NAME`, `APUS` and `IDENTITY` where names stand.\n"
        f"enum Template {{\n  static let files: [(path: String, text: String)] = [\n{''.join(entries)}  ]\n}}\n"
})
