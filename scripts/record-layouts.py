#!/usr/bin/env python3
"""Records what PyTorch computes with sparse, nested (jagged) and quantised tensors and in segment_reduce:
values, and the gradients of sum(value * weights) with weights sin(0), sin(1), ...

usage: record-layouts.py [Tests/ApusLayoutsTests/Recorded/layouts.safetensors]   (with a Python that has torch and safetensors)
"""
import sys
import warnings

import torch
from safetensors.torch import save_file

warnings.filterwarnings("ignore")
torch.manual_seed(0)
out = {}


def weights(t):
    return torch.arange(t.numel(), dtype=torch.float64).sin().to(t.dtype).reshape(t.shape)


def dense(t):
    return t.to_dense() if t.layout != torch.strided else t


def record(name, value, inputs):
    """The value, densely, and its gradients for the inputs by name."""
    value = dense(value)
    out[name] = value.detach().contiguous()
    used = {k: v for k, v in inputs.items() if v.requires_grad}
    if value.requires_grad and used:
        grads = torch.autograd.grad((value * weights(value)).sum(), list(used.values()), allow_unused=True,
                                    retain_graph=True)
        for (k, _), g in zip(used.items(), grads):
            if g is not None:
                out[f"{name}.d{k}"] = dense(g).contiguous()


# Sparse: a matrix 5 x 7 with some positions twice, another one, dense operands.
i = torch.stack([torch.randint(0, 5, (14,)), torch.randint(0, 7, (14,))])
i[:, 13] = i[:, 2]
j = torch.stack([torch.randint(0, 5, (9,)), torch.randint(0, 7, (9,))])
v = torch.randn(14, dtype=torch.float64)
w = torch.randn(9, dtype=torch.float64)
x = torch.randn(7, 4, dtype=torch.float64)
y = torch.randn(5, 7, dtype=torch.float64)
z = torch.randn(3, 5, dtype=torch.float64)
for n, t in dict(i=i, j=j, v=v, w=w, x=x, y=y, z=z).items():
    out[n] = t
for t in (v, w, x, y, z):
    t.requires_grad_()
a = torch.sparse_coo_tensor(i, v, (5, 7))
b = torch.sparse_coo_tensor(j, w, (5, 7))
ad, bd = a.to_dense(), b.to_dense()
there = (torch.sparse_coo_tensor(i, torch.ones(14), (5, 7)).to_dense() != 0).double()
both = there * (torch.sparse_coo_tensor(j, torch.ones(9), (5, 7)).to_dense() != 0).double()
c = a.coalesce()
out["coalesced.indices"] = c.indices()
out["coalesced.values"] = c.values().detach()
r = a.detach().to_sparse_csr()
out["csr.crow"], out["csr.col"], out["csr.values"] = r.crow_indices(), r.col_indices(), r.values()
s = a.detach().to_sparse_csc()
out["csc.ccol"], out["csc.row"], out["csc.values"] = s.ccol_indices(), s.row_indices(), s.values()
record("dense", a, dict(v=v))
record("mm", torch.sparse.mm(a, x), dict(v=v, x=x))
record("mv", ad @ x[:, 0], dict(v=v, x=x))
record("denseSparse", z @ ad, dict(v=v, z=z))
record("sparseSparse", torch.sparse.mm(a, b.t()), dict(v=v, w=w))
record("addmm", torch.sparse.addmm(z.t() @ torch.ones(3, 4).double(), a, x, beta=0.5, alpha=2.0), dict(v=v, x=x, z=z))
record("sampled", there * (0.5 * ad + 2.0 * (z.t() @ z[:, :1] @ y[:1])), dict(v=v, y=y, z=z))
out["sampled.torch"] = torch.sparse.sampled_addmm(
    r, (z.t() @ z[:, :1]).detach(), y[:1].detach(), beta=0.5, alpha=2.0).to_dense()
record("sum", torch.sparse.sum(a), dict(v=v))
record("sum0", torch.sparse.sum(a, 0), dict(v=v))
record("sum1", torch.sparse.sum(a, 1), dict(v=v))
record("softmax0", torch.sparse.softmax(a, 0), dict(v=v))
record("softmax1", torch.sparse.softmax(a, 1), dict(v=v))
record("logSoftmax1", torch.sparse.log_softmax(a, 1), dict(v=v))
record("add", a + b, dict(v=v, w=w))
record("sub", a - b, dict(v=v, w=w))
record("mul", ad * bd * both, dict(v=v, w=w))
record("mulDense", there * (ad * y), dict(v=v, y=y))
record("mulRow", there * (ad * y[:1]), dict(v=v, y=y))
record("denseAdd", y + a, dict(v=v, y=y))
record("div", a / 3, dict(v=v))
record("transpose", a.t(), dict(v=v))
record("square", c * c, dict(v=v))
record("sinh", ad.sinh(), dict(v=v))
record("mask", there * y, dict(y=y))
record("select", ad.index_select(1, torch.tensor([6, 0, 0, 3])), dict(v=v))
record("select0", ad.index_select(0, torch.tensor([4, 1])), dict(v=v))
record("cat0", torch.cat([ad, bd]), dict(v=v, w=w))
record("cat1", torch.cat([ad, bd], 1), dict(v=v, w=w))
record("norm", ad.norm(), dict(v=v))
for reduce in ("mean", "amax", "amin"):
    out["mm." + reduce] = torch.sparse.mm(r, x.detach(), reduce)
