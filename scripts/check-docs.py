#!/usr/bin/env python3
"""Finds public declarations of the library without a doc comment; prints them and fails if there are any.

Types, functions, methods, initialisers, subscripts, properties, type aliases, cases of public enums and requirements of public
protocols need one. Exempt are files that a script wrote (the script writes their comments), unavailable declarations (their
message speaks), overrides, and members with the name of a requirement of a protocol that their type conforms to: the comment stands there.
An overload that follows another without an empty line shares its comment, and a stored property with the name of an argument of its type's initialiser
is described there.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NO_LIBRARY = {"ApusCommand", "ApusMacros"}

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

MODIFIER = r"(?:public|open|package|internal|private|fileprivate|final|static|class|mutating|nonmutating|consuming|borrowing|override|" \
    r"required|convenience|lazy|weak|unowned|indirect|nonisolated|prefix|postfix|infix)(?:\(\w+\))?"
ATTRIBUTE = r"@\w+(?:\((?:[^()]|\([^()]*\))*\))?"
DECLARATION = re.compile(
    rf"(?P<before>(?:(?:{ATTRIBUTE}|{MODIFIER})\s+)*)"
    r"(?P<kind>func|init|var|let|subscript|struct|class|enum|actor|protocol|extension|typealias|associatedtype|case|macro)\b(?P<rest>.*)")
TYPES = {"struct", "class", "enum", "actor", "protocol", "extension"}
SILENT = re.compile(r'//[^\n]*|/\*.*?\*/|(#*)"""(?:\\.|.)*?"""\1|#"[^\n]*?"#|"(?:\\\((?:[^()"]|"[^"]*"|\((?:[^()"]|"[^"]*")*\))*\)|\\.|[^"\\\n])*"',
                    re.DOTALL)


class Declaration:
    def __init__(self, line: int, text: str, kind: str, name: str, owner: "Declaration | None", public: bool, documented: bool):
        self.line, self.text, self.kind, self.name, self.owner = line, text, kind, name, owner
        self.public, self.documented, self.parents, self.arguments = public, documented, [], set()


def declarations(source: str) -> list[Declaration]:
    """What a file declares at the top and in its types, in order."""
    bare = SILENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source)
    lines, text_lines = source.split("\n"), bare.split("\n")
    unavailable = {bare.count("\n", 0, found.end()) for found in re.finditer(rf"@available\([^()]*\bunavailable\b[^()]*\)\s*(?:{ATTRIBUTE}\s+)*", bare)}
    result, scopes, parentheses, pending, above = [], [], 0, None, ""
    previous = None  # the declaration just before, if no empty line lies between
    for number, line in enumerate(text_lines):
        text, original = line.strip(), lines[number].strip()
        if not original: previous, above = None, ""
        if original.startswith("///"): above = original
        if parentheses == 0 and all(scope is not None for scope in scopes):
            if found := DECLARATION.match(text):
                kind, rest = found["kind"], found["rest"]
                owner = scopes[-1] if scopes else None
                words = set(re.findall(r"\w+(?:\(\w+\))?", found["before"]))
                access = words & {"public", "open", "package", "internal", "private", "fileprivate"}
                public = bool(access & {"public", "open"})
                if owner and owner.public and not access and (owner.kind == "protocol" or owner.kind == "enum" and kind == "case"): public = True
                if "override" in words or number in unavailable: public = False
                name = kind if kind in ("init", "subscript") else (re.match(r"\s*`?(\w[\w.]*|[^\s\w(<`]+)?", rest)[1] or kind)
                shared = previous is not None and previous.name == name and previous.documented
                item = Declaration(number + 1, original, kind, name, owner, public, bool(above) or shared)
                head, inner = re.split(r"\bwhere\b|\{", rest)[0], None
                while inner != head: inner, head = head, re.sub(r"<[^<>]*>", "", head)
                if kind == "init": item.arguments = set(re.findall(r"(\w+)\s*:", " ".join(text_lines[number:number + 12]).partition("{")[0]))
                if kind in TYPES: item.parents = re.findall(r"[A-Z][\w.]*", head.partition(":")[2])
                result.append(item)
                pending = item if kind in TYPES else None
                previous, above = item, ""
        for character in line:
            if character == "(": parentheses += 1
            elif character == ")": parentheses -= 1
            elif character == "{":
                scopes.append(pending if parentheses == 0 else None)
                pending = None
            elif character == "}" and scopes: scopes.pop()
    return result


def main() -> int:
    files = {path: declarations(text) for path in sorted((ROOT / "Sources").rglob("*.swift"))
             if path.relative_to(ROOT).parts[1] not in NO_LIBRARY and "Written by scripts/" not in (text := path.read_text())[:400]}
    parents: dict[str, set[str]] = {}
    requirements = {name: set(names.split()) for name, names in SWIFT.items()}
    for items in files.values():
        for item in items:
            if item.kind in TYPES: parents.setdefault(item.name.split(".")[-1], set()).update(p.split(".")[-1] for p in item.parents)
            if item.owner and item.owner.kind == "protocol": requirements.setdefault(item.owner.name, set()).add(item.name)

    def inherited(name: str, seen: set[str]) -> set[str]:
        if name in seen: return set()
        seen.add(name)
        return requirements.get(name, set()).union(*(inherited(parent, seen) for parent in parents.get(name, ())))

    arguments: dict[str, set[str]] = {}
    for items in files.values():
        for item in items:
            if item.kind == "init" and item.owner: arguments.setdefault(item.owner.name, set()).update(item.arguments)
    missing = 0
    for path, items in files.items():
        for item in items:
            if not item.public or item.documented or item.kind == "extension": continue
            owner = item.owner
            if owner and owner.kind != "protocol" and item.name in inherited(owner.name.split(".")[-1], set()): continue
            if item.kind == "typealias" and re.search(rf"= \w+\.{item.name}\b", item.text): continue  # a second place of a name
            if owner and item.kind in ("let", "var") and item.name in arguments.get(owner.name, ()): continue
            missing += 1
            print(f"{path.relative_to(ROOT)}:{item.line}: error: no doc comment: {item.text}", file=sys.stderr)
    if missing: print(f"{missing} public declarations have no doc comment", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
