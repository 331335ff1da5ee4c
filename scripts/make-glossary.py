#!/usr/bin/env python3
"""Writes docs/glossary.md: PyTorch's names (Tools/Spellings/names.txt) and what they are here, found among the public declarations.

    scripts/make-glossary.py           writes the file
    scripts/make-glossary.py --check   fails if it differs from what would be written, or if the table names what does not exist
"""

import re
import sys

from declarations import ROOT, ancestors, library

TABLE, OUTPUT = ROOT / "Tools/Spellings/names.txt", ROOT / "docs/glossary.md"
# Where names of a namespace are looked up: "" is the top, others are types and their protocols. What is found in a type named in
# WRITTEN is written as it says.
PLACES = {
    "torch": ["", "Tensor", "DType"], "Tensor": ["Tensor"], "nn": [""], "nn.Module": ["Module"], "nn.functional": ["", "Tensor"],
    "nn.init": ["init", "Init"], "optim.Optimizer": ["FormulaOptimizer"], "optim.lr_scheduler.LRScheduler": ["LRScheduler"],
    "optim.swa_utils": ["", "swaUtils"], "autograd": ["", "autograd"], "autograd.Function (ctx)": ["FunctionContext"], "linalg": ["linalg"],
    "special": ["special", "Tensor"], "fft": ["fft"], "masked": ["masked"], "sparse": ["sparse"], "Tensor (sparse)": ["SparseTensor"],
    "Tensor (nested)": ["NestedTensor"], "Tensor (quantised)": ["QuantizedTensor"], "ao.quantization": [""],
}
WRITTEN = {"": "", "Tensor": "x.", "DType": ".", "Module": "model.", "FormulaOptimizer": "optimizer.", "LRScheduler": "scheduler.",
           "FunctionContext": "ctx.", "init": "", "Init": "Init.", "swaUtils": "swaUtils.", "autograd": "autograd.", "linalg": "linalg.",
           "special": "special.", "fft": "fft.", "masked": "masked.", "sparse": "sparse.", "SparseTensor": "x.", "NestedTensor": "x.",
           "QuantizedTensor": "x."}
WORDS = {"x", "optimizer", "y", "n", "ys", "xs", "Double", "Int", "pi", "infinity", "nan"}
HEAD = """# Glossary

PyTorch's names, and what they are in Apus. `x` is a tensor, `model` a module. `nn.`, `F.`, `optim.` and so on may stand before the
names as they do in PyTorch. The last section lists what Apus does not have.
Written by `scripts/make-glossary.py`; [From PyTorch](from-pytorch.md) says what is different, by subject.
"""


def key(name: str) -> str:
    return name.replace("_", "").replace("`", "").lower() + ("_" if name.endswith("_") else "")


class Names:
    """The public names of the library, by the type that has them; "" has those of the top."""

    def __init__(self):
        files = library()
        self.lineage, self.own, self.static = ancestors(files), {}, set()
        for item in (item for items in files.values() for item in items if item.public and item.kind != "extension"):
            owner = item.owner.name.split(".")[-1] if item.owner else ""
            for name in item.names: self.own.setdefault(owner, {}).setdefault(key(name), set()).add(name)
            if re.search(r"\bstatic\b", item.text): self.static.add((owner, item.name))
        self.all = {name for names in self.own.values() for same in names.values() for name in same}

    def found(self, place: str, name: str) -> str | None:
        for owner in [place] + sorted(self.lineage(place) - {place}) if place else [""]:
            if same := self.own.get(owner, {}).get(key(name)):
                here = min(same, key=lambda other: (other[0].isupper() != name[0].isupper(), other))  # Conv2d is not conv2d
                front = "Tensor." if (owner, here) in self.static and place == "Tensor" else WRITTEN[place]
                return front + (f"`{here}`" if here in ("where", "repeat", "in", "is") and not front else here)
        return None


def table() -> dict[str, dict[str, tuple[str, str] | None]]:
    """The names of each namespace, with what the table says of them."""
    sections, names = {}, {}
    for line in TABLE.read_text().splitlines():
        if line.startswith("#") or not line.strip(): continue
        if line.startswith("["): names = sections.setdefault(line[1:-1], {})
        elif " = " in line:
            name, _, here = line.partition(" = ")
            what, _, note = here.partition(" | ")
            names[name] = (what.strip(), note.strip())
        else: names.update({name: None for name in line.split()})
    return sections


def bare(section: str) -> str:
    """The namespace alone, without what tells two sections of it apart."""
    return re.sub(r" \(.*\)$", "", section)


def code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def unknown(text: str, names: Names) -> list[str]:
    """Names in the code that the library does not declare."""
    plain = re.sub(r'"[^"]*"|\b\w+:|\b(true|false)\b', " ", text)
    return [word for word in re.findall(r"[A-Za-z]\w*", plain) if word not in names.all and word not in WORDS]


def main() -> int:
    names, lines, absent, mistakes = Names(), [HEAD], [], []
    for section, members in table().items():
        rows = []
        for name in sorted(members, key=lambda name: (name.lower(), name)):
            said, short = members[name], f"{bare(section)}.{name}"
            if said is None:
                here = [found for place in PLACES.get(section, [""]) if (found := names.found(place, name))]
                what, note = ", ".join(here), ""
            else:
                what, note = said
                mistakes += [f"{short}: {word} does not exist" for word in unknown(what, names)]
            if what in ("", "-"): absent.append((short, note))
            else:
                parts = re.split(r", (?![^(]*\))", what)
                rows.append(f"| `{short}` | {', '.join(map(code, parts))} | {note} |" if note else f"| `{short}` | {', '.join(map(code, parts))} | |")
        if rows:
            lines.append(f"\n## {'torch.' if section not in ('torch',) else ''}{section}\n\n| PyTorch | Apus | |\n|---|---|---|\n" + "\n".join(rows) + "\n")
    lines.append("\n## Not in Apus\n\n" + "\n".join(f"- `{name}`" + (f": {note}" if note else "") for name, note in absent if note) + "\n\n")
    groups: dict[str, list[str]] = {}
    for name, note in absent:
        if not note:
            front = next(section for section in sorted(table(), key=len, reverse=True) if name.startswith(bare(section) + "."))
            groups.setdefault(front, []).append(f"`{name}`")
    lines.append("\n\n".join(", ".join(group) + "." for group in groups.values()) + "\n")
    text = "".join(lines)
    for mistake in mistakes: print(f"{TABLE.relative_to(ROOT)}: {mistake}", file=sys.stderr)
    if "--check" not in sys.argv: OUTPUT.write_text(text)
    elif not OUTPUT.exists() or OUTPUT.read_text() != text:
        print(f"{OUTPUT.relative_to(ROOT)} is not what scripts/make-glossary.py writes: run it", file=sys.stderr)
        return 1
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