# With dense dimensions behind one sparse one.
k = torch.tensor([[3, 0, 3, 1]])
u = torch.randn(4, 2, dtype=torch.float64)
out["k"], out["u"] = k, u
u.requires_grad_()
h = torch.sparse_coo_tensor(k, u, (5, 2))
record("hybrid", h, dict(u=u))
record("hybrid.sum0", h.to_dense().sum(0), dict(u=u))
record("hybrid.sum1", torch.sparse.sum(h, 1), dict(u=u))
record("hybrid.softmax0", torch.sparse.softmax(h, 0), dict(u=u))
record("hybrid.softmax1", torch.sparse.softmax(h, 1), dict(u=u))
d = torch.arange(9.0).reshape(3, 3)
out["spdiags"] = torch.sparse.spdiags(d, torch.tensor([0, -1, 2]), (3, 4)).to_dense()
# A table of which rows are looked up, and steps of the optimisers that take sparse gradients.
for name, make in {
    "SparseAdam": lambda p: torch.optim.SparseAdam([p], lr=0.1),
    "SGD": lambda p: torch.optim.SGD([p], lr=0.1),
    "Adagrad": lambda p: torch.optim.Adagrad([p], lr=0.1, lr_decay=0.01),
}.items():
    e = torch.nn.Embedding(6, 3, padding_idx=2, sparse=True)
    with torch.no_grad():
        e.weight.copy_(torch.arange(18.0).reshape(6, 3).cos())
    o = make(e.weight)
    for step, rows in enumerate([[0, 1, 1, 5], [2, 2, 3], [1, 5, 4, 1]]):
        o.zero_grad()
        t = e(torch.tensor(rows))
        (t * t * weights(t)).sum().backward()
        if step == 0 and name == "SGD":
            out["table.indices"], out["table.values"] = e.weight.grad._indices(), e.weight.grad._values()
        o.step()
    out["table." + name] = e.weight.detach()

# Nested tensors. What PyTorch has no gradient for there is computed for each sequence.
parts = [torch.randn(n, 6, dtype=torch.float64) for n in (2, 3, 1, 4)]
values = torch.cat(parts).requires_grad_()
out["nested.values"] = values.detach()
nt = torch.nested.nested_tensor_from_jagged(values, torch.tensor([0, 2, 5, 6, 10]), min_seqlen=1, max_seqlen=4)
m = torch.randn(6, 3, dtype=torch.float64)
g = torch.randn(4, 1, 6, dtype=torch.float64)
out["nested.m"], out["nested.g"] = m, g
f = torch.nn.functional
inputs = dict(values=values)
record("nested.padded", torch.nested.to_padded_tensor(nt, -1.0), inputs)
record("nested.sum1", torch.stack([p.sum(0) for p in values.split([2, 3, 1, 4])]), inputs)
record("nested.mean1", torch.stack([p.mean(0) for p in values.split([2, 3, 1, 4])]), inputs)
record("nested.amax1", nt.amax(1), inputs)
record("nested.sum2", values.sum(1), inputs)
record("nested.softmax2", values.softmax(1), inputs)
record("nested.softmax1", torch.cat([p.softmax(0) for p in values.split([2, 3, 1, 4])]), inputs)
record("nested.layerNorm", f.layer_norm(nt, (6,)).values(), inputs)
record("nested.linear", f.linear(nt, m.t()).values(), inputs)
record("nested.matmul", (nt @ m).values(), inputs)
record("nested.row", (nt * g[:1]).values(), inputs)
record("nested.each", (nt + g).values(), inputs)
q = nt.unflatten(-1, [2, 3]).transpose(1, 2)
for causal in (False, True):
    # Each sequence by itself.
    results = [
        f.scaled_dot_product_attention(*[p.unflatten(-1, [2, 3]).transpose(0, 1)] * 3, is_causal=causal)
        for p in values.split([2, 3, 1, 4])
    ]
    record(f"nested.attention{int(causal)}", torch.cat(results, 1), inputs)
layer = torch.nn.TransformerEncoderLayer(6, 2, 8, dropout=0.0, batch_first=True, dtype=torch.float64)
for n, p in layer.state_dict().items():
    out["nested.layer." + n] = p
padded = torch.nested.to_padded_tensor(nt, 0.0)
lengths = torch.tensor([2, 3, 1, 4])
hidden = torch.arange(4)[None] >= lengths[:, None]
encoded = layer(padded, src_key_padding_mask=hidden)
record("nested.encoded", encoded[~hidden], inputs)

# segment_reduce.
t = torch.tensor([2.0, 2, 1, 3, 3, 0, 0, 5, -1, 4, 0.5, 7], dtype=torch.float64).reshape(6, 2).requires_grad_()
out["segments.data"] = t.detach()
for reduce in ("sum", "mean", "max", "min", "prod"):
    for initial in (None, 2.5):
        value = torch.segment_reduce(t, reduce, lengths=torch.tensor([2, 0, 3, 1]), initial=initial)
        record(f"segments.{reduce}" + ("" if initial is None else ".initial"), value, dict(data=t))
