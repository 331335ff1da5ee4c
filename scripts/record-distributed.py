#!/usr/bin/env python3
"""Records the losses of PyTorch's parallel trainings (gloo, 4 processes) that Tests/ApusDistributedTests/PeerTests.swift compares with.

    python scripts/record-distributed.py

Models and data are formulas, the same there. Every tenth of 50 losses is printed, and the last. PyTorch's SyncBatchNorm needs a GPU: for it
one process with the whole batch stands, which is what it computes.
"""
import os

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
import torch.nn as nn
import torch.nn.functional as F

STEPS = 50


def ripple(count, factor, scale=1.0):
    return torch.sin(torch.arange(1, count + 1, dtype=torch.float64) * factor) * scale


def fill(model):
    """All matrices by a formula of their place among the sorted names; vectors stay as they are made."""
    named = dict(model.named_parameters())
    for i, name in enumerate(sorted(named)):
        p = named[name]
        if p.dim() > 1:
            with torch.no_grad():
                p.copy_(ripple(p.numel(), 0.37 + 0.11 * i, 0.3).reshape(p.shape))
        elif name.endswith("bias"):
            with torch.no_grad():
                p.zero_()
    return model


def tokens(step, rows, length, count):
    return torch.tensor([(step * 5 + i * i + 3 * i) % count for i in range(rows * length)]).reshape(rows, length)


def llama():
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=23, hidden_size=16, intermediate_size=20, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=32, use_cache=False, tie_word_embeddings=False,
        attn_implementation="eager", rms_norm_eps=1e-6)
    return fill(LlamaForCausalLM(config).double())


def llama_loss(model, x):
    logits = model(input_ids=x).logits
    if hasattr(logits, "full_tensor"):
        logits = logits.full_tensor()
    return F.cross_entropy(logits[:, :-1].reshape(-1, 23), x[:, 1:].reshape(-1))


def shares():
    from torch.distributed.tensor.parallel import ColwiseParallel, RowwiseParallel

    plan = {}
    for i in range(2):
        layer = f"model.layers.{i}."
        for name in ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "mlp.gate_proj", "mlp.up_proj"):
            plan[layer + name] = ColwiseParallel()
        for name in ("self_attn.o_proj", "mlp.down_proj"):
            plan[layer + name] = RowwiseParallel()
    return plan


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln1, self.qkv, self.proj = nn.LayerNorm(16), nn.Linear(16, 48), nn.Linear(16, 16)
        self.ln2, self.up, self.down = nn.LayerNorm(16), nn.Linear(16, 40), nn.Linear(40, 16)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = (p.reshape(b, t, 2, 8).transpose(1, 2) for p in self.qkv(self.ln1(x)).chunk(3, -1))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        h = x + self.proj(y.transpose(1, 2).reshape(b, t, c))
        return h + self.down(F.relu(self.up(self.ln2(h))))


def gpt():
    return fill(nn.Sequential(nn.Embedding(23, 16), Block(), Block(), nn.LayerNorm(16), nn.Linear(16, 23)).double())


def gpt_loss(logits, x):
    return F.cross_entropy(logits[:, :-1].reshape(-1, 23), x[:, 1:].reshape(-1))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.norm1 = nn.Conv2d(2, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4)
        self.second, self.norm2 = nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4)
        self.scores = nn.Linear(4, 4)

    def forward(self, x):
        y = F.relu(self.norm1(self.first(x)))
        return self.scores(F.relu(self.norm2(self.second(y)) + y).mean((2, 3)))


def show(name, losses, rank):
    if rank == 0:
        print(f'  "{name}": [' + ", ".join(f"{x:.10f}" for x in losses[::10] + losses[-1:]) + "],", flush=True)


def mean(value, group=None):
    value = value.detach().clone()
    dist.all_reduce(value, group=group)
    return (value / dist.get_world_size(group)).item()


def work(rank):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="29671", RANK=str(rank), WORLD_SIZE="4")
    torch.set_num_threads(1)
    dist.init_process_group("gloo", rank=rank, world_size=4)
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard
    from torch.distributed.tensor.parallel import parallelize_module

    mesh = init_device_mesh("cpu", (2, 2), mesh_dim_names=("data", "tensor"))
    data = mesh["data"].get_group()

    for name, sharded in (("tensors", False), ("sharding and tensors", True)):
        model = parallelize_module(llama(), mesh["tensor"], shares())
        if sharded:
            for layer in model.model.layers:
                fully_shard(layer, mesh=mesh["data"])
            fully_shard(model, mesh=mesh["data"])
        optimizer, losses = torch.optim.AdamW(model.parameters(), lr=2e-3), []
        for step in range(STEPS):
            x = tokens(step, 8, 9, 23)
            if sharded:
                x = x[dist.get_rank(data) * 4:][:4]
            optimizer.zero_grad()
            loss = llama_loss(model, x)
            loss.backward()
            optimizer.step()
            losses.append(mean(loss, data))
        show(name, losses, rank)

    from torch.distributed.pipelining import PipelineStage, Schedule1F1B

    whole = gpt()
    cuts = [whole[0:1], whole[1:2], whole[2:3], whole[3:5]]
    stage = PipelineStage(cuts[rank], rank, 4, torch.device("cpu"))
    schedule = Schedule1F1B(stage, n_microbatches=4, loss_fn=gpt_loss)
    optimizer, losses = torch.optim.SGD(cuts[rank].parameters(), lr=0.05, momentum=0.9), []
    for step in range(STEPS):
        x, found = tokens(step, 8, 9, 23), []
        optimizer.zero_grad()
        if rank == 0:
            schedule.step(x)
        elif rank == 3:
            schedule.step(target=x, losses=found)
        else:
            schedule.step()
        optimizer.step()
        loss = torch.stack(found).mean() if found else torch.zeros((), dtype=torch.float64)
        dist.broadcast(loss, 3)
        losses.append(loss.item())
    show("pipeline", losses, rank)

    model = nn.parallel.DistributedDataParallel(gpt())
    optimizer, losses = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9), []
    for step in range(STEPS):
        x = tokens(step, 8, 9, 23)[rank * 2:][:2]
        optimizer.zero_grad()
        loss = gpt_loss(model(x), x)
        loss.backward()
        optimizer.step()
        losses.append(mean(loss))
    show("data", losses, rank)

    if rank == 0:
        model = fill(ResNet().double())
        optimizer, losses = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9), []
        for step in range(STEPS):
            x = ripple(12 * 72, 0.71 + step * 0.01).reshape(12, 2, 6, 6)
            y = torch.tensor([(i * 5 + step) % 4 for i in range(12)])
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        show("pictures", losses, rank)
    dist.barrier()
    dist.destroy_process_group()


if __name__ == "__main__":
    mp.spawn(work, nprocs=4)
