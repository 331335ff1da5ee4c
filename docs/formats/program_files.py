"""Reads program files (.apus) and runs them with NumPy alone: an executable description of the format.

    import numpy, program_files
    program = program_files.Program("digits.apus")
    print(program.inputs, program.outputs)
    logits = program({"image": numpy.zeros((1, 1, 28, 28), "float32")})["logits"]

It has the operations of common networks, branches and loops; another one is a KeyError with its name. See program-files.md.
"""
import json, math, struct, zlib
import numpy as np

erf = np.vectorize(math.erf, otypes=[np.float64])
sigmoid = lambda x: 1 / (1 + np.exp(-x))
UNARY = {
    "exp": np.exp, "expm1": np.expm1, "log": np.log, "log1p": np.log1p, "sigmoid": sigmoid,
    "relu": lambda x: np.maximum(x, 0), "silu": lambda x: x * sigmoid(x),
    "gelu": lambda x: 0.5 * x * (1 + erf(x / math.sqrt(2))), "erf": erf,
    "geluTanh": lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "softplus": lambda x: np.logaddexp(x, 0), "isnan": np.isnan, "isinf": np.isinf, "isfinite": np.isfinite,
    "not": np.logical_not, "sin": np.sin, "cos": np.cos, "tanh": np.tanh, "neg": np.negative, "abs": np.abs,
    "sign": np.sign, "reciprocal": lambda x: 1 / x, "square": np.square, "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x), "floor": np.floor, "ceil": np.ceil, "round": np.rint}
BINARY = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.true_divide, "floorDiv": np.floor_divide,
    "pow": np.power, "max": np.maximum, "min": np.minimum, "eq": np.equal, "ne": np.not_equal, "lt": np.less,
    "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "and": np.logical_and, "or": np.logical_or}

def number(value):
    """A number with which an operation was called, or that JSON lacks."""
    return float(value) if isinstance(value, str) else value["float"] if isinstance(value, dict) else value

def pointwise(a, x, result):
    made = []
    for name, *operands in a["steps"]:
        if name == "input":
            made.append(x[operands[0]])
        elif name in ("constant", "number"):
            made.append(number(operands[0] if name == "constant" else a["numbers"][operands[0]]))
        else:
            function = np.where if name == "select" else UNARY.get(name) or BINARY[name]
            made.append(function(*(made[i] for i in operands)))
    return [made[i] for i in a["results"]]

def windows(x, kernel, stride, before, after, dilation, fill):
    """All windows of images [N, C, ...]: [N, C, places..., kernel...]."""
    x = np.pad(x, [(0, 0), (0, 0)] + [(max(b, 0), max(e, 0)) for b, e in zip(before, after)], constant_values=fill)
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation)]
    rank = len(kernel)
    view = np.lib.stride_tricks.sliding_window_view(x, reach, tuple(range(2, 2 + rank)))
    steps = (slice(None), slice(None)) + tuple(slice(None, None, s) for s in stride)
    return view[steps + tuple(slice(None, None, d) for d in dilation)]

def convolution(a, x, result):
    weight, groups, rank = x[1], a["groups"], len(a["stride"])
    seen = windows(x[0], weight.shape[2:], a["stride"], a["padding"], a["padding_after"], a["dilation"], 0)
    parts = []
    for images, filters in zip(np.split(seen, groups, 1), np.split(weight, groups, 0)):
        axes = list(range(rank + 2, 2 * rank + 2))
        parts.append(np.tensordot(images, filters, ([1] + axes, [1] + list(range(2, rank + 2)))))
    y = np.moveaxis(np.concatenate(parts, -1), -1, 1)
    return [y + x[2].reshape((-1,) + (1,) * rank)] if len(x) == 3 else [y]

def pooled(a, x, result, reduce, fill):
    w, shape = a["window"], result[0][1]
    reach = [d * (k - 1) + 1 for k, d in zip(w["kernel"], w["dilation"])]
    after = [(o - 1) * s + r - n - p for o, s, r, n, p in
             zip(shape[2:], w["stride"], reach, x[0].shape[2:], w["padding"])]
    return reduce(windows(x[0], w["kernel"], w["stride"], w["padding"], after, w["dilation"], fill))

def max_pool(a, x, result):  # the places of the maxima serve gradients only
    return [pooled(a, x, result, lambda v: v.max((-2, -1)), -np.inf), np.zeros(result[1][1], result[1][0])]

