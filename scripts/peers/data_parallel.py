"""PyTorch's side of scripts/compare-data-parallel.sh: DistributedDataParallel on gloo, one thread a process.

    python3 scripts/peers/data_parallel.py --row gpt --ranks 2 --seconds 10
"""
import argparse, os, socket, time
import torch, torch.distributed as dist, torch.multiprocessing as mp
import torch.nn as nn, torch.nn.functional as F


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.qkv, self.projection = nn.LayerNorm(384), nn.Linear(384, 1152), nn.Linear(384, 384)
        self.norm2, self.wide, self.narrow = nn.LayerNorm(384), nn.Linear(384, 1536), nn.Linear(1536, 384)

    def forward(self, x):
        b, t, w = x.shape
        q, k, v = (y.view(b, t, 6, 64).transpose(1, 2) for y in self.qkv(self.norm1(x)).split(384, dim=2))
        x = x + self.projection(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(b, t, w))
        return x + self.narrow(F.gelu(self.wide(self.norm2(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(96, 384), nn.Embedding(256, 384)
        self.blocks = nn.Sequential(*[Block() for _ in range(6)])
        self.norm, self.head = nn.LayerNorm(384), nn.Linear(384, 96, bias=False)

    def forward(self, x):
        return self.head(self.norm(self.blocks(self.tokens(x) + self.positions.weight[:x.shape[1]]))).flatten(0, 1)


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2, self.norm2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.shortcut = None if stride == 1 and inputs == outputs else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.norm2(self.conv2(self.norm1(self.conv1(x)).relu()))
        return (y + (x if self.shortcut is None else self.shortcut(x))).relu()


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU())
        shapes = [(64, 64, 1), (64, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1), (256, 512, 2), (512, 512, 1)]
        self.blocks = nn.Sequential(*[Residual(*s) for s in shapes])
        self.scores = nn.Linear(512, 10)

    def forward(self, x):
        return self.scores(self.blocks(self.stem(x)).mean([2, 3]))


def work(rank, size, row, seconds, port):
    os.environ["MASTER_ADDR"], os.environ["MASTER_PORT"] = "127.0.0.1", str(port)
    torch.set_num_threads(1)
    torch.manual_seed(1 + rank)
    dist.init_process_group("gloo", rank=rank, world_size=size)
    if row == "gpt":
        model = nn.parallel.DistributedDataParallel(GPT(), gradient_as_bucket_view=True)
        optimizer = torch.optim.AdamW(model.parameters(), 3e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
        batch, x, y = 8, torch.randint(0, 96, (8, 256)), torch.randint(0, 96, (8 * 256,))
    else:
        net = ResNet18().to(memory_format=torch.channels_last)
        model = nn.parallel.DistributedDataParallel(net, gradient_as_bucket_view=True)
        optimizer = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9, weight_decay=5e-4, fused=True)
        batch, y = 32, torch.randint(0, 10, (32,))
        x = torch.rand(32, 3, 32, 32).to(memory_format=torch.channels_last)
    times, total = [], 0.0
    for i in range(10000):
        dist.barrier()
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
        spent = time.perf_counter() - start
        if i >= 2:
            times.append(spent)
            total += spent
        over = torch.tensor([float(total > seconds and len(times) >= 5)])
        dist.broadcast(over, 0)
        if over.item() > 0:
            break
    median = sorted(times)[len(times) // 2]
    if rank == 0:
        print(f"speed {row} ranks {size}: {batch * size / median} examples/s, {median * 1000} ms a step")
    dist.destroy_process_group()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--row", default="gpt", choices=["gpt", "resnet18"])
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    mp.spawn(work, args=(options.ranks, options.row, options.seconds, port), nprocs=options.ranks)
