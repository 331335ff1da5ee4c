#!/usr/bin/env python3
"""Finds public declarations of the library without a doc comment; prints them and fails if there are any.

Types, functions, methods, initialisers, subscripts, properties, type aliases, cases of public enums and requirements of public
protocols need one. Exempt are files that a script wrote (the script writes their comments), unavailable declarations (their
message speaks), overrides, and members with the name of a requirement of a protocol that their type conforms to: the comment stands there.
An overload that follows another without an empty line shares its comment, and a stored property with the name of an argument of its type's initialiser
is described there.
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
        for item in items:
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