def average_pool(a, x, result):
    sums = pooled(a, x, result, lambda v: v.sum((-2, -1)), 0)
    counts = pooled(a, [np.ones_like(x[0])], result, lambda v: v.sum((-2, -1)), 0)
    whole = a["rule"]["divisor"] or math.prod(a["window"]["kernel"])
    return [sums / (whole if a["rule"]["count_include_pad"] or a["rule"]["divisor"] else counts)]

def range_means(a, x, result):
    y = x[0]
    for axis, ranges in enumerate(a["ranges"]):
        parts = [np.take(y, range(*r), axis + 2).mean(axis + 2, keepdims=True) for r in ranges]
        y = np.concatenate(parts, axis + 2)
    return [y]

def softmax(a, x, result):
    shifted = x[0] - x[0].max(-1, keepdims=True)
    logarithms = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return [logarithms if a["kind"] == "logarithm" else np.exp(logarithms)]

def normalised(a, x, result):
    rows = x[0].reshape(-1, a["count"]).astype(np.float64)
    mean = rows.mean(1) if "has_bias" in a else np.zeros(len(rows))
    centred = rows - mean[:, None]
    inverse = 1 / np.sqrt((centred**2).mean(1) + a["eps"])
    y = centred * inverse[:, None]
    if a["has_weight"]:
        y = y * x[1].reshape(-1)
    if a.get("has_bias"):
        y = y + x[-1].reshape(-1)
    return [y.reshape(x[0].shape)] + ([mean] if "has_bias" in a else []) + [inverse]

def attention(a, x, result):
    q, k, v = x[0], *(np.repeat(t.astype(np.float32), a["group"], -3) if a["group"] > 1 else t for t in x[1:3])
    scores = q @ np.swapaxes(k, -1, -2) * a["scale"]
    if a["soft_cap"] is not None:
        scores = np.tanh(scores / a["soft_cap"]) * a["soft_cap"]
    if len(x) > 3:
        scores = np.where(x[3], scores, -np.inf) if x[3].dtype == bool else scores + x[3]
    away = np.arange(k.shape[-2]) - np.arange(q.shape[-2])[:, None] - a["position"]
    for limit, hidden in ((a["after"], lambda n: away > n), (a["before"], lambda n: away < -n)):
        if limit is not None:
            scores = np.where(hidden(limit), -np.inf, scores)
    top = scores.max(-1, keepdims=True)
    weights = np.exp(scores - np.where(np.isinf(top), 0, top))
    sums = np.maximum(weights.sum(-1, keepdims=True), 1e-45)
    return [weights @ v / sums, (np.log(sums) + top)[..., 0]]

def reduced(a, x, result):
    kinds = {"sum": np.sum, "prod": np.prod, "max": np.max, "min": np.min}
    return [kinds[a["reduction"]](x[0], tuple(a["dims"]), keepdims=a["keep_dim"])]

def picked(a, x, result):
    places = {"max": np.argmax, "min": np.argmin}[a["kind"]](x[0], a["dim"], keepdims=True)
    return [np.take_along_axis(x[0], places, a["dim"]), places]

def part(a, x, result):
    return [x[0][tuple(slice(b, b + (n - 1) * s + 1 if n else b, s)
                       for b, n, s in zip(a["starts"], a["counts"], a["steps"]))]]

OPERATIONS = {
    "pointwise": pointwise, "convolution": convolution, "max_pool": max_pool, "average_pool": average_pool,
    "range_means": range_means, "softmax": softmax, "layer_norm": normalised, "rms_norm": normalised,
    "attention": attention, "reduce": reduced, "pick": picked, "slice": part,
    "linear": lambda a, x, r: [x[0] @ x[1].T + (x[2] if len(x) == 3 else 0)],
    "matmul": lambda a, x, r: [x[0] @ x[1]], "embedding": lambda a, x, r: [x[0][x[1]]],
    "cast": lambda a, x, r: [x[0]], "contiguous": lambda a, x, r: [x[0]], "alias": lambda a, x, r: [x[0]],
    "reshape": lambda a, x, r: [x[0].reshape(a["shape"])], "where": lambda a, x, r: [np.where(*x)],
    "expand": lambda a, x, r: [np.broadcast_to(x[0], a["shape"])],
    "permute": lambda a, x, r: [x[0].transpose(a["order"])], "cat": lambda a, x, r: [np.concatenate(x, a["dim"])],
    "gather": lambda a, x, r: [np.take_along_axis(x[0], x[1], a["dim"])],
    "take_rows": lambda a, x, r: [x[0][:, x[1].reshape(-1)]],
    "triangle": lambda a, x, r: [(np.tril if a["lower"] else np.triu)(x[0], a["diagonal"])]}

