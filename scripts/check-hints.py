#!/usr/bin/env python3
"""Checks what the compiler says to users, against the modules of a build: scripts/check-hints.py BUILD_FOLDER

Tools/Spellings/hints.swift has lines that must fail, each with the text behind `says:` in its message. Tools/Spellings/expressions.swift
must compile without a word, and no expression in it may take the type checker more than 100 ms. Tools/Spellings/spelled.swift, written by
scripts/make-spellings.py, has each name of PyTorch's that the library has and must compile.
"""
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parent.parent
build = pathlib.Path(sys.argv[1])
limit = 100


def compile(name):
    headers = []
    for module in sorted(folder.parent.name for folder in root.glob("Sources/*/include")):
        headers += ["-Xcc", f"-fmodule-map-file={build / (module + '.build') / 'module.modulemap'}",
                    "-Xcc", f"-I{root / 'Sources' / module / 'include'}"]
    run = subprocess.run(
        ["swiftc", "-typecheck", "-swift-version", "6", "-I", str(build / "Modules"), *headers,
         "-Xfrontend", f"-warn-long-expression-type-checking={limit}", str(root / "Tools/Spellings" / name)],
        capture_output=True, text=True)
    found = {}
    for m in re.finditer(rf"{name}:(\d+):\d+: (error|warning): (.*)", run.stderr):
        found.setdefault(int(m[1]), []).append(f"{m[2]}: {m[3]}")
    if run.returncode and not found:
        sys.exit(f"check-hints: {name} does not reach the type checker\n{run.stderr}")
    return found


wrong = []
said = compile("hints.swift")
for number, line in enumerate((root / "Tools/Spellings/hints.swift").read_text().splitlines(), 1):
    errors = [m for m in said.get(number, []) if m.startswith("error")]
    if "// says: " in line:
        expected = line.split("// says: ")[1].strip()
        if not any(expected in m for m in errors):
            wrong.append(f"hints.swift:{number}: should say '{expected}', and says {errors or 'nothing'}")
    elif errors:
        wrong.append(f"hints.swift:{number}: should compile, and says {errors}")

wrong += [f"spelled.swift:{n}: {m}" for n, m in compile("spelled.swift").items() if any(x.startswith("error") for x in m)]

# A busy machine makes an expression slow now and then, not twice in a row.
slow = None
for _ in range(3):
    said = compile("expressions.swift")
    errors = {n: m for n, m in said.items() if any(not "to type-check" in x for x in m)}
    if errors:
        wrong += [f"expressions.swift:{n}: {m}" for n, m in errors.items()]
        slow = set()
        break
    slow = set(said) if slow is None else slow & set(said)
    if not slow:
        break
wrong += [f"expressions.swift:{n}: takes more than {limit} ms to type-check" for n in sorted(slow)]
if wrong:
    sys.exit("check-hints:\n  " + "\n  ".join(wrong))
print("check-hints: the compiler says what it should, and is quick")
