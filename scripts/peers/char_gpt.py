#!/usr/bin/env python3
"""The example char-gpt (Examples/Networks/CharGPT.swift) for PyTorch, to compare with by hand: the same seed gives the same losses.

    python3 scripts/peers/char_gpt.py --steps 500        # the novels of scripts/example-data.sh
    python3 scripts/peers/char_gpt.py --text FILE

Needs PyTorch; nothing of the package needs this file.
"""

import argparse
import pathlib
import struct
import time
import zlib

import torch
from torch import nn
from torch.nn import functional as F


class CausalAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.project = nn.Linear(width, width)

    def forward(self, x):
        batch, length, width = x.shape
        parts = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_causal=True)
        return self.project(y.transpose(1, 2).reshape(batch, length, width))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = CausalAttention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class GPT(nn.Module):
    def __init__(self, vocabulary, context, width, heads, layers):
        super().__init__()
        self.context = context
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.Sequential(*[Block(width, heads) for _ in range(layers)])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)
        self.head.weight = self.tokens.weight
        for name, p in self.named_parameters():
            if p.dim() == 2: nn.init.normal_(p, std=0.02)
            elif name.endswith("bias"): nn.init.zeros_(p)

    def forward(self, x):
        h = self.tokens(x) + self.positions(torch.arange(x.size(1)))
        return self.head(self.norm(self.blocks(h)))

    def generate(self, text, count, temperature, top_k):
        for _ in range(count):
            scores = self(text[:, -self.context:])[:, -1] / temperature
            best = scores.topk(min(top_k, scores.size(-1))).values
            scores = scores.masked_fill(scores < best[:, -1:], -float("inf"))
            text = torch.cat([text, torch.multinomial(torch.softmax(scores, -1), 1)], 1)
        return text


def novels():
    """The text of the R package's data: objects with their size, compressed; each a vector of lines."""
    data = (pathlib.Path(__file__).parents[2] / ".apus/data/janeaustenr/Rdata.rdb").read_bytes()
    texts = []
    while data:
        stream = zlib.decompressobj()
        vector, data = stream.decompress(data[4:]), stream.unused_data
        at = 18 + struct.unpack_from(">I", vector, 14)[0]
        count = struct.unpack_from(">I", vector, at + 4)[0]
        at += 8
        lines = []
        for _ in range(count):
            length = struct.unpack_from(">I", vector, at + 4)[0]
            lines.append(vector[at + 8:at + 8 + length].decode())
            at += 8 + length
        texts.append("\n".join(lines))
    return "\n\n".join(texts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, usual in dict(steps=2000, batch=16, context=64, width=128, heads=4, layers=4, rate=1e-3, sample=400, temperature=0.8,
                            top_k=20, seed=0, prompt="It is a truth", text="").items():
        parser.add_argument("--" + name.replace("_", "-"), type=type(usual), default=usual)
    o = parser.parse_args()

    characters = open(o.text, encoding="utf-8").read() if o.text else novels()
    vocabulary = sorted(set(characters))
    number = {c: i for i, c in enumerate(vocabulary)}
    data = torch.tensor([number[c] for c in characters])
    cut = len(data) * 9 // 10
    training, held = data[:cut], data[cut:]

    torch.manual_seed(o.seed)
    model = GPT(len(vocabulary), o.context, o.width, o.heads, o.layers)
    groups = [dict(params=[p for p in model.parameters() if p.dim() > 1], weight_decay=0.1),
              dict(params=[p for p in model.parameters() if p.dim() <= 1], weight_decay=0)]
    optimizer = torch.optim.AdamW(groups, lr=o.rate, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=max(1, o.steps), eta_min=o.rate / 10)
    print(f"{len(data)} characters, {len(vocabulary)} different; {sum(p.numel() for p in model.parameters())} weights")

    def pieces(data, generator=None):
        starts = torch.randint(0, len(data) - o.context, (o.batch,), generator=generator)
        places = starts.unsqueeze(1) + torch.arange(o.context)
        return data[places], data[places + 1]

    def loss(x, y): return F.cross_entropy(model(x).flatten(0, 1), y.flatten())

    begin = 0.0
    for step in range(1, o.steps + 1):
        value = loss(*pieces(training))
        optimizer.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step == 1: begin = time.perf_counter()
        if step in (1, o.steps) or step % max(1, o.steps // 10) == 0:
            duration = "" if step == 1 else f"  {(time.perf_counter() - begin) * 1000 / (step - 1):.1f} ms a step"
            print(f"step {step}/{o.steps}  loss {value.item():.4f}{duration}", flush=True)

    model.eval()
    with torch.no_grad():
        generator = torch.Generator().manual_seed(1)
        checks = [loss(*pieces(held, generator)).item() for _ in range(10)]
        print(f"loss on the last tenth of the text, which it has not read: {sum(checks) / 10:.4f}\n")
        start = torch.tensor([[number.get(c, 0) for c in o.prompt]])
        ids = model.generate(start, o.sample, o.temperature, o.top_k)[0].tolist()
        print("".join(vocabulary[i] for i in ids))


if __name__ == "__main__":
    main()