out["segments.axis1"] = torch.segment_reduce(
    torch.arange(12.0).view(2, 3, 2), "sum", lengths=torch.tensor([[1, 2], [3, 0]]), axis=1)

# Quantised.
n = torch.cat([torch.randn(40) * 3, torch.tensor([0.5, 1.5, 2.5, -0.5, -1.5, 0.25, 100.0, -100.0])]).reshape(8, 6)
out["quantized.x"] = n
for name, scale, zero, dtype in (
    ("quint8", 0.1, 10, torch.quint8), ("qint8", 0.037, -3, torch.qint8), ("qint32", 0.001, 5, torch.qint32)):
    p = torch.quantize_per_tensor(n, scale, zero, dtype)
    out[f"quantized.{name}"], out[f"quantized.{name}.values"] = p.int_repr(), p.dequantize()
scales, zeros = torch.tensor([0.1, 0.2, 0.05, 0.3, 0.01, 1.0]), torch.tensor([0, 3, -5, 1, 0, 2])
p = torch.quantize_per_channel(n, scales, zeros, 1, torch.qint8)
out["quantized.channels"], out["quantized.channels.values"] = p.int_repr(), p.dequantize()
for name, reduce in (("dynamic", False), ("dynamicReduced", True)):
    p = torch.quantize_per_tensor_dynamic(n, torch.quint8, reduce)
    out[f"quantized.{name}"] = p.int_repr()
    out[f"quantized.{name}.parameters"] = torch.tensor([p.q_scale(), p.q_zero_point()], dtype=torch.float64)
nx = n.clone().requires_grad_()
record("fake", torch.fake_quantize_per_tensor_affine(nx, 0.1, 10, 0, 255), dict(x=nx))
record("fakeChannels", torch.fake_quantize_per_channel_affine(
    nx, scales, zeros.int(), 1, -128, 127), dict(x=nx))
# Halves are left out: PyTorch's gradient rounds them in another way than its value.
nx = (n + 0.013).requires_grad_()
ls, lz = torch.tensor([0.1], requires_grad=True), torch.tensor([9.7], requires_grad=True)
record("fakeLearnt", torch._fake_quantize_learnable_per_tensor_affine(nx, ls, lz, 0, 255, 0.5), dict(x=nx, s=ls, z=lz))
cs, cz = scales.clone().requires_grad_(), zeros.float().requires_grad_()
record("fakeLearntChannels", torch._fake_quantize_learnable_per_channel_affine(
    nx, cs, cz, 1, -128, 127, 0.5), dict(x=nx, s=cs, z=cz))
from torch.ao.quantization import (  # noqa: E402
    MinMaxObserver, MovingAverageMinMaxObserver, MovingAveragePerChannelMinMaxObserver, PerChannelMinMaxObserver)
for name, observer in {
    "minMax": MinMaxObserver(dtype=torch.quint8),
    "minMaxSymmetric": MinMaxObserver(dtype=torch.qint8, qscheme=torch.per_tensor_symmetric),
    "minMaxReduced": MinMaxObserver(dtype=torch.quint8, reduce_range=True),
    "moving": MovingAverageMinMaxObserver(averaging_constant=0.1),
    "channels": PerChannelMinMaxObserver(ch_axis=1, dtype=torch.qint8, qscheme=torch.per_channel_symmetric),
    "channelsAffine": PerChannelMinMaxObserver(ch_axis=0, dtype=torch.quint8),
    "movingChannels": MovingAveragePerChannelMinMaxObserver(averaging_constant=0.1, ch_axis=1),
}.items():
    for part in (n[:4, :], n[4:, :] * 0.5) if "channelsAffine" not in name else (n, n * 0.5 + 1):
        observer(part)
    scale, zero = observer.calculate_qparams()
    out[f"observer.{name}.scale"], out[f"observer.{name}.zero"] = scale.double(), zero.long()

# A file of torch.save, beside the other.
p = torch.sparse_coo_tensor(torch.tensor([[0, 1, 1], [2, 0, 2]]), torch.tensor([3.0, 4.0, 5.0]), (2, 3))
q = torch.tensor([[0.5, 1.5], [-2.0, 3.0]])
saved = {
    "coo": p, "single": p.coalesce(), "csr": p.to_sparse_csr(), "csc": p.to_sparse_csc(), "bsr": q.to_sparse_bsr((1, 1)),
    "quint8": torch.quantize_per_tensor(q, 0.5, 10, torch.quint8),
    "channels": torch.quantize_per_channel(q, torch.tensor([0.5, 0.25]), torch.tensor([0, 1]), 0, torch.qint8),
}

path = sys.argv[1] if len(sys.argv) > 1 else "Tests/ApusLayoutsTests/Recorded/layouts.safetensors"
save_file({k: t.detach().clone().contiguous() for k, t in out.items()}, path)
print(len(out), "tensors")
torch.save(saved, path.replace(".safetensors", ".pt"))