class Program:
    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        magic, version, check, length = struct.unpack_from("<8sIIQ", data)
        assert magic == b"APUSPROG" and version in (1, 2), "no program file of version 1 or 2"
        text, self.start = data[24:24 + length], 24 + length
        assert zlib.crc32(text) == check, "the header is damaged"
        self.header, self.data = json.loads(text), data
        self.inputs, self.outputs = self.header["inputs"], self.header["outputs"]

    def closed(self, value, sizes):
        """An attribute with its open sizes as numbers."""
        if isinstance(value, list):
            return [self.closed(v, sizes) for v in value]
        if not isinstance(value, dict):
            return value
        if "$size" not in value:
            return {name: self.closed(v, sizes) for name, v in value.items()}

        def size(e):
            if isinstance(e, list):
                a, b = size(e[1]), size(e[2])
                return {"add": a + b, "sub": a - b, "mul": a * b}[e[0]] if e[0] != "div" else a // b
            return sizes[e] if isinstance(e, str) else e
        n = size(value["$size"])
        return {"float": float(n), "reciprocal": 1 / n if n else 0}.get(value.get("$as"), n)

    def constant(self, c, sizes):
        shape = self.closed(c["shape"], sizes)
        if "made" not in c:
            bytes_ = self.data[self.start + c["offset"]:][:math.prod(shape) * np.dtype(c["dtype"]).itemsize]
            assert zlib.crc32(bytes_) == c["crc32"], "a constant is damaged"
            return np.frombuffer(bytes_, c["dtype"]).reshape(shape)
        made, places = self.closed(c["made"], sizes), np.arange(math.prod(shape))
        if made["kind"] == "range":
            y = (made["start"] + places * made["step"]).reshape(shape)
        elif made["kind"] == "places":
            y = places * made["number"] // len(places)
        elif made["kind"] == "diagonal":
            away = np.arange(shape[1]) - np.arange(shape[0])[:, None]
            y = np.where(away <= made["last"], number(made["below"]), number(made["above"]))
        else:
            y = np.full(shape, number(made["number"]))
        return y.astype(c["dtype"])

    def __call__(self, arrays):
        values, sizes = [arrays[i["name"]] for i in self.inputs], {}
        for port, array in zip(self.inputs, values):
            for size, open_ in zip(array.shape, port["shape"]):
                if isinstance(open_, dict) and isinstance(open_["$size"], str):
                    sizes[open_["$size"]] = size
        values += [self.constant(c, sizes) for c in self.header["constants"]]
        self.run(self.header["operations"], values, sizes)
        return {port["name"]: values[port["value"]] for port in self.outputs}

    def run(self, operations, values, sizes):
        """Applies operations to values and adds the results to these."""
        for step in operations:
            results = [(r["dtype"], self.closed(r["shape"], sizes)) for r in step["results"]]
            x, attributes = [values[i] for i in step["inputs"]], self.closed(step["attributes"], sizes)
            if "graphs" in step:
                made = self.control(step["op"], attributes, step["graphs"], x, sizes)
            else:
                made = OPERATIONS[step["op"]](attributes, x, results)
            values += [np.asarray(y).astype(dtype).reshape(shape) for y, (dtype, shape) in zip(made, results)]

    def control(self, name, attributes, graphs, x, sizes):
        """A branch or a loop (of version 2): its steps are graphs with values of their own."""
        def step(graph, given):
            values = list(given)
            self.run(graphs[graph]["operations"], values, sizes)
            return [values[i] for i in graphs[graph]["outputs"]]
        if name == "cond":
            split = 1 + len(graphs["then"]["inputs"])
            return step("then", x[1:split]) if x[0].item() else step("else", x[split:])
        if name == "while_loop":
            count, split = len(graphs["body"]["outputs"]), len(graphs["condition"]["inputs"])
            states = x[:count]
            while step("condition", states + x[count:split])[0].item():
                states = step("body", states + x[split:])
            return states
        assert name == "scan", name
        count, order = len(graphs["step"]["outputs"]) - 1, list(range(len(x[0])))
        states, given = x[1:1 + count], {}
        for t in reversed(order) if attributes["reverse"] else order:
            *states, given[t] = step("step", states + [x[0][t]] + x[1 + count:])
        return states + [np.stack([given[t] for t in order])]
