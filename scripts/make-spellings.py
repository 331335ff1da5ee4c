#!/usr/bin/env python3
"""Writes Sources/ApusSpelling/Generated and the list that tests compile, from PyTorch's names (Tools/Spellings/operations.txt) and
the public operations of the library.

    scripts/make-spellings.py           writes the files
    scripts/make-spellings.py --check   fails if they differ from what would be written
"""
import itertools
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
modules = ["ApusCore", "ApusNumerics", "ApusFunctional"]
folder = root / "Sources/ApusSpelling/Generated"
listing = root / "Tools/Spellings/spelled.swift"
keywords = {"var", "repeat", "where", "in", "is", "as", "for", "if", "else", "let", "self"}
# In-place forms that change the shape: not of variables.
reshaping = {"squeeze", "unsqueeze", "t", "transpose", "swapaxes", "swapdims", "as_strided", "movedim", "moveaxis"}
# Operations of the table that operators or files by hand serve.
by_hand = set("add sub subtract mul multiply div divide true_divide neg negative positive to bool byte char short int long half float double "
              "bfloat16 cfloat cdouble chalf item numel is_complex is_floating_point zero fill requires_grad detach data "
              "bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_left_shift bitwise_right_shift rsub __getitem__ "
              "zeros ones full empty arange linspace logspace eye rand randn randint randperm zeros_like ones_like full_like empty_like "
              "rand_like randn_like randint_like tril_indices triu_indices new_zeros new_ones new_full new_empty copy uniform normal "
              "exponential geometric log_normal cauchy bernoulli random einsum where T H mT mH real imag size resize resize_as".split())


def split(text, separator=","):
    """Parts of `text` between separators that stand in no bracket."""
    parts, depth, part = [], 0, ""
    text = text.replace("->", "\1")
    for c in text:
        if c == separator and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            depth += (c in "([{<") - (c in ")]}>")
            part += c
    if part.strip():
        parts.append(part.strip())
    return [p.replace("\1", "->") for p in parts]


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(w[:1].upper() + w[1:] for w in rest)


def spelled(name):
    return f"`{name}`" if name in keywords else name


def key(name):
    return name.replace("_", "").replace("`", "").lower()


# Names of operators: (PyTorch's names, operator).
operators = [("add", "+"), ("sub subtract", "-"), ("mul multiply", "*"), ("div divide true_divide", "/"), ("bitwise_and", "&"), ("bitwise_or", "|"),
             ("bitwise_xor", "^"), ("bitwise_left_shift", "<<"), ("bitwise_right_shift", ">>")]
