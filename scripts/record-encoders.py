#!/usr/bin/env python3
"""Writes a tiny sentence encoder and a tiny classifier, and what training them gives with sentence-transformers and transformers, to
Tests/ApusRecipesTests/Recorded/encoder and .../classifier. Every step sees all rows, so that no order of theirs matters.
`check FOLDER TEXT...` prints the vectors of texts by a folder instead. Needs torch, transformers, sentence-transformers 6.2."""
import json
import pathlib
import sys

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer import losses, modules
from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

HERE = pathlib.Path(__file__).resolve().parent.parent / "Tests/ApusRecipesTests/Recorded"
if len(sys.argv) > 2 and sys.argv[1] == "check":
    print(json.dumps(SentenceTransformer(sys.argv[2], device="cpu").encode(sys.argv[3:]).tolist()))
    sys.exit()

PAIRS = [
    ("a red apple", "fruit that grows on a tree"), ("the blue sea", "water with salt in it"),
    ("an old dog", "an animal that barks"), ("a fast train", "it runs on rails"),
    ("the long night", "the time without sun"), ("a warm coat", "clothes for the winter"),
]
LABELLED = [
    ("a red apple", "thing"), ("the old dog barks", "animal"), ("it runs on rails", "thing"), ("the cat sleeps", "animal"),
    ("the sun is warm", "weather"), ("a cold winter night", "weather"),
]
NEW = ["a green apple", "the dog runs in the sun"]


def tokenizer(folder):
    words = sorted({w for pair in PAIRS + LABELLED for text in pair for w in text.split()} | set("abcdefghijklmnopqrstuvwxyz"))
    pieces = ["##" + c for c in "abcdefghijklmnopqrstuvwxyz"]
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + words + pieces
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    made = BertTokenizerFast(vocab={word: i for i, word in enumerate(vocabulary)}, model_max_length=32)
    made.save_pretrained(folder)
    return made


def configuration(size, **more):
    return BertConfig(vocab_size=size, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
                      max_position_embeddings=32, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
                      initializer_range=0.2, **more)


def steps(parameters, loss, count=12):
    optimizer = torch.optim.AdamW(parameters, lr=3e-3, weight_decay=0.0)
    found = []
    for _ in range(count):
        optimizer.zero_grad()
        value = loss()
        value.backward()
        optimizer.step()
        found.append(value.item())
    return found


torch.manual_seed(3)
folder = HERE / "encoder"
made = tokenizer(folder)
BertModel(configuration(len(made))).save_pretrained(folder / "base")
made.save_pretrained(folder / "base")
base = modules.Transformer(str(folder / "base"))
pooling = modules.Pooling(16, "mean")
model = SentenceTransformer(modules=[base, pooling, modules.Normalize()], device="cpu")
for part in sorted((folder / "base").iterdir()):
    part.unlink()
(folder / "base").rmdir()
model.save_pretrained(str(folder), create_model_card=False)
recorded = {"before": model.encode(NEW).tolist()}
columns = [model.preprocess([pair[i] for pair in PAIRS]) for i in (0, 1)]
for name, make in [("ranking", losses.MultipleNegativesRankingLoss),
                   ("matryoshka", lambda m: losses.MatryoshkaLoss(m, losses.MultipleNegativesRankingLoss(m), [16, 8]))]:
    model = SentenceTransformer(str(folder), device="cpu").train()
    loss = make(model)
    recorded[name] = steps(model.parameters(), lambda: loss([dict(c) for c in columns], None))
    recorded[name + "-after"] = model.eval().encode(NEW).tolist()
(folder / "pairs.jsonl").write_text("".join(json.dumps({"anchor": a, "positive": b}) + "\n" for a, b in PAIRS))
(folder / "expected.json").write_text(json.dumps(recorded) + "\n")

torch.manual_seed(4)
folder = HERE / "classifier"
made = tokenizer(folder)
names = sorted({label for _, label in LABELLED})
model = BertForSequenceClassification(configuration(len(made), id2label=dict(enumerate(names)),
                                                    label2id={n: i for i, n in enumerate(names)}))
model.save_pretrained(folder)
batch = made([text for text, _ in LABELLED], padding=True, return_tensors="pt")
labels = torch.tensor([names.index(label) for _, label in LABELLED])
weight = torch.tensor([1.0, 0.5, 2.0])
recorded = {}
for name, rule in [("plain", torch.nn.CrossEntropyLoss()),
                   ("weighted", torch.nn.CrossEntropyLoss(weight=weight, label_smoothing=0.1))]:
    model = BertForSequenceClassification.from_pretrained(folder).train()
    recorded[name] = steps(model.parameters(), lambda: rule(model(**batch).logits, labels))
(folder / "labelled.jsonl").write_text("".join(json.dumps({"text": a, "label": b}) + "\n" for a, b in LABELLED))
(folder / "expected.json").write_text(json.dumps(recorded) + "\n")
