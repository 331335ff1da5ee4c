#!/usr/bin/env python3
"""Writes a tiny language model with a tokeniser, questions, and what transformers finds of them by the rules of
lm-evaluation-harness, to Tests/ApusRecipesTests/Recorded/evaluation. With the path of a model and of a task as arguments it
prints the log-likelihoods of that one instead. Needs torch, transformers and tokenizers."""
import json
import math
import pathlib
import re
import sys

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/ApusRecipesTests/Recorded/evaluation"

CHOICES = [
    {"question": "The sky is", "choices": ["blue", "a kind of fish", "made of very old cheese"], "answer": 0},
    {"question": "A cat says", "choices": ["woof", "meow"], "answer": "B"},
    {"question": "Two and two are", "choices": ["four", "five", "twenty-two"], "answer": "four"},
    {"question": "Ice is water that", "choices": ["burns", "is frozen", "flies to the moon é"], "answer": 1},
    {"question": "Snow falls in the long and dark months of the winter, and when it melts there comes the",
     "choices": {"text": ["spring", "night of stars"], "label": ["1", "2"]}, "answerKey": "1"},
    {"question": "Word with a space ", "choices": ["one", "two"], "answer": 0},
]
TEXTS = [
    {"text": "The sea was calm, and the boats lay still in the harbour."},
    {"text": "One two three\nfour  five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen."},
    {"text": "Äpfel und Birnen."},
]


def log_likelihood(model, context, continuation, limit):
    ids = (context + continuation)[-(limit + 1):]
    with torch.no_grad():
        logits = model(torch.tensor([ids[:-1]])).logits[0].double().log_softmax(-1)
    n = len(continuation)
    return [logits[len(ids) - 1 - n + i, continuation[i]].item() for i in range(n)]


def encode_pair(tokenizer, context, continuation):
    spaces = len(context) - len(context.rstrip())
    if spaces > 0:
        continuation, context = context[-spaces:] + continuation, context[:-spaces]
    whole = tokenizer(context + continuation)["input_ids"]
    before = tokenizer(context)["input_ids"]
    return before, whole[len(before):]


def choices(model, tokenizer, rows, limit):
    found = []
    for row in rows:
        texts = row["choices"]["text"] if isinstance(row["choices"], dict) else row["choices"]
        prompt = row.get("question", row.get("prompt"))
        found.append([sum(log_likelihood(model, *encode_pair(tokenizer, prompt, " " + text), limit)) for text in texts])
    return found


def rolling(model, tokenizer, rows, limit):
    losses, words, sizes = [], [], []
    for row in rows:
        ids = tokenizer(row["text"], add_special_tokens=False)["input_ids"]
        start = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
        total, done = 0.0, 0
        while done < len(ids):
            # Each window is as long as the model reads, and foretells what the last did not.
            piece = ids[done:done + limit]
            before = ([start] + ids)[max(0, done + len(piece) - limit):done + 1]
            total += sum(log_likelihood(model, before, piece, limit))
            done += len(piece)
        losses.append(-total)
        words.append(len(re.split(r"\s+", row["text"])))
        sizes.append(len(row["text"].encode()))
    return {"losses": losses, "word_perplexity": math.exp(sum(losses) / sum(words)),
            "byte_perplexity": math.exp(sum(losses) / sum(sizes)), "bits_per_byte": sum(losses) / sum(sizes) / math.log(2)}


def record():
    FOLDER.mkdir(parents=True, exist_ok=True)
    words = [row["text"] for row in TEXTS] + [row["question"] for row in CHOICES] + [
        text for row in CHOICES for text in (row["choices"]["text"] if isinstance(row["choices"], dict) else row["choices"])]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(words, trainers.BpeTrainer(
        vocab_size=320, special_tokens=["<|start|>", "<|end|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<|start|>", eos_token="<|end|>")
    fast.chat_template = ("{% for m in messages %}<|start|>{{ m.role }}: {{ m.content }}<|end|>{% endfor %}"
                          "{% if add_generation_prompt %}<|start|>assistant: {% endif %}")
    fast.save_pretrained(FOLDER)
    torch.manual_seed(1)
    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=320, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=24, initializer_range=0.6, tie_word_embeddings=True,
        bos_token_id=0, eos_token_id=1, pad_token_id=1)).eval()
    model.save_pretrained(FOLDER)
    for name, rows in [("choices", CHOICES), ("texts", TEXTS)]:
        (FOLDER / f"{name}.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    limit = 24
    with torch.no_grad():
        greedy = [fast.decode(model.generate(torch.tensor([fast(row["question"])["input_ids"]]), max_new_tokens=6,
                                             do_sample=False)[0][len(fast(row["question"])["input_ids"]):],
                              skip_special_tokens=True) for row in CHOICES]
    (FOLDER / "expected.json").write_text(json.dumps({
        "choices": choices(model, fast, CHOICES, limit), "rolling": rolling(model, fast, TEXTS, limit),
        "greedy": greedy}) + "\n")


if len(sys.argv) > 2:
    model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
    rows = [json.loads(line) for line in open(sys.argv[2])]
    if "choices" in rows[0]:
        print(json.dumps(choices(model, tokenizer, rows, 2048)))
    else:
        print(json.dumps(rolling(model, tokenizer, rows, int(sys.argv[3]) if len(sys.argv) > 3 else 2048)))
else:
    record()