# What PyTorch fills in place: name, parameters, arguments as they are handed on, what happens to self.
fills = [
    ("add_", "_ other: Tensor, alpha: some ScalarConvertible", "other, alpha: alpha", 'change("add_") { $0.add(other, alpha: alpha) }'),
    ("sub_", "_ other: Tensor, alpha: some ScalarConvertible", "other, alpha: alpha", 'change("sub_") { $0.sub(other, alpha: alpha) }'),
    ("div_", "_ other: Tensor, roundingMode: RoundingMode", "other, roundingMode: roundingMode",
     'change("div_") { $0.div(other, roundingMode: roundingMode) }'),
    ("neg_", "", "", 'change("neg_") { -$0 }'),
    ("negative_", "", "", 'change("negative_") { -$0 }'),
    ("bitwiseNot_", "", "", 'change("bitwiseNot_") { ~$0 }'),
    ("zero_", "", "", 'change("zero_") { zerosLike($0) }'),
    ("fill_", "_ value: some ScalarConvertible", "value", 'change("fill_") { fullLike($0, value) }'),
    ("fill_", "value: some ScalarConvertible", "value: value", "fill_(value)"),
    ("fill_", "_ value: Tensor", "value", 'change("fill_") { zerosLike($0) + value }'),
    ("copy_", "_ source: Tensor", "source", "stored { $0.assign(source) }"),
    ("copy_", "_ source: Tensor, nonBlocking: Bool", "source, nonBlocking: nonBlocking", "copy_(source)"),
    ("bernoulli_", "_ p: Double = 0.5, generator: Generator = .default", "p, generator: generator", "stored { $0.bernoulli(p, generator: generator) }"),
    ("bernoulli_", "p: Double, generator: Generator = .default", "p: p, generator: generator", "bernoulli_(p, generator: generator)"),
    ("geometric_", "_ p: Double, generator: Generator = .default", "p, generator: generator", "stored { $0.geometric(p, generator: generator) }"),
    ("geometric_", "p: Double, generator: Generator = .default", "p: p, generator: generator", "geometric_(p, generator: generator)"),
    ("exponential_", "_ lambd: Double = 1, generator: Generator = .default", "lambd, generator: generator",
     "stored { $0.exponential(lambd, generator: generator) }"),
    ("exponential_", "lambd: Double, generator: Generator = .default", "lambd: lambd, generator: generator",
     "exponential_(lambd, generator: generator)"),
    ("random_", "_ from: Int, _ to: Int, generator: Generator = .default", "from, to, generator: generator",
     "stored { $0.random(from, to, generator: generator) }"),
    ("random_", "from: Int, to: Int, generator: Generator = .default", "from: from, to: to, generator: generator",
     "random_(from, to, generator: generator)"),
    ("random_", "_ to: Int, generator: Generator = .default", "to, generator: generator", "random_(0, to, generator: generator)"),
]
for name, source, first, last, defaults in [
    ("uniform_", "uniform", "from", "to", (0, 1)), ("normal_", "normal", "mean", "std", (0, 1)),
    ("logNormal_", "logNormal", "mean", "std", (1, 2)), ("cauchy_", "cauchy", "median", "sigma", (0, 1)),
]:
    fills += [
        (name, f"_ {first}: Double = {defaults[0]}, _ {last}: Double = {defaults[1]}, generator: Generator = .default",
         f"{first}, {last}, generator: generator", f"stored {{ $0.{source}({first}, {last}, generator: generator) }}"),
        (name, f"{first}: Double, {last}: Double = {defaults[1]}, generator: Generator = .default",
         f"{first}: {first}, {last}: {last}, generator: generator", f"{name}({first}, {last}, generator: generator)"),
        (name, f"{last}: Double, generator: Generator = .default", f"{last}: {last}, generator: generator",
         f"{name}({defaults[0]}, {last}, generator: generator)"),
        (name, f"_ {first}: Double, {last}: Double, generator: Generator = .default", f"{first}, {last}: {last}, generator: generator",
         f"{name}({first}, {last}, generator: generator)"),
    ]


class Parameter:
    """label is None where the argument stands without one; names are those that PyTorch and the declaration give."""

    def __init__(self, label, name, type, default=None):
        self.label, self.name, self.type, self.default = label, name, type, default

    @property
    def kind(self):
        """What tells calls apart."""
        return re.sub(r"[()?]|any |some ", "", self.type)

    def text(self, label, required=False, default=None):
        label = label and spelled(label) if label in ("var", "let", "inout") else label
        head = "_ " + spelled(self.name) if label is None else (label if label == self.name else f"{label} {spelled(self.name)}")
        return f"{head}: {self.type}" + ("" if required or self.default is None else f" = {self.default}")


class Declaration:
    def __init__(self, module, name, method, parameters, result, consuming, mutating):
        self.module, self.name, self.method, self.parameters = module, name, method, parameters
        self.result, self.consuming, self.mutating = result, consuming, mutating
        self.original = self
        self.adapt = {}  # name of a parameter -> how its argument is handed on


tuples = {}  # (name, labels and types of parameters) -> the result of the overload that gives a tuple


