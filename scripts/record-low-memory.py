#!/usr/bin/env python3
"""Records what bitsandbytes computes on the processor: blocks of four bits, optimisers with states in bytes, and a small model that
transformers saved after load_in_4bit.

    python scripts/record-low-memory.py        writes Tests/ApusModelsTests/Recorded and Tests/ApusOptimTests/Recorded

Needs torch, bitsandbytes, transformers, accelerate and safetensors."""

import pathlib
import tempfile

import bitsandbytes as bnb
import bitsandbytes.functional as F
import torch
from safetensors.torch import save_file

ROOT = pathlib.Path(__file__).resolve().parent.parent / "Tests"


def blocks():
    torch.manual_seed(0)
    tensors = {"signed": F.create_dynamic_map(True), "unsigned": F.create_dynamic_map(False)}
    source = torch.randn(48, 45) * 0.05
    source[3, :10] = 0
    source.view(-1)[640:768] = 0
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        name = str(dtype).split(".")[1]
        x = source.to(dtype)
        tensors[f"source.{name}"] = x
        for kind in ("nf4", "fp4"):
            for size in (64, 128):
                packed, state = F.quantize_4bit(x.clone(), blocksize=size, quant_type=kind)
                key = f"{name}.{kind}-{size}"
                tensors[f"{key}.packed"] = packed.reshape(-1)
                tensors[f"{key}.absmax"] = state.absmax
                if name == "float32":
                    tensors[f"{key}.numbers"] = F.dequantize_4bit(packed, state)
    # Odd counts and a last part of a block.
    odd = source.reshape(-1)[:777].clone()
    packed, state = F.quantize_4bit(odd, blocksize=64, quant_type="nf4")
    tensors |= {"odd.packed": packed.reshape(-1), "odd.absmax": state.absmax}
    # Scales of scales.
    wide = torch.randn(300, 64)
    packed, state = F.quantize_4bit(wide, blocksize=64, quant_type="nf4", compress_statistics=True)
    tensors |= {
        "nested.source": wide, "nested.packed": packed.reshape(-1), "nested.codes": state.absmax,
        "nested.absmax": state.state2.absmax, "nested.offset": state.offset.reshape(1),
        "nested.numbers": F.dequantize_4bit(packed, state),
    }
    save_file({k: v.contiguous() for k, v in tensors.items()}, ROOT / "ApusModelsTests/Recorded/four-bits.safetensors")


def model():
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig, LlamaConfig, LlamaForCausalLM

    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=96, hidden_size=64, intermediate_size=128, num_hidden_layers=1, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=64)
    with tempfile.TemporaryDirectory() as folder:
        LlamaForCausalLM(config).save_pretrained(folder)
        for nested in (False, True):
            quantization = BitsAndBytesConfig(
                load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=nested,
                bnb_4bit_compute_dtype=torch.float32)
            small = AutoModelForCausalLM.from_pretrained(
                folder, quantization_config=quantization, dtype=torch.float32, device_map="cpu")
            target = ROOT / f"ApusModelsTests/Recorded/load-in-4bit{'-nested' if nested else ''}"
            small.save_pretrained(target)
            # The processor's own products round to bfloat16: the same matrices in float32 tell what is meant.
            plain = LlamaForCausalLM.from_pretrained(folder)
            for name, module in small.named_modules():
                if isinstance(module, bnb.nn.Linear4bit):
                    weight = F.dequantize_4bit(module.weight.data, module.weight.quant_state)
                    plain.get_submodule(name).weight.data = weight
            ids = torch.tensor([[5, 17, 80, 3, 42, 9]])
            with torch.no_grad():
                logits = plain(ids).logits
            save_file({"ids": ids, "logits": logits.float().contiguous()}, target / "recorded.safetensors.out")
            for extra in target.glob("generation_config.json"):
                extra.unlink()


def nearest(x, code, absmax_out, out, blocksize):
    """The nearest of 256 values, as bitsandbytes defines the rule in Python (backends/default) and computes it on graphics cards, except that
    no mean of squares becomes zero. Its library for processors looks sizes up among 65536, which is another value near the middles and
    for sizes below 1/65536."""
    flat = torch.nn.functional.pad(x.reshape(-1), (0, -x.numel() % blocksize)).reshape(-1, blocksize)
    absmax = flat.abs().max(dim=-1)[0]
    scaled = flat * torch.where(absmax > 0, 1 / absmax, 0)[:, None]
    codes = torch.argmin((scaled.reshape(-1, 1) - code).abs(), dim=-1)
    if code.min() >= 0:
        codes = torch.where((scaled.reshape(-1) > 0) & (codes == 0), 1, codes)
    codes = torch.where((absmax > 0)[:, None], codes.to(torch.uint8).reshape(flat.shape), 0)
    out.copy_(codes.reshape(-1)[: x.numel()].reshape(out.shape))
    absmax_out.copy_(absmax)


def losses():
    """20 losses of an embedding and an output layer, by the library for processors as it is: most rows have no gradient at a step."""
    table, weight = (
        torch.nn.Parameter(((torch.arange(96 * 64) * k) % 101 - 50).float().reshape(96, 64) / 500) for k in (17, 29))
    optimizer = bnb.optim.AdamW8bit([table, weight], lr=1e-3, weight_decay=0.01)
    found = []
    for step in range(20):
        x = (torch.arange(64) * 7 + step * 13) % 96
        x = torch.where(torch.arange(64) % 3 == 0, x, x % 11)
        loss = torch.nn.functional.cross_entropy(table[x] @ weight.T, (x * 5 + 3) % 96)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append(loss.detach())
    return {"adamw8bit.losses": torch.stack(found)}


def optimizers():
    import bitsandbytes.backends.cpu.ops as cpu

    tensors = losses()
    cpu._quant_blockwise_fp32_direct = nearest
    makers = {
        "adamw8bit": lambda p: bnb.optim.AdamW8bit(p, lr=1e-2, weight_decay=0.1),
        "adam8bit": lambda p: bnb.optim.Adam8bit(p, lr=1e-2),
        "lion8bit": lambda p: bnb.optim.Lion8bit(p, lr=1e-3, weight_decay=0.1),
    }
    for name, make in makers.items():
        # One parameter with states in bytes, whose last block is a part, and one with states of float32.
        parameters = [torch.nn.Parameter(((torch.arange(n) * 17) % 101 - 50).float() / 50) for n in (5000, 100)]
        optimizer = make(parameters)
        for step in range(20):
            for p in parameters:
                index = torch.arange(p.numel())
                p.grad = (((index * 37 + step * 101) % 199) - 99).float() / 100 * (1 + (index % 7).float())
            optimizer.step()
        for i, p in enumerate(parameters):
            tensors[f"{name}.{i}"] = p.detach().clone()
            for key, value in optimizer.state[p].items():
                if torch.is_tensor(value) and not key.startswith("qmap"):
                    tensors[f"{name}.{i}.{key}"] = value.clone()
    save_file(tensors, ROOT / "ApusOptimTests/Recorded/block-optimizers.safetensors")


if __name__ == "__main__":
    blocks()
    optimizers()
    model()
