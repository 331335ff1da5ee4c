#!/usr/bin/env python3
"""Record what TRL and transformers make of examples: Tests/ApusRecipesTests/Recorded/data.json.

    scripts/record-finetuning-data.py            (needs torch, transformers, trl, datasets)

Each case has a tokeniser and a chat template of Tests/ConformanceTests/Fixtures/models (or a template of its own), rows, and the
numbers of tokens and labels that TRL's trainers prepare from them. Answers of conversations in templates without marks are found
message by message in tokens, by TRL's `common_prefix_length`.
"""
import json
import os
import tempfile
import sys

os.environ.update(TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1")
import torch
from datasets import Dataset
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer, SFTConfig, SFTTrainer
from trl.data_utils import common_prefix_length, pack_dataset

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests")
MODELS = os.path.join(ROOT, "ConformanceTests", "Fixtures", "models")
OUT = os.path.join(ROOT, "ApusRecipesTests", "Recorded", "data.json")
TOKENIZERS = ["llama3-split", "gpt2-bytelevel", "spm-bpe-llama"]
TEMPLATES = ["chatml", "llama3", "zephyr", "llama2", "phi3", "gemma", "mistral"]
MARKED = (
    "{% for m in messages %}{{ '<' + m['role'] + '> ' }}{% if m['role'] == 'assistant' %}{% generation %}"
    "{{ m['content'] + eos_token }}{% endgeneration %}{% else %}{{ m['content'] }}{% endif %}{{ '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<assistant> ' }}{% endif %}"
)


def user(text): return {"role": "user", "content": text}
def assistant(text): return {"role": "assistant", "content": text}
def system(text): return {"role": "system", "content": text}


CHATS = [
    [user("What is the capital of France?"), assistant("It is Paris.")],
    [user("Hello!"), assistant("Hi, how can I help?"), user("Köln 你好 😀"), assistant(" It is 21°C. \n\nGood bye")],
    [system("Be brief."), user("One?"), assistant("Two."), user("Three?"), assistant("Four.")],
]
TEXTS = ["The cat sat on the mat.", "  Two lines\n\nand naïve façade 😀  ", "x"]
PAIRS = [
    {"prompt": "Question: 3 + 4?\nAnswer:", "completion": " 7"},
    {"prompt": "The sky is ", "completion": "blue and wide"},
    {"prompt": "inter", "completion": "national affairs"},
]
PREFERENCES = [
    {"prompt": "The sky is", "chosen": " blue.", "rejected": " a kind of green."},
    {"prompt": "inter", "chosen": "national", "rejected": "esting things"},
    {"chosen": "I like tea, and biscuits", "rejected": "I like tea, but no milk"},
]


def model():
    torch.manual_seed(0)
    return LlamaForCausalLM(LlamaConfig(
        vocab_size=64, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1))


def load(name):
    return AutoTokenizer.from_pretrained(os.path.join(MODELS, "tokenizers", name))


def options(**more):
    return dict(output_dir=tempfile.mkdtemp(), report_to=[], max_length=None, use_cpu=True, bf16=False, **more)


def supervised(tokenizer, rows, **more):
    trainer = SFTTrainer(
        model=model(), args=SFTConfig(**options(**more)), train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer)
    return [{"ids": r["input_ids"], "labels": r["labels"]} for r in trainer.train_dataset]


def by_messages(tokenizer, messages):
    """Tokens of a conversation, and labels of answers found message by message; refused where a prompt is no beginning."""
    def tokens(part, asks):
        return tokenizer.apply_chat_template(part, add_generation_prompt=asks, return_dict=True)["input_ids"]
    whole = tokens(messages, False)
    labels = [-100] * len(whole)
    for i, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        prompt = tokens(messages[:i], True)
        start = common_prefix_length(prompt, whole)
        if start < len(prompt):
            return "refused"
        end = common_prefix_length(tokens(messages[:i + 1], False), whole)
        labels[start:end] = whole[start:end]
    return {"ids": whole, "labels": labels}


def main():
    cases = []
    for name in TOKENIZERS:
        tokenizer = load(name)
        cases.append({"kind": "text", "tokenizer": name, "rows": [{"text": t} for t in TEXTS],
                      "examples": supervised(load(name), [{"text": t} for t in TEXTS])})
        cases.append({"kind": "completion", "tokenizer": name, "rows": PAIRS,
                      "examples": supervised(load(name), PAIRS)})
        explicit, implicit = PREFERENCES[:2], PREFERENCES[2:]
        for rows in (explicit, implicit):
            trainer = DPOTrainer(
                model=model(), ref_model=model(), args=DPOConfig(**options()), train_dataset=Dataset.from_list(rows),
                processing_class=load(name))
            cases.append({"kind": "preference", "tokenizer": name, "rows": rows, "examples": [
                {k: r[k] for k in ("prompt_ids", "chosen_ids", "rejected_ids")} for r in trainer.train_dataset]})
        for template in TEMPLATES:
            source = open(os.path.join(MODELS, "chat", template + ".jinja")).read()
            rows, examples, completions, refused = [], [], [], []
            tokenizer = load(name)
            tokenizer.chat_template = source
            for chat in CHATS:
                try:
                    example = by_messages(tokenizer, chat)
                except Exception as error:
                    print(name, template, "refused:", str(error)[:80], file=sys.stderr)
                    continue
                if example == "refused":
                    refused.append({"messages": chat})
                    continue
                rows.append({"messages": chat})
                examples.append(example)
                completions.append({"prompt": chat[:-1], "completion": chat[-1:]})
            cases.append({"kind": "chat", "tokenizer": name, "template": template, "rows": rows, "examples": examples})
            cases.append({"kind": "completion", "tokenizer": name, "template": template, "rows": completions,
                          "examples": supervised(tokenizer, completions)})
            if refused:
                cases.append({"kind": "refused", "tokenizer": name, "template": template, "rows": refused})
        tokenizer = load(name)
        tokenizer.chat_template = MARKED
        cases.append({"kind": "chat", "tokenizer": name, "source": MARKED, "rows": [{"messages": c} for c in CHATS],
                      "examples": supervised(tokenizer, [{"messages": c} for c in CHATS], assistant_only_loss=True)})

    # Answers that are liked or not: the rows that TRL makes of a batch of three.
    tokenizer = load("llama3-split")
    rows = [{"prompt": "The sky is", "completion": " blue.", "label": True},
            {"prompt": "Grass is", "completion": " red.", "label": False},
            {"prompt": "Milk is", "completion": " white and good.", "label": True}]
    trainer = KTOTrainer(
        model=model(), ref_model=model(),
        args=KTOConfig(**options(per_device_train_batch_size=3, train_sampling_strategy="sequential")),
        train_dataset=Dataset.from_list(rows), processing_class=tokenizer)
    batch = next(iter(trainer.get_train_dataloader()))
    cases.append({"kind": "feedback", "tokenizer": "llama3-split", "rows": rows, "batch": {
        k: v.tolist() for k, v in batch.items() if k.endswith(("input_ids", "completion_mask")) or k == "label"}})

    lengths = [(37 * i * i + 11 * i) % 60 + 1 for i in range(80)]
    flat = Dataset.from_list([{"input_ids": [i] * n} for i, n in enumerate(lengths)])
    packed = pack_dataset(flat, seq_length=64, strategy="bfd")
    packing = {"lengths": lengths, "length": 64, "rows": [sorted(s) for s in packed["seq_lengths"]]}

    with open(OUT, "w") as out:
        import transformers, trl
        json.dump({"transformers": transformers.__version__, "trl": trl.__version__, "cases": cases,
                   "packing": packing}, out, ensure_ascii=False, separators=(",", ":"))
    print(len(cases), "cases,", os.path.getsize(OUT), "bytes")


main()
