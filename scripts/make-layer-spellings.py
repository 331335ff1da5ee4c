#!/usr/bin/env python3
"""Writes Sources/ApusNN/Spellings from the layers and functions that PyTorch calls with arguments in their places.

A layer states one initialiser, all of whose arguments have labels. PyTorch's take the first ones without a label as well, any
number of them: each such form is one line here. `F` and `nn` are PyTorch's names for the functions and for the layers.

    scripts/make-layer-spellings.py           writes the files
    scripts/make-layer-spellings.py --check   fails if they differ from what would be written
"""
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parent.parent
folder = root / "Sources/ApusNN/Spellings"
head = "// Written by scripts/make-layer-spellings.py.\n\n"
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


def layers():
    """`(class, where clause, signature)` of the layers whose initialiser has labels."""
    found = []
    for path in sorted((root / "Sources/ApusNN/Layers").glob("*.swift")):
        text = path.read_text()
        places = [(m.start(), m.group(1)) for m in re.finditer(r"^public (?:final )?class (\w+)", text, re.M)]
        for (start, name), end in zip(places, [p for p, _ in places[1:]] + [len(text)]):
            for m in re.finditer(r"^  public init(?=[<(])", text[start:end], re.M):
                signature = Signature(text, start + m.end())
                words = [p.label for p in signature.parameters]
                if words and words[0] not in ("_", "pretrained") and "..." not in signature.parameters[0].type:
                    found.append((name, signature))
    return found


def layer_file():
    out = [head, "import ApusCore\nimport ApusFunctional\nimport ApusNumerics\n"]
    for name, signature in layers():
        out.append(f"\nextension {name} {{\n")
        for generics, parameters, plain, _ in signature.forms():
            hand = signature.handed(plain)
            out.append("  /// The arguments in PyTorch's order, the first ones without labels.\n")
            out.append(f"  public convenience init{clause(generics)}({', '.join(parameters)}) {{ self.init({hand}) }}\n")
        out.append("}\n")
    return "".join(out)


def functions():
    """`(name, signature, result)` of the functions of `nn.functional`, once per signature."""
    found, seen = [], set()
    names = ["Attention/Attention", "Attention/Dropout", "Attention/Embedding"]
    paths = [root / f"Sources/ApusFunctional/{n}.swift" for n in names]
    for part in ["Convolution", "Image", "Loss", "Normalisation", "Pooling"]:
        paths += sorted((root / f"Sources/ApusFunctional/{part}").glob("*.swift"))
    paths.append(root / "Sources/ApusFunctional/Matrix/Linear.swift")
    for path in paths:
        text = path.read_text()
        for m in re.finditer(r"^public func (\w+)(?=[<(])", text, re.M):
            signature = Signature(text, m.end())
            result = re.match(r"\s*->\s*([^{]+?)\s*\{", text[signature.end :])
            # The forms with a name for padding follow from the others.
            if result and all(p.type != "PaddingName" for p in signature.parameters):
                found.append((m.group(1), signature, " ".join(result.group(1).split())))
    return found


# Activations, which are methods: (name, parameters, arguments of the method).
activations = [(n, "", "") for n in "relu6 selu silu mish sigmoid tanh logSigmoid softsign tanhshrink hardsigmoid hardswish".split()]
settings = {
    "relu": "", "leakyRelu": "negativeSlope: Double = 0.01", "elu": "alpha: Double = 1", "celu": "alpha: Double = 1",
    "softplus": "beta: Double = 1, threshold: Double = 20", "gelu": "approximate: GELUApproximation = .none",
    "hardtanh": "minVal: Double = -1, maxVal: Double = 1", "hardshrink": "lambd: Double = 0.5", "softshrink": "lambd: Double = 0.5",
    "glu": "dim: Int = -1", **{n: "" for n, _, _ in activations},
}
inplace = "relu relu6 selu silu mish hardsigmoid hardswish leakyRelu elu celu hardtanh".split()