def declarations():
    found = []
    pattern = re.compile(r"^( *)((?:@\w+(?:\([^)]*\))?\s+)*)public ((?:static |mutating |consuming |nonmutating )*)func (`?\w+`?)(<[^(]*>)?\(", re.M)
    for module in modules:
        for path in sorted((root / "Sources" / module).rglob("*.swift")):
            text = path.read_text()
            contexts = [(m.start(), m[1]) for m in re.finditer(r"^(?:(?:public |package |private )?(?:extension|struct|enum|final class|class|protocol) (\w+)|\})", text, re.M)]
            for m in pattern.finditer(text):
                context = None
                for start, name in contexts:
                    if start < m.start():
                        context = name
                if m[5] or "static" in m[3] or "unavailable" in m[2] or (context not in (None, "Tensor")) or (m[1] == "") != (context is None):
                    continue
                depth, end = 1, m.end()
                while depth:
                    depth += (text[end] in "([{") - (text[end] in ")]}")
                    end += 1
                tail = re.match(r"\s*((?:throws(?:\(\w+\))?)?)\s*(?:->\s*([^{]*))?", text[end:])
                if tail[1]:
                    continue
                parameters = []
                for part in split(re.sub(r"//[^\n]*", "", text[m.end():end - 1])):
                    q = re.match(r"(?:(`?\w+`?)\s+)?(`?\w+`?)\s*:\s*(.*?)(?:\s+=\s+(.*))?$", " ".join(part.split()))
                    label, name = q[1] or q[2], q[2].strip("`")
                    parameters.append(Parameter(None if label == "_" else label.strip("`"), name, q[3], q[4]))
                result = " ".join((tail[2] or "").split())
                if "_disfavoredOverload" in m[2]:
                    # The same operation with a tuple for its result, to be taken apart: it follows its preferred form.
                    tuples[m[4], tuple((p.label, p.type) for p in parameters)] = result
                    continue
                found.append(Declaration(module, m[4].strip("`"), context == "Tensor", parameters, result, "consuming" in m[3], "mutating" in m[3]))
    return found


def tuple_result(declaration):
    d = declaration.original
    return tuples.get((spelled(d.name), tuple((p.label, p.type) for p in d.parameters)))


Declaration.tuple_result = property(tuple_result)


class Operation:
    def __init__(self, line):
        name, forms, aliases, signatures = (part.strip() for part in line.split("|", 3))
        self.name, self.forms, self.aliases = name, set(forms.split()), aliases.split()
        self.signatures = []
        for signature in split(signatures, ";"):
            items = []
            for p in split(signature):
                q = re.match(r"(\*|\w+)(?:: (\S+))?(?: = (.*))?$", p)
                items.append((q[1], q[2] or "", q[3]))
            self.signatures.append(items)


def operations():
    lines = (root / "Tools/Spellings/operations.txt").read_text().splitlines()
    return [Operation(l) for l in lines if l and not l.startswith("#")]


def arguments(declaration, operation):
    """The parameters behind the tensor itself, in PyTorch's order: (parameter, PyTorch's label, may stand without a label)."""
    own = declaration.parameters if declaration.method else declaration.parameters[1:]
    best, best_score = None, None
    for signature in operation.signatures:
        items = signature[1:] if signature and signature[0][0] != "*" else signature
        plain = list(itertools.takewhile(lambda i: i[0] != "*", items))
        named = [i for i in items if i[0] != "*"]
        match, named_alike = {}, 0
        for p in own:
            for item in named:
                if key(item[0]) in (key(p.name), key(p.label or "")) and item[0] not in match.values():
                    match[p] = item[0]
                    named_alike += 1
                    break
        for position, p in enumerate(own):
            if p not in match and p.label is None and position < len(plain) and plain[position][0] not in match.values():
                match[p] = plain[position][0]
        missing = sum(1 for item in named if item[2] is None and item[0] not in match.values())
        score = 3 * len(match) + 0.5 * named_alike - 2 * missing - 0.1 * len(named)
        if best is None or score > best_score:
            best, best_score = (named, plain, match), score
    if best is None:
        return [(p, p.name if p.label is None else p.label, p.label is None) for p in own], {}
    named, plain, match = best
    inverse = {torch: p for p, torch in match.items()}
    result = []
    for item in itertools.takewhile(lambda i: i[0] in inverse, plain):
        result.append((inverse[item[0]], camel(item[0]), True))
    placed = {p for p, _, _ in result}
    for p in own:
        if p not in placed:
            result.append((p, camel(match[p]) if p in match else (p.label or p.name), False))
    return result, {inverse[i[0]]: i[1] for i in named if i[0] in inverse}


