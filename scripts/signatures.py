"""What the scripts that write spellings share: reading the signatures of Swift's declarations, and writing the files."""
import pathlib
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parent.parent
# Of these Swift users write the label, as Python users do.
labelled = {"device", "dtype", "generator"}


def split(text):
    """Parts of `text` between commas that stand in no bracket."""
    parts, depth, part = [], 0, ""
    for i, c in enumerate(text):
        if c == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            arrow = c == ">" and text[i - 1] == "-"
            depth += (c in "([{<") - (c in ")]}>" and not arrow)
            part += c
    return [" ".join(p.split()) for p in parts + [part] if p.strip()]


def closing(text, start):
    """The position of the bracket that closes the one at `start`."""
    pairs, depth = {"(": ")", "<": ">"}, 0
    for i in range(start, len(text)):
        if text[i] == text[start]:
            depth += 1
        elif text[i] == pairs[text[start]] and text[i - 1] != "-":
            depth -= 1
            if depth == 0:
                return i


class Parameter:
    def __init__(self, text):
        names, rest = text.split(":", 1)
        names = names.split()
        self.label, self.name = names[0], names[-1]
        self.type, _, default = (p.strip() for p in rest.partition(" = "))
        self.default = default or None
        self.word = self.name if self.label == "_" else self.label

    def written(self, placed):
        """In a form where it has no label if `placed`, and must be given then."""
        if placed:
            return f"_ {self.name}: {self.type}"
        names = self.word if self.word == self.name else f"{self.word} {self.name}"
        return f"{names}: {self.type}" + (f" = {self.default}" if self.default else "")

    def handed(self):
        # A tuple of generic elements is taken apart and made again, because the compiler cannot pass it on.
        value = f"(repeat each {self.name})" if self.type.startswith("(repeat each") else self.name
        return value if self.label == "_" else f"{self.label}: {value}"


class Signature:
    """Generic parameters and parameters at `start` of `text`, which is behind the name."""

    def __init__(self, text, start):
        self.generics = []
        if text[start] == "<":
            end = closing(text, start)
            self.generics = split(text[start + 1 : end])
            start = end + 1
        end = closing(text, start)
        self.parameters = [Parameter(p) for p in split(text[start + 1 : end])]
        self.end = end + 1

    def forms(self, first=1):
        """`(generics, parameters)` of all forms with at least `first` arguments in their places, and where padding may be a
        name, the same with one: `.same` cannot be found among the elements of a tuple."""
        count = len([p for p in self.parameters if p.word not in labelled and "->" not in p.type])
        named = [i for i, p in enumerate(self.parameters) if p.type == "(repeat each Margin)" and "each Margin: ConvolutionPadding" in self.generics]
        for placed in range(first, count + 1):
            yield self.generics, [p.written(i < placed) for i, p in enumerate(self.parameters)], None, placed
        for i in named:
            generics = [g for g in self.generics if "Margin" not in g]
            for placed in range(first - 1, count + 1):
                texts = [p.written(j < placed) for j, p in enumerate(self.parameters)]
                texts[i] = ("_ " if i < placed else "") + "padding: PaddingName"
                yield generics, texts, "padding", placed

    def handed(self, plain):
        """The arguments of a call; the one named `plain` is no tuple."""
        return ", ".join(f"{p.word}: {p.name}.paddingMode" if p.name == plain else p.handed() for p in self.parameters)


def clause(generics):
    return f"<{', '.join(generics)}>" if generics else ""


def formatted(text):
    run = subprocess.run(["swift", "format", "format", "--configuration", root / ".swift-format", "--assume-filename", "a.swift"], input=text,
                         capture_output=True, text=True, check=True)
    return run.stdout


def write(script, files):
    """Writes `files`, texts by path; with `--check` fails if one differs from what would be written."""
    failed = False
    for name, text in files.items():
        path, text = root / name, formatted(f"// Written by scripts/{script}.\n\n" + text)
        if "--check" not in sys.argv:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            print(f"{name} is not what scripts/{script} writes: run it", file=sys.stderr)
            failed = True
    sys.exit(failed)