def functional_file():
    out = [head, "import ApusCore\nimport ApusFunctional\nimport ApusNumerics\n\n"]
    free = []
    out.append("/// PyTorch's `torch.nn.functional`, which its users import as `F`: the functions of the library under that name.\n")
    out.append("public enum F {\n")
    for name, text in settings.items():
        own = [Parameter(p) for p in split(text)]
        hand = ", ".join(f"{p.name}: {p.name}" for p in own)
        extra = [Parameter("inplace: Bool = false")] if name in inplace else []
        for placed in range(len(own) + len(extra) + 1):
            listed = "".join(", " + p.written(i < placed) for i, p in enumerate(own + extra))
            out.append(f"  /// ``Tensor/{name}``; `inplace` has no effect on a value.\n" if extra else f"  /// ``Tensor/{name}``.\n")
            out.append(f"  public static func {name}(_ input: Tensor{listed}) -> Tensor {{ input.{name}({hand}) }}\n")
    for name, signature, result in functions():
        base = [p.label == "_" for p in signature.parameters]
        first = next((i for i, p in enumerate(signature.parameters) if "Tensor" not in p.type or "?" in p.type), len(base))
        first = min(first, sum(base))
        for generics, parameters, plain, placed in signature.forms(first):
            hand = signature.handed(plain)
            out.append(f"  /// The function ``{name}`` of the library.\n")
            out.append(f"  public static func {name}{clause(generics)}({', '.join(parameters)}) -> {result} {{ ApusFunctional.{name}({hand}) }}\n")
            if signature.generics and placed != sum(base):
                # What the function itself takes without a label is given with one, or the call is the function's own.
                parameters = [p.split(" = ")[0] if placed == i < sum(base) else p for i, p in enumerate(parameters)]
                free.append(f"/// The function ``{name}`` with other arguments in their places.\npublic func {name}{clause(generics)}({', '.join(parameters)}) -> {result} {{ ApusFunctional.{name}({hand}) }}\n")
    out.append("  /// ``Tensor/pad(_:mode:value:)``.\n")
    out.append("  public static func pad(_ input: Tensor, _ pad: [Int], mode: PadMode = .constant, value: Double = 0) -> Tensor { input.pad(pad, mode: mode, value: value) }\n")
    out.append("  /// ``Tensor/prelu(_:)``.\n  public static func prelu(_ input: Tensor, _ weight: Tensor) -> Tensor { input.prelu(weight) }\n")
    out.append("}\n\n// Functions that take sizes, with their arguments in their places.\n\n")
    return "".join(out + free)


def init_file():
    """The initialisers with an underscore: as functions, and in `Init`."""
    text = (root / "Sources/ApusNN/Init.swift").read_text()
    listed = {True: [], False: []}
    for m in re.finditer(r"^  public static func (\w+)(?=\(\s*_ tensor)", text, re.M):
        name, signature = m.group(1), Signature(text, m.end())
        for generics, parameters, _, _ in signature.forms():
            if any(p.startswith("_ generator") for p in parameters):
                continue
            hand = ", ".join(p.handed() for p in signature.parameters).replace("tensor", "$0", 1)
            for inside in (True, False):
                hidden = "  @discardableResult public static func " if inside else "@discardableResult public func "
                target = "inPlace" if inside else "Init.inPlace"
                call = f"{name}({hand})" if inside else f"Init.{name}({hand})"
                if not inside:
                    parameters = [re.sub(r"\b(FanMode|Nonlinearity)\b", r"Init.\1", p) for p in parameters]
                listed[inside].append(f"/// ``Init/{name}`` of a parameter or buffer, in place.\n{hidden}{name}_({', '.join(parameters)}) -> Tensor {{ "
                                      f'{target}(tensor, "{name}") {{ {call} }} }}\n')
    return head + "import ApusCore\n\nextension Init {\n" + "".join(listed[True]) + "}\n\n" + "".join(listed[False])


def names_file():
    """`nn`: all public layers under PyTorch's names."""
    names = set()
    for path in sorted((root / "Sources/ApusNN").rglob("*.swift")):
        if path.parent.name == "Spellings":
            continue
        text = path.read_text()
        for m in re.finditer(r"^public (?:final class (\w+)(?=[:<])|typealias (\w+) = \w+<Spatial|protocol (Module)\b)", text, re.M):
            name = m.group(1) or m.group(2) or m.group(3)
            if m.group(1) and "<" == text[m.end()]:
                continue
            if not name.startswith(("Module", "Changeable")) or name in ("Module", "ModuleList"):
                names.add(name)
    out = [head, "import ApusCore\n\n/// PyTorch's `torch.nn`: the layers under that name.\npublic enum nn {\n"]
    for name in sorted(names):
        value = f"any ApusNN.{name}" if name == "Module" else f"ApusNN.{name}"
        if name == "Module":
            value = "ApusNN.Module"
        out.append(f"  /// ``ApusNN/{name}``.\n  public typealias {name} = {value}\n")
    out.append("  // swift-format-ignore: AlwaysUseLowerCamelCase\n  /// A tensor that a module trains: see ``parameter(_:requiresGrad:)``.\n"
               "  public static func Parameter(_ data: ApusCore.Tensor, requiresGrad: Bool = true) -> ApusCore.Tensor {\n"
               "    ApusCore.parameter(data, requiresGrad: requiresGrad)\n  }\n")
    out.append("  /// ``F``.\n  public typealias functional = F\n")
    out.append("  /// ``Init``, whose functions with an underscore write into a parameter.\n  public typealias `init` = Init\n")
    out.append("}\n")
    return "".join(out)


def formatted(text):
    run = subprocess.run(["swift", "format", "format", "--configuration", root / ".swift-format", "--assume-filename", "a.swift"], input=text,
                         capture_output=True, text=True, check=True)
    return run.stdout


failed = False
for name, text in [("Layers", layer_file()), ("Functional", functional_file()), ("Initialisers", init_file()), ("Names", names_file())]:
    path, text = folder / f"{name}.swift", formatted(text)
    if "--check" not in sys.argv:
        folder.mkdir(exist_ok=True)
        path.write_text(text)
    elif not path.exists() or path.read_text() != text:
        print(f"{path.relative_to(root)} is not what scripts/make-layer-spellings.py writes: run it", file=sys.stderr)
        failed = True
sys.exit(failed)