class Form:
    """A way to write a call: `positional` arguments without labels, then others, of which some may be left out."""

    def __init__(self, positional, labelled):
        self.positional, self.labelled = positional, labelled  # [Parameter, needed], [(Parameter, label, needed)]

    def calls(self):
        """All calls that it serves."""
        kinds = [p.kind for p, _ in self.positional]
        least = max([i + 1 for i, (_, needed) in enumerate(self.positional) if needed], default=0)
        needed = [(l, p.kind) for p, l, n in self.labelled]
        free = [i for i, (_, _, n) in enumerate(self.labelled) if not n]
        for left_out in itertools.chain.from_iterable(itertools.combinations(free, n) for n in range(len(free) + 1)):
            labels = tuple(x for i, x in enumerate(needed) if i not in left_out)
            for count in range(least, len(kinds) + 1):
                yield (tuple(kinds[:count]), labels)


def own_form(declaration):
    own = declaration.parameters if declaration.method else declaration.parameters[1:]
    head = list(itertools.takewhile(lambda p: p.label is None, own))
    # What stands before an argument that must be there cannot be left out: `norm(1)` is p.
    return Form([(p, any(q.default is None for q in head[i:])) for i, p in enumerate(head)], [(p, p.label or p.name, p.default is None) for p in own[len(head):]])


def forms(declaration, arguments):
    """Candidates, the declaration's own first: each count of arguments without labels, with the declaration's labels and PyTorch's."""
    yield own_form(declaration)
    chain = list(itertools.takewhile(lambda a: a[2], arguments))
    for labels in (0, 1):
        for count in range(len(chain) + 1):
            rest = arguments[count:]
            yield Form(
                [(p, True) for p, _, _ in chain[:count]],
                [(p, (p.label or torch) if labels == 0 else torch, p.default is None) for p, torch, _ in rest])


def uncovered(form, covered):
    """The form, or forms with fewer arguments to leave out, that serve only calls that nothing serves yet."""
    calls = set(form.calls())
    if not calls & covered:
        return [form] if calls else []
    if calls <= covered:
        return []
    labelled = form.labelled
    known = {label for _, labels in covered for label, _ in labels}
    # Labels that are new first: what must be there then is what the calls are new for.
    for i, (p, label, needed) in sorted(enumerate(labelled), key=lambda item: item[1][1] in known):
        if not needed:
            without = Form(form.positional, labelled[:i] + labelled[i + 1:])
            with_it = Form(form.positional, labelled[:i] + [(p, label, True)] + labelled[i + 1:])
            return uncovered(with_it, covered) + uncovered(without, covered)
    return []


