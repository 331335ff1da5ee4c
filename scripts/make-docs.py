#!/usr/bin/env python3
"""Builds the documentation as a site: the guides of docs/ and a page for every public declaration, with docc of the toolchain.

    scripts/make-docs.py BUILD OUTPUT

BUILD is the folder of a release build, whose modules are read; OUTPUT becomes the site, which any server of files can serve.
The modules of the library are shown as one, since `import Apus` brings all of them: a page lists what a folder of Sources
declares, and that of Tensor has its methods by family. Fails where a guide links to what is not there.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# What is said above modules whose names do not say it.
HEADINGS = {
    "ApusCore": "Tensors and gradients", "ApusNumerics": "Sorting, statistics, numbers", "ApusFunctional": "Functions of networks",
    "ApusNN": "Layers and modules", "ApusOptim": "Optimisers", "ApusTrain": "Training and watching", "ApusTune": "Search for settings",
    "ApusVision": "Pictures", "ApusAudio": "Sound", "ApusModels": "Published models", "ApusRecipes": "Published models made one's own",
    "ApusCompiler": "Compiling", "ApusFormats": "Files of weights", "ApusMedia": "Pictures, sound, tables and charts as files",
    "ApusExchange": "Programs of other libraries", "ApusPrograms": "Captured functions as files", "ApusFeatures": "Tables on their way to a model",
    "ApusLayouts": "Sparse, nested and quantised tensors", "ApusNumbers": "Number types as elements", "ApusGPU": "Devices",
    "ApusServe": "Serving", "ApusPipeline": "Steps from files to a served model", "ApusDistributed": "Several processes",
    "ApusEssentials": "The package", "Apus": "The package",
}
# What only repeats names in other spellings, the macros, the command, and loops in C.
LEFT_OUT = {"ApusSpelling", "ApusMacros", "ApusCommand", "ApusCLoops"}
# Folders whose names say little outside of the house.
TITLES = {
    "CPU": "Threads and processors", "Complex": "Complex numbers", "CustomTypes": "Number types of your own", "Door": "Operations of your own, errors",
    "Formula": "Formulas", "Support": "Clocks", "Trace": "Recorded steps", "Diagnostics": "Finding faults", "Module": "Modules", "Matrix": "Products of matrices",
    "Loss": "Losses", "Image": "Images", "Shape": "Shapes", "Spellings": "Other spellings",
}

# Guides in the order of the list.
GUIDES = {
    "First steps": ["first-network", "from-pytorch", "from-keras", "from-lightning", "tensors", "gradients", "networks", "training"],
    "The daily work": ["data", "pictures", "audio", "metrics", "watching", "debugging", "performance", "compiling"],
    "Models and files": ["saving", "models", "tokenizers", "formats"],
    "Further": ["transforms", "distributions", "number-types", "laegna", "examples", "own-package", "measuring", "glossary", "architecture"],
}


def modules() -> dict[str, str]:
    """The modules of the library in the order of Package.swift, with what is said above them."""
    names = re.findall(r'\.target\(\s*name: "(Apus\w*)"', (ROOT / "Package.swift").read_text())
    return {name: HEADINGS.get(name) or words(name.removeprefix("Apus")) for name in names if name not in LEFT_OUT}


def main(build: pathlib.Path, output: pathlib.Path) -> None:
    work = build / "documentation"
    shutil.rmtree(work, ignore_errors=True)
    catalog = work / "Apus.docc"
    catalog.mkdir(parents=True)
    symbols = graph(build, work)
    guides = write_guides(catalog)
    write_families(catalog, symbols, guides)
    shutil.rmtree(output, ignore_errors=True)
    result = subprocess.run(
        ["docc", "convert", catalog, "--additional-symbol-graph-dir", work / "graph", "--fallback-display-name", "Apus",
         "--fallback-bundle-identifier", "apus", "--fallback-default-module-kind", "Library", "--output-path", output,
         "--default-code-listing-language", "swift", "--transform-for-static-hosting"],
        capture_output=True, text=True)
    if result.returncode: sys.exit(result.stdout + result.stderr)
    (output / "index.html").write_text('<meta http-equiv="refresh" content="0; url=documentation/apus/">\n')
    lost = re.findall(r"^warning: .*\n *--> [^/\n]*\.md.*", result.stdout + result.stderr, re.MULTILINE)
    if lost: sys.exit("\n".join(lost) + f"\n{len(lost)} places of the guides are not understood")
    print(f"{len(symbols)} declarations and {len(guides)} guides in {output}")


# What the modules declare

def graph(build: pathlib.Path, work: pathlib.Path) -> list[dict]:
    """Extracts the symbols of all modules of the library and writes them as those of one module."""
    maps = []
    for path in sorted(ROOT.glob("Sources/*/include")):
        maps += ["-Xcc", f"-I{path}"]
        built = build / f"{path.parent.name}.build" / "module.modulemap"
        if built.exists(): maps += ["-Xcc", f"-fmodule-map-file={built}"]
    target = json.loads(subprocess.run(["swiftc", "-print-target-info"], capture_output=True, check=True).stdout)["target"]["triple"]
    folder = work / "modules"
    folder.mkdir()
    for module in modules():
        if not (build / "Modules" / f"{module}.swiftmodule").exists(): continue
        subprocess.run(
            ["swift-symbolgraph-extract", "-module-name", module, "-I", build / "Modules", *maps, "-target", target, "-output-dir", folder,
             "-minimum-access-level", "public", "-skip-synthesized-members", "-skip-inherited-docs"], check=True)
    whole: dict = {}
    symbols: dict[str, dict] = {}
    relationships = []
    for path in sorted(folder.glob("*.json")):
        part = json.loads(path.read_text())
        whole = whole or part
        symbols |= {symbol["identifier"]["precise"]: symbol for symbol in part["symbols"]}
        relationships += part["relationships"]
    whole["module"]["name"] = "Apus"
    whole |= {"symbols": list(symbols.values()), "relationships": relationships}
    (work / "graph").mkdir()
    (work / "graph" / "Apus.symbols.json").write_text(json.dumps(whole))
    return whole["symbols"]


def place(symbol: dict) -> list[str]:
    """The folders and the file of a declaration below Sources."""
    uri = symbol.get("location", {}).get("uri", "")
    return uri.split("/Sources/")[-1].split("/") if "/Sources/" in uri else []


def digest(text: str) -> str:
    """What docc appends to tell apart what has one name: FNV-1 of 32 bits, folded to 24, in base 36."""
    value = 2166136261
    for byte in text.encode(): value = value * 16777619 & 0xFFFFFFFF ^ byte
    value = (value >> 24 ^ value) & 0xFFFFFF
    digits = ""
    while value: value, digit = divmod(value, 36); digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


def links(symbols: list[dict]) -> list[str]:
    return [f"- ``{symbol['pathComponents'][-1]}-{digest(symbol['identifier']['precise'])}``"
            for symbol in sorted(symbols, key=lambda symbol: symbol["pathComponents"][-1].lower())]


def words(name: str) -> str:
    """LinearSystems as Linear systems, PyTorch as PyTorch."""
    if name in {"PyTorch", "NumPy", "TensorBoard", "Safetensors", "FlatBuffers", "GGUF", "HDF5", "ONNX", "TFLite", "MNIST", "CIFAR"}: return name
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", name)
    return " ".join(part if part.isupper() and len(part) > 1 else part.capitalize() if i == 0 else part.lower() for i, part in enumerate(parts))


def write_families(catalog: pathlib.Path, symbols: list[dict], guides: set[str]) -> None:
    titles = modules()
    families: dict[str, dict[str, dict[str, list[dict]]]] = {module: {} for module in titles}
    methods: dict[str, list[dict]] = {}
    for symbol in symbols:
        path = place(symbol)
        if not path or path[0] not in titles: continue
        if len(symbol["pathComponents"]) == 1:
            folder = path[1] if len(path) > 2 else ""
            families[path[0]].setdefault(folder, {}).setdefault(path[-1].removesuffix(".swift"), []).append(symbol)
        elif len(symbol["pathComponents"]) == 2 and symbol["pathComponents"][0] == "Tensor":
            methods.setdefault(path[-1].removesuffix(".swift"), []).append(symbol)
    contents = []
    for heading, names in GUIDES.items():
        if found := [name for name in names if name in guides]: contents += ["", f"### {heading}", ""] + [f"- <doc:guide-{name}>" for name in found]
    rest = guides - {name for names in GUIDES.values() for name in names}
    if rest: contents += ["", "### Kinds of files", ""] + [f"- <doc:guide-{name}>" for name in sorted(rest)]
    for module, folders in families.items():
        if folders: contents += ["", f"### {titles[module]}", ""]
        for folder, files in sorted(folders.items()):
            name = f"{module}-{folder or 'all'}"
            title = TITLES.get(folder) or words(folder) if folder else titles[module]
            lines = [f"# {title}", "", f"What is declared in `Sources/{module}{'/' + folder if folder else ''}`.", "", "## Topics"]
            for file, declared in sorted(files.items()): lines += ["", f"### {words(file)}", ""] + links(declared)
            (catalog / f"{name}.md").write_text("\n".join(lines) + "\n")
            contents.append(f"- <doc:{name}>")
    text = article((ROOT / "README.md").read_text()).split("\n", 1)[1].split("\n## Guides")[0]
    (catalog / "Apus.md").write_text(f"# ``Apus``\n{text}\n\n## Topics\n" + "\n".join(contents) + "\n")
    lines = ["# ``Tensor``", "", "## Topics"]
    for file, declared in sorted(methods.items()): lines += ["", f"### {words(file)}", ""] + links(declared)
    (catalog / "Tensor.md").write_text("\n".join(lines) + "\n")


# The guides

def write_guides(catalog: pathlib.Path) -> set[str]:
    """Copies the guides as articles; gives their names."""
    pages = sorted(ROOT.glob("docs/*.md")) + sorted(ROOT.glob("docs/formats/*.md"))
    for page in pages: (catalog / f"guide-{page.name}").write_text(article(page.read_text()))
    for picture in sorted(ROOT.glob("docs/pictures/*.*")): shutil.copy(picture, catalog)
    return {page.stem for page in pages}


def article(text: str) -> str:
    """A guide with its links to other guides as docc's; links to files of the repository become their names."""
    def link(match: re.Match) -> str:
        words, target = match.groups()
        if target.startswith(("http:", "https:", "#")): return match.group()
        path = target.split("#")[0]
        return f"[{words}](<doc:guide-{pathlib.PurePath(path).stem}>)" if path.endswith(".md") and path != "CHANGELOG.md" and path != "CONTRIBUTING.md" else words
    # In two backticks docc looks for a declaration.
    text = re.sub(r"(?<!`)`` (.+?) ``(?!`)", lambda match: "`" + match[1].replace("`", "") + "`", text)
    # Blocks without a language are what is typed and seen in a terminal.
    text = re.sub(r"^```(\w*)\n(.*?)^```$", lambda match: f"```{match[1] or 'text'}\n{match[2]}```", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"!\[([^\]]*)\]\((?:docs/)?(?:pictures/)?([^)/]+)\)", r"!APUS[\1](\2)", text)
    text = re.sub(r"(?<!APUS)\[([^\]\n]+)\]\(([^)\s]+)\)", link, text)
    return text.replace("!APUS[", "![")


if __name__ == "__main__":
    if len(sys.argv) != 3: sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())
