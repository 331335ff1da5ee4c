#!/usr/bin/env python3
"""Finds public declarations of the library without a doc comment; prints them and fails if there are any.

Types, functions, methods, initialisers, subscripts, properties, type aliases, cases of public enums and requirements of public
protocols need one. Exempt are files that a script wrote (the script writes their comments), unavailable declarations (their
message speaks), overrides, and members with the name of a requirement of a protocol that their type conforms to: the comment stands there.
An overload that follows another without an empty line shares its comment, and a stored property with the name of an argument of its type's initialiser
is described there. The text of a field of settings (`@Field("...")`) is its comment, and a group of fields (`@Field`) has that of its type.
"""

import re
import sys

from declarations import ROOT, ancestors, library

# Requirements of Swift's protocols.
SWIFT = {
    "Equatable": "==", "Hashable": "== hash", "Comparable": "<", "CustomStringConvertible": "description",
    "CustomDebugStringConvertible": "debugDescription", "Error": "errorDescription", "LocalizedError": "errorDescription",
    "Sequence": "makeIterator underestimatedCount Element Iterator", "IteratorProtocol": "next Element",
    "Collection": "makeIterator startIndex endIndex index subscript count Element Index Indices",
    "RandomAccessCollection": "makeIterator startIndex endIndex index subscript count Element Index Indices",
    "RawRepresentable": "init rawValue RawValue", "CaseIterable": "allCases", "Codable": "init encode", "Encodable": "encode",
    "Decodable": "init", "AdditiveArithmetic": "+ - += -= zero", "Numeric": "* *= magnitude init Magnitude", "SignedNumeric": "- negate",
    "ExpressibleByIntegerLiteral": "init IntegerLiteralType", "ExpressibleByFloatLiteral": "init FloatLiteralType",
    "ExpressibleByStringLiteral": "init", "ExpressibleByArrayLiteral": "init ArrayLiteralElement", "ExpressibleByBooleanLiteral": "init",
    "ExpressibleByNilLiteral": "init", "ExpressibleByDictionaryLiteral": "init Key Value", "RandomNumberGenerator": "next",
    "Identifiable": "id", "OptionSet": "init rawValue", "CustomReflectable": "customMirror",
}


def is_field(lines: list[str], place: int) -> bool:
    """Whether the property in a line is a field of settings, whose text stands there or in the lines before."""
    while place >= 0 and lines[place].strip():
        if "@Field" in lines[place]: return True
        place -= 1
        if place >= 0 and " var " in lines[place]: return False
    return False


def main() -> int:
    files = library(written=False)
    requirements = {name: set(names.split()) for name, names in SWIFT.items()}
    for items in files.values():
        for item in items:
            if item.owner and item.owner.kind == "protocol": requirements.setdefault(item.owner.name, set()).add(item.name)
    lineage = ancestors(files)
    arguments: dict[str, set[str]] = {}
    for items in files.values():
        for item in items:
            if item.kind == "init" and item.owner: arguments.setdefault(item.owner.name, set()).update(item.arguments)
    missing = 0
    for path, items in files.items():
        lines = path.read_text().split("\n")
        for item in items:
            if item.kind == "var" and is_field(lines, item.line - 1): continue
            if not item.public or item.documented or item.kind == "extension": continue
            owner = item.owner
            if owner and owner.kind != "protocol" and any(item.name in requirements.get(name, ()) for name in lineage(owner.name)): continue
            if item.kind == "typealias" and re.search(rf"= \w+\.{item.name}\b", item.text): continue  # a second place of a name
            if owner and item.kind in ("let", "var") and item.name in arguments.get(owner.name, ()): continue
            missing += 1
            print(f"{path.relative_to(ROOT)}:{item.line}: error: no doc comment: {item.text}", file=sys.stderr)
    if missing: print(f"{missing} public declarations have no doc comment", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