class Writer:
    def __init__(self):
        self.functions, self.methods, self.changes, self.constants = [], [], [], []
        self.covered = {}
        self.names = {}

    def cover(self, kind, name, form):
        self.covered.setdefault((kind, name), set()).update(form.calls())

    def write(self, kind, name, declaration, form, operation):
        covered = self.covered.setdefault((kind, name), set())
        for form in uncovered(form, covered):
            covered.update(form.calls())
            self.emit(kind, name, declaration, form, operation)

    def emit(self, kind, name, d, form, operation):
        used = {p for p, _ in form.positional} | {p for p, _, _ in form.labelled}
        texts = [p.text(None, needed) for p, needed in form.positional] + [p.text(l, needed) for p, l, needed in form.labelled]
        own = d.parameters if d.method else d.parameters[1:]
        handed = []
        for p in own:
            if p in used:
                value = d.adapt.get(p.name, "{}").format(spelled(p.name))
                handed.append(value if p.label is None else f"{p.label}: {value}")
            elif p.label is None:
                handed.append(p.default)
        receiver = "self" if kind == "method" else "$0" if kind in ("change", "constant") else "input"
        if d.method:
            call = f"{receiver}.{spelled(d.name)}({', '.join(handed)})"
        else:
            first = d.parameters[0]
            head = receiver if first.label is None else f"{first.label}: {receiver}"
            call = f"{d.module}.{spelled(d.name)}({', '.join([head] + handed)})"
        source = "".join(f"{p.label or '_'}:" for p in d.parameters)
        doc = f"/// PyTorch's `{operation.name}`: see ``{'Tensor/' if d.method else ''}{d.name}({source})``."
        result = f" -> {d.result}" if d.result else ""
        used_name = spelled(name)
        first = "".join(re.sub(r"\W", "", t) for t in texts)
        minimal = [(p, None) for p, n in form.positional if n] + [(p, l) for p, l, n in form.labelled if n]
        typed = ", ".join(f"a{i}: {p.type}" for i, (p, _) in enumerate(minimal))
        passed = ", ".join(f"a{i}" if l is None else f"{l}: a{i}" for i, (_, l) in enumerate(minimal))
        twin = d.tuple_result
        if kind == "function":
            convention = "consuming " if d.consuming and d.method else ""
            self.functions.append(f"{doc}\n@inlinable @inline(__always)\npublic func {used_name}({', '.join([f'_ input: {convention}Tensor'] + texts)}){result} {{ {call} }}\n")
            if twin:
                self.functions.append(f"{doc}\n@_disfavoredOverload @inlinable @inline(__always)\npublic func {used_name}({', '.join(['_ input: Tensor'] + texts)}) -> {twin} {{ {call} }}\n")
            self.note("function", name, typed, f"{used_name}({', '.join(['x'] + ([passed] if passed else []))})")
        elif kind == "method":
            convention = "consuming " if d.consuming and d.method else ""
            self.methods.append(f"  {doc}\n  @inlinable @inline(__always)\n  public {convention}func {used_name}({', '.join(texts)}){result} {{ {call} }}\n")
            if twin:
                self.methods.append(f"  {doc}\n  @_disfavoredOverload @inlinable @inline(__always)\n  public func {used_name}({', '.join(texts)}) -> {twin} {{ {call} }}\n")
            self.note("method", name, typed, f"x.{used_name}({passed})")
        else:
            keeps = "" if key(operation.name) not in {key(n) for n in reshaping} else ", reshapes: true"
            doc = f"/// PyTorch's `{operation.name}_`, the in-place form of ``{'Tensor/' if d.method else ''}{d.name}({source})``."
            passing = ", ".join([spelled(p.name) for p, _ in form.positional] + [f"{l}: {spelled(p.name)}" for p, l, _ in form.labelled])
            self.change(doc, name, ", ".join(texts), passing, f"change(\"{name}\"{keeps}) {{ {call} }}")
            self.note("inplace", name, typed, f"x.{name}({passed})")

    def change(self, doc, name, parameters, passing, body):
        self.changes.append(f"  {doc}\n  @discardableResult\n  public mutating func {name}({parameters}) -> Tensor {{ {body} }}\n")
        self.constants.append(
            f"  {doc}\n  @_disfavoredOverload @discardableResult\n  public func {name}({parameters}) -> Tensor {{ self.changeVariable(\"{name}\") {{ $0.{name}({passing}) }} }}\n")

    def note(self, kind, name, typed, call):
        if (kind, name) not in self.names or len(typed) < len(self.names[kind, name][0]):
            self.names[kind, name] = (typed, call)


def singled(declaration, parameter):
    """The declaration with one number in place of a list."""
    twin = Declaration(declaration.module, declaration.name, declaration.method, [], declaration.result, declaration.consuming, False)
    twin.original = declaration.original
    for p in declaration.parameters:
        twin.parameters.append(Parameter(p.label, p.name, "Int", None) if p is parameter else p)
    twin.adapt[parameter.name] = "[{}]"
    return twin


