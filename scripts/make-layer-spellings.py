#!/usr/bin/env python3
"""Writes Sources/ApusNN/Spellings from the layers and functions that PyTorch calls with arguments in their places.

A layer states one initialiser, all of whose arguments have labels. PyTorch's take the first ones without a label as well, any
number of them: each such form is one line here. `F` and `nn` are PyTorch's names for the functions and for the layers.

    scripts/make-layer-spellings.py           writes the files
    scripts/make-layer-spellings.py --check   fails if they differ from what would be written
"""
import re
import sys

sys.dont_write_bytecode = True
from signatures import Parameter, Signature, clause, root, split, write


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
    out = ["import ApusCore\nimport ApusFunctional\nimport ApusNumerics\n"]
    for name, signature in layers():
        out.append(f"\nextension {name} {{\n")
        for generics, parameters, plain, _ in signature.forms():
            hand = signature.handed(plain)
            out.append("  /// The arguments in PyTorch's order, the first ones without labels.\n")
            out.append(f"  public convenience init{clause(generics)}({', '.join(parameters)}) {{ self.init({hand}) }}\n")
        out += activation_forms(signature)
        out.append("}\n")
    return "".join(out)


def activation_forms(signature):
    """The forms with a function or a layer for what stands between two linear layers: no type takes both and a name."""
    place = next((i for i, p in enumerate(signature.parameters) if p.type == "TransformerActivation"), None)
    if place is None:
        return
    hand = ", ".join(f"{p.word}: TransformerActivation({p.name})" if i == place else p.handed() for i, p in enumerate(signature.parameters))
    for kind, type in ("function", "@escaping @Sendable (Tensor) -> Tensor"), ("layer", "any Layer"):
        for placed in range(place + 2):
            texts = [p.written(i < placed) for i, p in enumerate(signature.parameters)]
            texts[place] = f"{'_ ' if place < placed else ''}{signature.parameters[place].name}: {type}"
            yield f"  /// With a {kind} between the linear layers.\n"
            yield f"  public convenience init({', '.join(texts)}) {{ self.init({hand}) }}\n"


def call_file():
    """Calls of modules whose `forward` has labels: with more arguments in their places, and with none."""
    out = ["import ApusCore\n"]
    for path in sorted((root / "Sources/ApusNN/Layers").glob("*.swift")):
        text = path.read_text()
        places = [(m.start(), m.group(1), "forward") for m in re.finditer(r"^@Module\npublic (?:final )?class (\w+)", text, re.M)]
        places += [(m.start(), m.group(1), "callAsFunction") for m in re.finditer(r"^extension (\w+) \{", text, re.M)]
        for start, name, function in places:
            body = text[start : text.index("\n}\n", start)]
            for m in re.finditer(rf"^  public func {function}(?=\()", body, re.M):
                signature = Signature(body, m.end())
                base = sum(p.label == "_" for p in signature.parameters)
                if base == len(signature.parameters):
                    continue
                result = re.match(r"\s*->\s*([^{]+?)\s*\{", body[signature.end :]).group(1)
                hand = ", ".join(p.handed() for p in signature.parameters)
                out.append(f"\nextension {name} {{\n")
                for placed in [0, *range(base + 1, len(signature.parameters) + 1)]:
                    listed = ", ".join(p.written(i < placed) for i, p in enumerate(signature.parameters))
                    out.append(f"  /// The call with {'other arguments in their places' if placed else 'labels only'}.\n")
                    out.append(f"  public func callAsFunction({listed}) -> {result} {{ self({hand}) }}\n")
                out.append("}\n")
    return "".join(out)


def functions():
    """`(name, signature, result)` of the functions of `nn.functional`, once per signature."""
    found, seen = [], set()
    names = ["Attention/Attention", "Attention/Dropout", "Attention/Embedding", "Attention/Gumbel", "Attention/MultiHeadAttention"]
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
    out = ["import ApusCore\nimport ApusFunctional\nimport ApusNumerics\n\n"]
    free = []
    out.append("/// PyTorch's `torch.nn.functional`, which its users import as `F`: the functions of the library under that name.\n")
    out.append("public enum F {\n")
    for name, text in settings.items():
        own = [Parameter(p) for p in split(text)]
        hand = ", ".join(f"{p.name}: {p.name}" for p in own)
        extra = [Parameter("inplace: Bool = false")] if name in inplace else []
        if own + extra:
            out.append(f"  /// ``Tensor/{name}``, as a function of one argument.\n")
            out.append(f"  public static func {name}(_ input: Tensor) -> Tensor {{ input.{name}() }}\n")
        for placed in range(len(own) + len(extra) + 1):
            listed = "".join(", " + p.written(i < placed) for i, p in enumerate(own + extra))
            out.append(f"  /// ``Tensor/{name}``; `inplace` has no effect on a value.\n" if extra else f"  /// ``Tensor/{name}``.\n")
            out.append(f"  public static func {name}(_ input: Tensor{listed}) -> Tensor {{ input.{name}({hand}) }}\n")
    for name, signature, result in functions():
        base = [p.label == "_" for p in signature.parameters]
        first = next((i for i, p in enumerate(signature.parameters) if "Tensor" not in p.type or "?" in p.type), len(base))
        first = min(first, sum(base))
        for generics, parameters, plain, placed in signature.forms(first):
            # Nobody counts to twenty.
            if len(base) > 15 and placed != sum(base):
                continue
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
    return "import ApusCore\n\nextension Init {\n" + "".join(listed[True]) + "}\n\n" + "".join(listed[False])


def names_file():
    """`nn`: all public layers under PyTorch's names."""
    names = set()
    for path in sorted((root / "Sources/ApusNN").rglob("*.swift")):
        if path.parent.name == "Spellings":
            continue
        text = path.read_text()
        for m in re.finditer(r"^public (?:final class (\w+)(?=[:<]| \{)|typealias (\w+) = \w+<Spatial|protocol (Module)\b)", text, re.M):
            name = m.group(1) or m.group(2) or m.group(3)
            if m.group(1) and "<" == text[m.end()]:
                continue
            if not name.startswith(("Module", "Changeable")) or name in ("Module", "ModuleList"):
                names.add(name)
    out = ["import ApusCore\n\n/// PyTorch's `torch.nn`: the layers under that name.\npublic enum nn {\n"]
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


folder = "Sources/ApusNN/Spellings"
write("make-layer-spellings.py", {
    f"{folder}/Layers.swift": layer_file(), f"{folder}/Functional.swift": functional_file(),
    f"{folder}/Calls.swift": call_file(), f"{folder}/Initialisers.swift": init_file(), f"{folder}/Names.swift": names_file(),
})
