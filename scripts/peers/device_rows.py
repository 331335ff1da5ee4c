#!/usr/bin/env python3
"""Rows of the benchmark for PyTorch on a device, to lay beside `benchmarks --device D --only ROWS`.

    python3 scripts/peers/device_rows.py [--device cuda:0] [--only ROWS] [--budget SECONDS]

Prints for each row its name and the median seconds of a call. The networks, sizes and defaults (eager, PyTorch's own precision) are those of
Benchmarks/; the numbers in the tensors are not, since no time depends on them. Needs PyTorch; nothing of the package needs this file.
"""

import argparse
import fnmatch
import math
import statistics
import time

import torch
import torch.nn.functional as F
from torch import nn


class NormedConvolution(nn.Sequential):
    def __init__(self, inputs, outputs, kernel, stride=1):
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs))


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = NormedConvolution(inputs, outputs, 3, stride)
        self.second = NormedConvolution(outputs, outputs, 3)
        changes = stride != 1 or inputs != outputs
        self.shortcut = NormedConvolution(inputs, outputs, 1, stride) if changes else nn.Identity()

    def forward(self, x):
        return (self.second(self.first(x).relu()) + self.shortcut(x)).relu()


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        blocks, channels = [], 64
        for stage in range(4):
            for i in range(2):
                blocks.append(Residual(channels, 64 << stage, 2 if stage > 0 and i == 0 else 1))
                channels = 64 << stage
        self.stem, self.blocks, self.scores = NormedConvolution(3, 64, 3), nn.Sequential(*blocks), nn.Linear(512, 10)

    def forward(self, x):
        return self.scores(self.blocks(self.stem(x).relu()).mean((2, 3)))


class GPTBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.projection = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, positions, width = x.shape
        parts = [
            p.view(batch, positions, self.heads, -1).transpose(1, 2) for p in self.qkv(self.norm1(x)).split(width, 2)]
        attended = F.scaled_dot_product_attention(*parts, is_causal=True)
        x = x + self.projection(attended.transpose(1, 2).reshape(x.shape))
        return x + self.narrow(F.gelu(self.wide(self.norm2(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self, layers, width, heads, vocabulary, context):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.Sequential(*[GPTBlock(width, heads) for _ in range(layers)])
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)

    def forward(self, x):
        return self.head(self.norm(self.blocks(self.tokens(x) + self.positions.weight[: x.shape[1]]))).flatten(0, 1)


class BERTBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-12), nn.LayerNorm(width, eps=1e-12)

    def forward(self, x):
        batch, positions, _ = x.shape
        parts = [f(x).view(batch, positions, 12, 64).transpose(1, 2) for f in (self.query, self.key, self.value)]
        y = F.scaled_dot_product_attention(*parts).transpose(1, 2).reshape(x.shape)
        y = self.norm1(x + self.output(y))
        return self.norm2(y + self.narrow(F.gelu(self.wide(y))))


class BERT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions, self.types = nn.Embedding(30522, 768), nn.Embedding(512, 768), nn.Embedding(2, 768)
        self.norm, self.pool = nn.LayerNorm(768, eps=1e-12), nn.Linear(768, 768)
        self.blocks = nn.Sequential(*[BERTBlock(768) for _ in range(12)])

    def forward(self, x):
        h = self.tokens(x) + self.positions.weight[: x.shape[1]] + self.types.weight[0]
        h = self.blocks(self.norm(h))
        return h, self.pool(h[:, 0]).tanh()


class WordModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.scores = nn.Embedding(10000, 256), nn.Linear(256, 10000)
        self.recurrence = nn.LSTM(256, 256, 2, batch_first=True)

    def forward(self, x):
        return self.scores(self.recurrence(self.table(x))[0]).flatten(0, 1)


def rows(device):
    def uniform(*shape):
        return torch.rand(shape, device=device) * 2 - 1

    def integers(limit, *shape):
        return torch.randint(0, limit, shape, device=device)

    def forward(make):
        def prepare():
            call = make()

            def run():
                with torch.no_grad():
                    call()
            return run
        return prepare

    def both(make):
        def prepare():
            inputs, call = make()
            for x in inputs:
                x.requires_grad_()
            ones = torch.ones_like(call())

            def run():
                for x in inputs:
                    x.grad = None
                call().backward(ones)
            return run
        return prepare

    def training(make, optimizer, x, y, mixed=False):
        def prepare():
            model = make().to(device)
            steps = optimizer(model.parameters())
            kind = torch.device(device).type
            inputs, target = x(), y()

            def run():
                steps.zero_grad()
                with torch.autocast(kind, torch.bfloat16, enabled=mixed):
                    loss = F.cross_entropy(model(inputs), target)
                loss.backward()
                steps.step()
            return run
        return prepare

    def gpt(mixed):
        return training(
            lambda: GPT(6, 384, 6, 96, 256), lambda p: torch.optim.AdamW(p, 3e-4, (0.9, 0.95), weight_decay=0.1),
            lambda: integers(96, 8, 256), lambda: integers(96, 8 * 256), mixed)

    def chain():
        x, a, b, c = uniform(4096, 1024), uniform(1024), uniform(1024), uniform(1024)
        return lambda: F.gelu(x * a + b) * c

    def product(n, dtype=torch.float32):
        a, b = uniform(n, n).to(dtype), uniform(n, n).to(dtype)
        return lambda: a @ b

    def softmax():
        x = uniform(4096, 1024)
        return lambda: x.softmax(-1)

    def layer_norm():
        x, w, b = uniform(4096, 768), uniform(768), uniform(768)
        return [x, w, b], lambda: F.layer_norm(x, [768], w, b)

    def attention():
        x = [uniform(8, 4, 512, 64) for _ in range(3)]
        return x, lambda: F.scaled_dot_product_attention(*x, is_causal=True, scale=0.125)

    def convolution():
        x = uniform(32, 64, 56, 56).to(memory_format=torch.channels_last)
        w = uniform(64, 64, 3, 3).to(memory_format=torch.channels_last)
        return [x, w], lambda: F.conv2d(x, w, padding=1)

    def bert(batch):
        model, tokens = BERT().to(device).eval(), integers(30522, batch, 128)
        return lambda: model(tokens)

    def perceptron():
        return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))

    def lenet():
        return nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))

    return {
        "ew.chain": forward(chain),
        "nn.softmax": forward(softmax),
        "nn.layernorm_fb": both(layer_norm),
        "gemm.f32_2048": forward(lambda: product(2048)),
        "gemm.bf16_2048": forward(lambda: product(2048, torch.bfloat16)),
        "attn.f": forward(lambda: attention()[1]),
        "attn.fb": both(attention),
        "conv.f": forward(lambda: convolution()[1]),
        "conv.fb": both(convolution),
        "train.mlp": training(
            perceptron, lambda p: torch.optim.Adam(p, 1e-3), lambda: uniform(128, 784), lambda: integers(10, 128)),
        "train.lenet": training(
            lenet, lambda p: torch.optim.SGD(p, 0.01, momentum=0.9), lambda: uniform(64, 1, 28, 28),
            lambda: integers(10, 64)),
        "train.resnet18": training(
            lambda: ResNet18().to(memory_format=torch.channels_last),
            lambda p: torch.optim.SGD(p, 0.05, momentum=0.9, weight_decay=5e-4),
            lambda: uniform(32, 3, 32, 32).to(memory_format=torch.channels_last), lambda: integers(10, 32)),
        "train.gpt": gpt(False),
        "train.gpt_bf16": gpt(True),
        "train.lstmlm": training(
            WordModel, lambda p: torch.optim.Adam(p, 1e-3), lambda: integers(10000, 32, 35),
            lambda: integers(10000, 32 * 35)),
        "infer.bert_b1": forward(lambda: bert(1)),
        "infer.bert_b8": forward(lambda: bert(8)),
    }


def measure(call, wait):
    """The median seconds of a call: some to warm up, then repeats of at least 10 ms each."""
    start = time.perf_counter()
    for _ in range(3):
        call()
    wait()
    while time.perf_counter() - start < 0.3:
        call()
        wait()
    begin = time.perf_counter()
    call()
    wait()
    inner = max(1, math.ceil(0.01 / (time.perf_counter() - begin)))
    times, begin = [], time.perf_counter()
    while len(times) < 12 and (len(times) < 3 or time.perf_counter() - begin < 2):
        t = time.perf_counter()
        for _ in range(inner):
            call()
        wait()
        times.append((time.perf_counter() - t) / inner)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--only", default="*", help="comma-separated names or patterns")
    parser.add_argument("--budget", type=float, default=math.inf, help="seconds after which no further row begins")
    options = parser.parse_args()
    start = time.perf_counter()
    wait = torch.cuda.synchronize if options.device.startswith("cuda") else lambda: None
    for name, prepare in rows(options.device).items():
        if not any(fnmatch.fnmatch(name, pattern) for pattern in options.only.split(",")):
            continue
        if time.perf_counter() - start > options.budget:
            break
        print(f"{name}\t{measure(prepare(), wait):.6g}", flush=True)


if __name__ == "__main__":
    main()