def make():
    found = [d for d in declarations() if not d.mutating]
    writer = Writer()
    by_name = {}
    for d in found:
        if d.method or (d.parameters and d.parameters[0].type.replace("consuming ", "") == "Tensor"):
            by_name.setdefault(key(d.name), []).append(d)
        writer.cover("method" if d.method else "function", d.name, own_form(d) if d.method or d.parameters else Form([], []))
    lists = [d for d in found if not d.method and d.parameters and d.parameters[0].type == "[Tensor]"]
    missing = []
    for operation in operations():
        if operation.name in by_hand:
            continue
        names = [operation.name] + operation.aliases
        sources = next((by_name[key(n)] for n in names if key(n) in by_name), [])
        tensors = [d for d in lists if key(d.name) in map(key, names)]
        for d in tensors[:1]:
            own, _ = arguments(d, operation)
            for name in dict.fromkeys([d.name] + [camel(n) for n in names]):
                for form in forms(d, own):
                    listed(writer, name, d, form, operation)
        if not sources:
            if not tensors:
                missing.append(operation.name)
            continue
        origins = []
        for d in sources:
            if any("..." in p.type for p in d.parameters):
                continue
            own, types = arguments(d, operation)
            if operation.signatures and any(p.label and p.default is None and p not in types for p, _, _ in own):
                continue
            origins.append((d, own))
            for p, torch in types.items():
                alone = sum(1 for kind in types.values() if kind.rstrip("?") in ("int[1]", "SymInt[1]")) <= 1
                one = torch.rstrip("?") in ("int[1]", "SymInt[1]") or any(
                    key(item[0]) == key(label) and item[1] == "int" for s in operation.signatures for item in s for q, label, _ in own if q is p)
                if alone and p.type in ("[Int]", "[Int]?") and one:
                    twin = singled(d, p)
                    has = any(o is not d and len(o.parameters) == len(d.parameters) and all(
                        a.type == ("Int" if b is p else b.type) for a, b in zip(o.parameters, d.parameters)) for o in sources)
                    if not has:
                        origins.append((twin, arguments(twin, operation)[0]))
        names = list(dict.fromkeys([origins[0][0].name] + [camel(n) for n in names])) if origins else []
        for name in names:
            for kind, wanted in (("method", "method"), ("function", "function")):
                if wanted not in operation.forms and not (kind == "method" and name == origins[0][0].name and origins[0][0].method):
                    continue
                for d, own in sorted(origins, key=lambda o: o[0].method != (kind == "method")):
                    for form in forms(d, own):
                        writer.write(kind, name, d, form, operation)
            if "inplace" in operation.forms and name + "_" != "where_":
                for d, own in origins:
                    if d.result == "Tensor":
                        for form in forms(d, own):
                            writer.write("change", name + "_", d, form, operation)
    for names, sign in operators:
        torch = names.split()[0]
        for name in map(camel, names.split()):
            doc = f"/// PyTorch's `{torch}`: the operator `{sign}`."
            for type in ("Tensor", "some ScalarConvertible"):
                writer.methods.append(f"  {doc}\n  @inlinable @inline(__always)\n  public func {name}(_ other: {type}) -> Tensor {{ self {sign} other }}\n")
                writer.functions.append(
                    f"{doc}\n@inlinable @inline(__always)\npublic func {name}(_ input: Tensor, _ other: {type}) -> Tensor {{ input {sign} other }}\n")
                body = f"self {sign}= other; return self" if sign in "+-*/" else f'change("{name}_") {{ $0 {sign} other }}'
                writer.change(f"/// PyTorch's `{torch}_`: the operator `{sign}=`.", name + "_", f"_ other: {type}", "other", body)
            writer.note("method", name, "", f"x.{name}(x)")
            writer.note("function", name, "", f"{name}(x, x)")
            writer.note("inplace", name + "_", "", f"x.{name}_(1)")
    for name, parameters, passing, body in fills:
        writer.change(f"/// PyTorch's `{name}`.", name, parameters, passing, body)
        writer.note("inplace", name, "", f"x.{name}({'x' if name == 'copy_' else '1' if name in ('fill_', 'random_') else '0.5' if name == 'geometric_' else 'x, alpha: 1' if 'alpha' in passing else 'x, roundingMode: .floor' if 'rounding' in passing else ''})")
    return writer, missing


def hint_lines(table, made):
    """PyTorch's names with an underscore in the middle, which say how they are written here."""
    methods, functions = {}, {}
    for operation in table:
        for name in [operation.name] + operation.aliases:
            for snake, kind, into in ((name, "method", methods), (name, "function", functions), (name + "_", "inplace", methods)):
                bare = snake[:-1] if kind == "inplace" else snake
                if "_" not in bare.strip("_") or snake.startswith("_"):
                    continue
                right = camel(bare) + ("_" if kind == "inplace" else "")
                if kind in operation.forms and (kind, right) in made:
                    into[snake] = right
    for snake in ("new_zeros", "new_ones", "new_full", "new_empty", "requires_grad", "requires_grad_", "retain_grad", "register_hook", "grad_fn",
                  "is_leaf", "type_as", "element_size", "is_contiguous", "log_normal_", "masked_fill_", "bitwise_not"):
        methods[snake] = camel(snake.rstrip("_")) + ("_" if snake.endswith("_") else "")
    for snake in ("zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like", "randint_like", "tril_indices", "triu_indices",
                  "no_grad", "manual_seed", "is_tensor", "as_tensor", "from_numpy", "inference_mode", "set_default_dtype", "set_printoptions",
                  "is_grad_enabled", "clip_grad_norm_", "cartesian_prod", "broadcast_tensors", "block_diag", "log_softmax"):
        functions[snake] = camel(snake.rstrip("_"))
    functions["set_printoptions"], functions["from_numpy"] = "setPrintOptions", "Tensor"
    return methods, functions


