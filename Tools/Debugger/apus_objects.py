"""What tensors look like in the memory of a program that uses Apus, for the scripts of gdb and lldb beside this file.

Reads memory only, by the symbols that the compiler writes for classes, so that it works in debug and in release builds, in
programs that run and in those that have crashed.
"""

import math
import struct

METADATA = "$s8ApusCore10TensorBodyCN"
BODY = "$s8ApusCore10TensorBodyC"
FIELDS = {
    "storage": BODY + "7storageAA7StorageCvpWvd",
    "address": BODY + "7addressSvvpWvd",
    "shape": BODY + "5shapeSaySiGvpWvd",
    "strides": BODY + "7stridesSaySiGvpWvd",
    "dtype": BODY + "5dtypeAA5DTypeVvpWvd",
    "flags": BODY + "5flagsAA0C5FlagsVvpWvd",
    "record": BODY + "6recordAA14GradientRecordCSgvpWvd",
}
VARIABLE_STATE = "$s8ApusCore8VariableC5state15Synchronization5MutexVyAC5StateVGvpWvd"
# Behind the lock's word, the elements of a variable and its gradient.
VARIABLE_VALUE, VARIABLE_GRADIENT = 8, 16

# The bits of TensorFlags.
REQUIRES_GRAD, POISONED, VARIABLE, MARKED, CUSTOM, DEVICE = 1, 2, 4, 8, 16, 64

# The numbers of DType: name, bytes, how struct reads them.
TYPES = [
    ("bool", 1, "?"), ("uint8", 1, "B"), ("int8", 1, "b"), ("int16", 2, "h"), ("int32", 4, "i"), ("int64", 8, "q"),
    ("float16", 2, "e"), ("bfloat16", 2, None), ("float32", 4, "f"), ("float64", 8, "d"), ("uint16", 2, "H"),
    ("uint32", 4, "I"), ("uint64", 8, "Q"), ("float8_e4m3fn", 1, None), ("float8_e5m2", 1, None), ("complex64", 8, "ff"),
    ("complex128", 16, "dd"),
]


class Memory:
    """The halted program: what gdb and lldb each do in their own way."""

    def read(self, address, count):
        raise NotImplementedError

    def symbol(self, name):
        """The address of a symbol; None if there is none."""
        raise NotImplementedError

    def word(self, address):
        return struct.unpack("<Q", bytes(self.read(address, 8)))[0]


class Tensors:
    """Finds and reads tensors in a program's memory."""

    def __init__(self, memory):
        self.memory = memory
        self.metadata = memory.symbol(METADATA)
        self.offsets = {}
        for name, symbol in FIELDS.items():
            place = memory.symbol(symbol)
            if place is not None:
                self.offsets[name] = memory.word(place)
        place = memory.symbol(VARIABLE_STATE)
        self.state = memory.word(place) if place is not None else None

    @property
    def is_known(self):
        return self.metadata is not None and len(self.offsets) == len(FIELDS)

    def is_body(self, pointer):
        """Whether a word is the address of a tensor's content."""
        if not self.is_known or pointer < 4096 or pointer % 8:
            return False
        try:
            return self.memory.word(pointer) == self.metadata
        except Exception:
            return False

    def field(self, body, name):
        return body + self.offsets[name]

    def integers(self, array):
        """A Swift [Int]: its count behind two words, the elements behind four."""
        count = self.memory.word(array + 16)
        if count > 64:
            raise ValueError("no tensor has %d dimensions" % count)
        return list(struct.unpack("<%dq" % count, bytes(self.memory.read(array + 32, 8 * count))))

    def describe(self, body):
        return Tensor(self, body)


class Tensor:
    """A tensor's content as it lies in memory."""

    def __init__(self, tensors, body):
        memory = tensors.memory
        self.tensors, self.body = tensors, body
        self.flags = bytes(memory.read(tensors.field(body, "flags"), 1))[0]
        self.gradient = None
        source = body
        if self.flags & VARIABLE:
            # A handle: the elements are those of the variable.
            record = memory.word(tensors.field(body, "record"))
            if tensors.state is not None and record:
                source = memory.word(record + tensors.state + VARIABLE_VALUE)
                gradient = memory.word(record + tensors.state + VARIABLE_GRADIENT)
                self.gradient = gradient if tensors.is_body(gradient) else None
        self.shape = tensors.integers(memory.word(tensors.field(source, "shape")))
        self.strides = tensors.integers(memory.word(tensors.field(source, "strides")))
        self.address = memory.word(tensors.field(source, "address"))
        number = bytes(memory.read(tensors.field(source, "dtype"), 1))[0]
        self.dtype, self.size, self.code = TYPES[number] if number < len(TYPES) else ("type %d" % number, 0, None)
        self.count = math.prod(self.shape)

    def element(self, index):
        offset = sum(i * s for i, s in zip(index, self.strides)) * self.size
        raw = bytes(self.tensors.memory.read(self.address + offset, self.size))
        if self.dtype == "bfloat16":
            return struct.unpack("<f", b"\0\0" + raw)[0]
        if self.dtype == "float8_e5m2":
            return struct.unpack("<e", b"\0" + raw)[0]
        if self.dtype == "float8_e4m3fn":
            return float8(raw[0])
        values = struct.unpack("<" + self.code, raw)
        return complex(*values) if len(values) == 2 else values[0]

    def values(self, dim=0, index=(), edge=3):
        """The elements in brackets, of long dimensions the first and last ones."""
        if dim == len(self.shape):
            return text(self.element(index))
        size = self.shape[dim]
        if size <= 2 * edge or self.count <= 64:
            parts = [self.values(dim + 1, index + (i,), edge) for i in range(size)]
        else:
            parts = [self.values(dim + 1, index + (i,), edge) for i in range(edge)] + ["..."]
            parts += [self.values(dim + 1, index + (i,), edge) for i in range(size - edge, size)]
        return "[" + ", ".join(parts) + "]"

    @property
    def traits(self):
        """Type, shape and what else is to be known, without elements: `float32[2, 3]`."""
        parts = ["%s%s" % (self.dtype, self.shape)]
        dense = []
        step = 1
        for size in reversed(self.shape):
            dense.insert(0, step)
            step *= size
        if any(s != d for s, d, n in zip(self.strides, dense, self.shape) if n > 1):
            parts.append("strides=%s" % self.strides)
        if self.flags & VARIABLE:
            parts.append("variable")
        if self.flags & REQUIRES_GRAD:
            parts.append("requires_grad")
        if self.flags & MARKED:
            parts.append("traced")
        return " ".join(parts)

    def __str__(self):
        if self.flags & POISONED:
            return "tensor(<failed>)"
        if self.flags & DEVICE:
            return "tensor(on a device) %s" % self.traits
        if self.flags & CUSTOM or self.size == 0:
            return "tensor(of a registered type) %s" % self.traits
        return "tensor(%s) %s" % (self.values(), self.traits)


def float8(bits):
    """A number of 4 bits of exponent and 3 of significand, without infinities."""
    sign = -1.0 if bits & 128 else 1.0
    exponent, fraction = bits >> 3 & 15, bits & 7
    if exponent == 15 and fraction == 7:
        return math.nan
    if exponent == 0:
        return sign * fraction * 2.0 ** -9
    return sign * (1 + fraction / 8) * 2.0 ** (exponent - 7)


def text(value):
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        short = "%.4g" % value
        return short + "." if short.lstrip("-").isdigit() else short
    return str(value)
