#!/usr/bin/env python3
"""Writes the forms of optimisers, schedules and loaders that PyTorch's users write, each of which calls the one initialiser.

An optimiser takes its learning rate and what follows without labels, parameters under `params:`, groups under `groups:`,
parameters with their names, and a learning rate or betas in tensors; a schedule its first arguments without labels, and `baseLr`, `TMax` and `T_max` for what is `baseLR`
and `tMax` in Swift; a loader its batch size without a label, and its dataset with one.

    scripts/make-training-spellings.py           writes the files
    scripts/make-training-spellings.py --check   fails if they differ from what would be written
"""
import re
import sys

sys.dont_write_bytecode = True
from signatures import Parameter, Signature, clause, root, write

# What PyTorch takes by its name alone: these and what follows.
named_only = {"maximize", "foreach", "decoupledWeightDecay"}
# Optimisers whose betas PyTorch takes in tensors too.
tensor_betas = {"Adam", "AdamW"}
# More arguments than these nobody writes without their names.
most = 3


def initialisers(folder):
    """`(class, first public initialiser)` of the classes that stand in `folder`."""
    for path in sorted((root / folder).glob("*.swift")):
        text = path.read_text()
        places = [(m.start(), m.group(1)) for m in re.finditer(r"^public (?:final )?class (\w+)", text, re.M)]
        for (start, name), end in zip(places, [p for p, _ in places[1:]] + [len(text)]):
            if m := re.search(r"^  public (?:convenience )?init(?=\()", text[start:end], re.M):
                yield name, Signature(text, start + m.end())


def form(text, parameters, hand, attribute=""):
    return f"  /// {text}\n{attribute}  public convenience init({', '.join(parameters)}) {{ self.init({hand}) }}\n"


def in_tensors(owner, word, options):
    """The form that takes the option `word` in a tensor, or in two."""
    ways = "".join(f", {p.name}: {p.name}" for p in options if p.name in ("foreach", "capturable"))
    written, hand = [], []
    for p in options:
        if p.word == word:
            kind = p.type.replace("Double", "Tensor")
            written.append(f"{p.word}: {kind}")
            hand.append(f'{p.word}: tensorOption({p.name}, "{word}", of: "{owner}"{ways})')
        else:
            written.append(p.written(False))
            hand.append(p.handed())
    return form(f"`{word}` in tensors, whose present numbers count.", ["_ parameters: some ParameterSource"] + written,
                f"parameters, {', '.join(hand)}", "  @_disfavoredOverload  // `.nan` and `.infinity` are numbers first\n")


def optimizers():
    sources = [("_ parameters: some ParameterSource", ""), ("params parameters: some ParameterSource", "`params:`."),
               ("groups parameters: [ParameterGroup]", "Groups; what one leaves out is given here."),
               ("_ parameters: some Sequence<(name: String, tensor: Tensor)>", "`model.namedParameters()`.")]
    out = ["import ApusCore\n"]
    for name, signature in initialisers("Sources/ApusOptim/Optimizers"):
        options = signature.parameters[1:]
        count = min(most, next((i for i, p in enumerate(options) if p.word in named_only), len(options)))
        hand = ", ".join(p.handed() for p in options)
        out.append(f"\nextension {name} {{\n")
        for source, text in sources:
            value = "[ParameterGroup(named: parameters)]" if "Sequence" in source else "parameters"
            # A source with a label is followed by labels, as in Python; the first of these forms is the initialiser itself.
            for placed in range(0 if text else 1, count + 1 if source[0] == "_" else 1):
                places = [p.written(i < placed) for i, p in enumerate(options)]
                what = text or "The arguments in PyTorch's order, the first ones without labels."
                out.append(form(what, [source] + places, f"{value}, {hand}"))
        out.append(in_tensors(name, "lr", options))
        if name in tensor_betas:
            out.append(in_tensors(name, "betas", options))
        out.append("}\n")
    return "".join(out)


def respelled(parameter, way):
    """The parameter with its label in another spelling."""
    label = way(parameter.label)
    text = f"{label} {parameter.name}: {parameter.type}" + (f" = {parameter.default}" if parameter.default else "")
    return parameter if label == parameter.label else Parameter(text)


# Spellings of labels beside the Swift one: baseLR as baseLr; tMax and t0 as TMax and T0, and as T_max and T_0.
ways = [lambda w: re.sub("LR$", "Lr", w), lambda w: re.sub("^t(?=[A-Z0-9])", "T", w),
        lambda w: re.sub("^t(?=[A-Z0-9])(.*)", lambda m: "T_" + m[1].lower(), w)]


def schedules():
    out = ["import ApusCore\nimport ApusNN\n"]
    for name, signature in initialisers("Sources/ApusOptim/Schedules"):
        if signature.parameters[0].name != "optimizer" or any("->" in p.type for p in signature.parameters):
            continue
        options = signature.parameters[1:]
        hand = ", ".join(p.handed() for p in signature.parameters)
        forms = [[p.written(i < placed) for i, p in enumerate(options)] for placed in range(1, min(most, len(options)) + 1)]
        for way in ways:
            changed = [respelled(p, way) for p in options]
            new = [p for p in changed if p not in options]
            # One of another spelling has to be there: else the initialiser itself is meant.
            if new and all(p.default for p in new):
                new[0].default = None
            forms += [[p.written(False) for p in changed]] if new else []
        if forms:
            out.append(f"\nextension {name} {{\n")
            out += [form("As PyTorch's users write it.", ["_ optimizer: Optimizer"] + f, hand) for f in forms]
            out.append("}\n")
    return "".join(out)


def loaders():
    """Of all initialisers that take a dataset or examples and a batch size."""
    path = root / "Sources/ApusData/DataLoaderSources.swift"
    text = path.read_text()
    out = ["import ApusCore\n\nextension DataLoader {\n"]
    for m in re.finditer(r"^  (@_disfavoredOverload )?public init(?=[<(])", text, re.M):
        signature = Signature(text, m.end())
        bound = " ".join(re.match(r"[^{]*", text[signature.end :]).group(0).split())
        first, second = signature.parameters[:2]
        hand = ", ".join(p.handed() for p in signature.parameters)
        rest = [p.written(False) for p in signature.parameters[2:]]
        forms = [[f"_ {first.name}: {first.type}", second.written(True)]]
        if first.name == "dataset":
            forms.append([f"dataset: {first.type}", second.written(False)])
        for f in forms:
            out.append(f"  /// As PyTorch's users write it.\n  {m.group(1) or ''}public init{clause(signature.generics)}({', '.join(f + rest)}) {bound} "
                       f"{{ self.init({hand}) }}\n")
    return "".join(out) + "}\n"


write("make-training-spellings.py", {
    "Sources/ApusOptim/Spellings/Optimizers.swift": optimizers(), "Sources/ApusOptim/Spellings/Schedules.swift": schedules(),
    "Sources/ApusData/Spellings/Loaders.swift": loaders(),
})