def listed(writer, name, d, form, operation):
    """A function of a list of tensors: `cat(tensors, 1)`."""
    covered = writer.covered.setdefault(("function", name), set())
    for form in uncovered(form, covered):
        covered.update(form.calls())
        first = d.parameters[0]
        used = {p for p, _ in form.positional} | {p for p, _, _ in form.labelled}
        texts = [f"_ tensors: [Tensor]"] + [p.text(None, n) for p, n in form.positional] + [p.text(l, n) for p, l, n in form.labelled]
        handed = ["tensors"] + [(spelled(p.name) if p.label is None else f"{p.label}: {spelled(p.name)}") for p in d.parameters[1:] if p in used]
        source = "".join(f"{p.label or '_'}:" for p in d.parameters)
        writer.functions.append(
            f"/// PyTorch's `{operation.name}`: see ``{d.name}({source})``.\n@inlinable @inline(__always)\n"
            f"public func {spelled(name)}({', '.join(texts)}) -> {d.result} {{ {d.module}.{spelled(d.name)}({', '.join(handed)}) }}\n")


def header(what):
    return ("// swift-format-ignore-file\n"
            f"// {what} Written by scripts/make-spellings.py; change the table or the script, not this file.\n\n"
            "import ApusCore\nimport ApusFunctional\nimport ApusNumerics\n\n")


def files():
    writer, missing = make()
    out = {
        folder / "Functions.swift": header("Functions beside methods.") + "\n".join(writer.functions),
        folder / "Methods.swift": header("Methods beside functions, and labels as PyTorch has them.")
        + "extension Tensor {\n" + "\n".join(writer.methods) + "}\n",
        folder / "InPlace.swift": header("Names with an underscore at the end.")
        + "extension Tensor {\n" + "\n".join(writer.changes) + "}\n\n"
        + "// Of a tensor that is no `var`: its elements change if it is a variable.\nextension TensorHandle where Self == Tensor {\n" + "\n".join(writer.constants) + "}\n",
    }
    methods, functions = hint_lines(operations(), writer.names)
    declared = lambda indent, names: "".join(
        f"{indent}@available(*, unavailable, message: \"names are written without underscores here: {right}\")\n"
        f"{indent}public var {snake}: Misspelt {{ Misspelt() }}\n" for snake, right in sorted(names.items()))
    out[folder / "Underscores.swift"] = header("What PyTorch's names with underscores are here, said by the compiler.") + declared("", functions) + (
        "\nextension Tensor {\n" + declared("  ", methods) + "}\n")
    lines = ["// swift-format-ignore-file", "// Each name of PyTorch's that the library has, written once. Written by scripts/make-spellings.py.", "",
             "import Apus", ""]
    number = 0
    for (kind, name), (typed, call) in sorted(writer.names.items()):
        receiver = "x: inout Tensor" if kind == "inplace" else "x: Tensor"
        typed = re.sub(r"some SpatialSize|some ConvolutionPadding", "Int", typed).replace("some ScalarConvertible", "Double")
        lines.append(f"func f{number}(_ {receiver}{', ' + typed if typed else ''}) {{ _ = {call} }}")
        number += 1
    out[listing] = "\n".join(lines) + "\n"
    return out, missing, writer


def main():
    out, missing, writer = files()
    if "--missing" in sys.argv:
        print(" ".join(missing))
        return
    stale = [p for p, text in out.items() if not p.exists() or p.read_text() != text]
    if "--check" in sys.argv:
        if stale:
            sys.exit("make-spellings: not as the script writes them; run scripts/make-spellings.py:\n  " + "\n  ".join(str(p.relative_to(root)) for p in stale))
        return
    for p in stale:
        p.parent.mkdir(parents=True, exist_ok=True)
        p.write_text(out[p])
    print(f"functions {len(writer.functions)}, methods {len(writer.methods)}, in-place {len(writer.changes)}")


main()
