"""Records results of posit arithmetic for Tests/ApusNumbersTests: an exact transcription of the Posit Standard (2022) over
fractions, which says what each operation rounds to. Where the package softposit is at hand, its es = 2 posits are compared.

    python scripts/record-posits.py Tests/ApusNumbersTests/Recorded/posits.bin
"""

import random
import struct
import sys
from fractions import Fraction
from math import isqrt


def decode(bits, n):
    """The value of an n-bit posit, or None for NaR (section 4.4 of the standard, with es = 2)."""
    if bits == 0:
        return Fraction(0)
    if bits == 1 << (n - 1):
        return None
    negative = bits >> (n - 1)
    if negative:
        bits = (1 << n) - bits
    text = format(bits, f"0{n}b")[1:]
    run = len(text) - len(text.lstrip(text[0]))
    k = run - 1 if text[0] == "1" else -run
    rest = text[run + 1 :]
    e = int((rest[:2] + "00")[:2], 2)
    f = rest[2:]
    fraction = Fraction(int(f, 2), 1 << len(f)) if f else Fraction(0)
    value = (1 + fraction) * Fraction(2) ** (4 * k + e)
    return -value if negative else value


def encode(x, n):
    """The posit that x rounds to (section 4.1): of the (n + 1)-bit posits that lie between two neighbours, the odd ones."""
    if x is None:
        return 1 << (n - 1)
    if x == 0:
        return 0
    size = abs(x)
    low, high = 1, (1 << (n - 1)) - 1
    if size >= decode(high, n):
        pattern = high
    elif size <= decode(low, n):
        pattern = low
    else:
        while high - low > 1:
            middle = (low + high) // 2
            if decode(middle, n) <= size:
                low = middle
            else:
                high = middle
        halfway = decode(2 * low + 1, n + 1)
        if size < halfway or (size == halfway and low % 2 == 0):
            pattern = low
        else:
            pattern = low + 1 if size != decode(low, n) else low
    return pattern if x > 0 else (1 << n) - pattern


def root(x, n):
    """The rounded square root: found exactly by comparing squares."""
    if x is None or x < 0:
        return 1 << (n - 1)
    if x == 0:
        return 0
    # An approximation from both sides that no posit or halfway point lies between, unless it is the root.
    scale = 1 << 400
    low = isqrt(x.numerator * scale * scale // x.denominator)
    exact = Fraction(low, scale)
    if exact * exact == x:
        return encode(exact, n)
    return encode(Fraction(2 * low + 1, 2 * scale), n)


def operations(a, b, n):
    x, y = decode(a, n), decode(b, n)
    none = x is None or y is None
    return (
        encode(None if none else x + y, n),
        encode(None if none else x - y, n),
        encode(None if none else x * y, n),
        encode(None if none or y == 0 else x / y, n),
    )


def compare_softposit():
    try:
        import softposit as sp
    except ImportError:
        print("softposit is not installed: nothing compared")
        return
    wrong = total = 0
    for n in (8, 16, 32):
        for _ in range(20000):
            a, b = random.getrandbits(n), random.getrandbits(n)
            p, q = sp.posit_2_t(), sp.posit_2_t()
            p.v, q.v = a << (32 - n), b << (32 - n)
            found = [f(p, q, n).v >> (32 - n) for f in (sp.pX2_add, sp.pX2_sub, sp.pX2_mul, sp.pX2_div)]
            for name, u, v in zip("+-*/", found, operations(a, b, n)):
                total += 1
                if u != v:
                    wrong += 1
                    if wrong < 20:
                        print("softposit differs:", n, name, hex(a), hex(b), hex(u), hex(v))
    print(f"softposit: {wrong} of {total} differ")


def main():
    random.seed(7)
    out = bytearray()
    # Every pair of bytes would be 256 kB: the test has sums, products and quotients of all from this table.
    for a in range(256):
        for b in range(256):
            s, _, p, q = operations(a, b, 8)
            if a <= b:
                out += bytes((s, p))
            out.append(q)
    out += bytes(root(decode(a, 8), 8) for a in range(256))
    for n, code in ((16, "H"), (32, "I")):
        for i in range(3000):
            a, b = random.getrandbits(n), random.getrandbits(n)
            if i % 3 == 0:
                # Of like size, so that sums cancel.
                b = (a ^ random.getrandbits(n // 2)) if i % 2 else (-(a ^ random.getrandbits(n // 2))) % (1 << n)
            out += struct.pack(f"<7{code}", a, b, *operations(a, b, n), root(decode(a, n), n))
    # Sums of products, rounded once.
    for n, code in ((8, "B"), (16, "H"), (32, "I")):
        for i in range(60):
            k = 1 + i
            a = [random.getrandbits(n) for _ in range(k)]
            b = [random.getrandbits(n) for _ in range(k)]
            if i % 2:
                # What is large cancels in the end.
                a, b = a + [(1 << n) - x if x else 0 for x in a], b + b
                a[-1], b[-1] = 1 << (n - 2), 1
            values = [(decode(x, n), decode(y, n)) for x, y in zip(a, b)]
            total = None if any(x is None or y is None for x, y in values) else sum(x * y for x, y in values)
            out += struct.pack(f"<H{len(a)}{code}{len(b)}{code}{code}", len(a), *a, *b, encode(total, n))
    # Conversions from doubles of all sizes.
    for n, code in ((8, "B"), (16, "H"), (32, "I")):
        for i in range(1000):
            x = random.choice((-1, 1)) * 2.0 ** random.uniform(-4 * n, 4 * n)
            if i % 4 == 0:
                x = float(decode(random.getrandbits(n) | 1, n)) * random.choice((1, 1 + 2**-52, 1 - 2**-53))
            out += struct.pack(f"<d{code}", x, encode(Fraction(x), n))
    with open(sys.argv[1], "wb") as f:
        f.write(out)
    print(len(out), "bytes")
    compare_softposit()


main()
