"""Reads what the library's Swift files declare: enough of the language for names, owners, access and doc comments."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
NO_LIBRARY = {"ApusCommand", "ApusMacros"}

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
        self.public, self.documented, self.names, self.parents, self.arguments = public, documented, [name], [], set()


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
                if kind == "case": item.names = re.findall(r"(?:^|,)\s*`?(\w+)", re.sub(r"\([^()]*\)", "", rest))
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


def library(written: bool = True) -> dict[pathlib.Path, list[Declaration]]:
    """The declarations of every file of the library; without those that a script wrote if `written` is false."""
    result = {}
    for path in sorted((ROOT / "Sources").rglob("*.swift")):
        text = path.read_text()
        if path.relative_to(ROOT).parts[1] in NO_LIBRARY or not written and "Written by scripts/" in text[:400]: continue
        result[path] = declarations(text)
    return result


def ancestors(files: dict[pathlib.Path, list[Declaration]]):
    """A function that gives the names of a type and of all protocols and classes that it stands for."""
    parents: dict[str, set[str]] = {}
    for items in files.values():
        for item in items:
            if item.kind in TYPES: parents.setdefault(item.name.split(".")[-1], set()).update(p.split(".")[-1] for p in item.parents)

    def of(name: str) -> set[str]:
        found, open_names = set(), [name.split(".")[-1]]
        while open_names:
            name = open_names.pop()
            if name not in found:
                found.add(name)
                open_names += parents.get(name, ())
        return found

    return of
