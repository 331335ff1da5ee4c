#!/usr/bin/env python3
"""Writes questions and passages of a domain of their own, the declarations of this library: what the first sentence of a doc comment
says is the question, the declaration below it the passage that answers it. One declaration in ten is kept for testing; its question is
to find it among all declarations.

usage: make-search-data.py FOLDER      writes FOLDER/train.jsonl and FOLDER/test.jsonl"""
import hashlib
import json
import pathlib
import re
import sys

sources = pathlib.Path(__file__).resolve().parent.parent / "Sources"
folder = pathlib.Path(sys.argv[1])


def declaration(lines, start):
    """The declaration that begins in a line, as one line without its body."""
    text = ""
    for line in lines[start:start + 8]:
        text += " " + line.strip()
        if "{" in line or text.count("(") == text.count(")"):
            break
    text = re.sub(r"\s+", " ", text.split("{")[0]).strip()
    text = re.sub(r"@\w+(\([^)]*\))? ", "", text)
    return re.sub(r"^(public|open|package) ", "", text)


pairs = {}
for path in sorted(sources.glob("*/**/*.swift")):
    if "Generated" in path.parts:
        continue
    lines = path.read_text().splitlines()
    comment = []
    for number, line in enumerate(lines):
        text = line.strip()
        if text.startswith("///"):
            comment.append(text[3:].strip())
            continue
        if comment and re.match(r"(@\w+.* )?(public|open) ", text) and re.search(r"\b(func|struct|class|enum|protocol)\b", text):
            first = " ".join(comment).split("- Parameter")[0]
            first = re.split(r"(?<=[.:;]) ", first)[0].strip(" .:;")
            first = re.sub(r"`+", "", first)
            passage = declaration(lines, number)
            words = first.split()
            if 4 <= len(words) <= 40 and len(passage) > 12:
                pairs.setdefault(first, passage)
        comment = []

folder.mkdir(parents=True, exist_ok=True)
seen = set()
files = {name: open(folder / f"{name}.jsonl", "w") for name in ("train", "test")}
counts = dict.fromkeys(files, 0)
for query, passage in sorted(pairs.items()):
    if passage in seen:
        continue
    seen.add(passage)
    name = "test" if hashlib.sha256(passage.encode()).digest()[0] < 26 else "train"
    files[name].write(json.dumps({"query": query, "positive": passage}) + "\n")
    if name == "train":
        files["test"].write(json.dumps({"passage": passage}) + "\n")
    counts[name] += 1
print(f"{counts['train']} pairs to learn from and {counts['test']} to test with in {folder}")
