#!/usr/bin/env python3
"""Copies a selection of recorded models, tokenisers and generations into the fixtures of the tests.

    scripts/select-models.py SET OUT [--lines N]

One model of each family, the first N recorded texts of each tokeniser, and all chat templates, adapters and features of sound.
"""
import argparse
import json
import pathlib
import shutil

MODELS = [
    "llama-linear", "llama-llama3-tied", "gpt2", "gemma2", "gpt-neox", "phi3", "mixtral", "mamba", "bert-mlm", "bert-seqcls",
    "roberta", "modernbert", "t5", "bart", "whisper", "clip", "convnext", "dinov2", "resnet", "vit",
]
TOKENIZERS = [
    "added-tokens", "bert-uncased", "clip-style", "gpt2-bytelevel", "llama3-split", "spm-bpe-llama", "unigram-bytefallback",
    "wordlevel",
]
GGUF = [
    "gguf.json", "cases.safetensors", "blocks.safetensors", "tokenizer.json", "tokenizer_cases.jsonl", "tiny-llama-F32.gguf",
    "tiny-llama-Q4_0.gguf", "tiny-llama-K-mix.gguf",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--lines", type=int, default=60, help="recorded texts of a tokeniser")
    arguments = parser.parse_args()
    shutil.rmtree(arguments.out, ignore_errors=True)
    bases = {"models/" + name for name in MODELS}
    for name in sorted(bases) + ["chat", "features", "lora"]:
        shutil.copytree(arguments.set / name, arguments.out / name)
    (arguments.out / "gguf").mkdir()
    for name in GGUF:
        shutil.copy(arguments.set / "gguf" / name, arguments.out / "gguf" / name)
    listed = json.loads((arguments.set / "gguf/gguf.json").read_text())
    listed["files"] = [item for item in listed["files"] if item["file"] in GGUF]
    (arguments.out / "gguf/gguf.json").write_text(json.dumps(listed, indent=1) + "\n")
    for name in TOKENIZERS:
        target = arguments.out / "tokenizers" / name
        target.mkdir(parents=True)
        for file in (arguments.set / "tokenizers" / name).iterdir():
            if file.suffix == ".jsonl":
                lines = file.read_text().splitlines(keepends=True)[: arguments.lines]
                (target / file.name).write_text("".join(lines))
            elif file.is_file():
                shutil.copy(file, target / file.name)
    for name in ["components.jsonl", "components-charsmap.txt"]:
        shutil.copy(arguments.set / "tokenizers" / name, arguments.out / "tokenizers" / name)
    for path in arguments.out.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


if __name__ == "__main__":
    main()
