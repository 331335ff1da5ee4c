#!/usr/bin/env python3
"""Writes docs/distributed-tables.md from what `apus plan` says.

usage: make-plan-tables.py APUS > docs/distributed-tables.md"""
import json, os, subprocess, sys, tempfile

MODELS = {
    "1B": dict(hidden_size=2048, num_hidden_layers=16, num_attention_heads=32, num_key_value_heads=8, intermediate_size=8192, tie_word_embeddings=True),
    "8B": dict(hidden_size=4096, num_hidden_layers=32, num_attention_heads=32, num_key_value_heads=8, intermediate_size=14336),
    "70B": dict(hidden_size=8192, num_hidden_layers=80, num_attention_heads=64, num_key_value_heads=8, intermediate_size=28672),
}
COMMON = dict(model_type="llama", vocab_size=128256, max_position_embeddings=8192)
GPU = "--gpu --ranks-per-host 8 --memory 80GB --flops 500TFLOPS --memory-rate 3TB/s --inside 300GB/s --link 400Gbit --links 8 --latency 10us --length 4096"
CPU = "--ranks-per-host 1 --memory 128GB --flops 1TFLOPS --memory-rate 100GB/s --link 25Gbit --latency 20us --length 2048"
TABLES = [
    ("GPUs like an H100: 80 GB, 500 TFLOP/s reached, 8 in a host, 8 links of 400 Gbit/s", GPU, "4096 tokens",
     [("1B", 512, [8, 16, 32, 64, 128, 256, 512]), ("8B", 1024, [8, 16, 32, 64, 128, 256, 512, 1024]), ("70B", 1024, [32, 64, 128, 256, 512, 1024])]),
    ("Hosts of 16 cores: 128 GB, 1 TFLOP/s reached, a link of 25 Gbit/s, MPI", CPU, "2048 tokens",
     [("1B", 256, [4, 8, 16, 32, 64, 128, 256]), ("8B", 1024, [16, 32, 64, 128, 256, 512, 1024])]),
]


def text(bytes_):
    for unit in ["B", "kB", "MB", "GB", "TB"]:
        if bytes_ < 999.5:
            return f"{bytes_:.3g} {unit}"
        bytes_ /= 1000


def seconds(s):
    return f"{s:.0f} s" if s >= 99.5 else f"{s:.3g} s" if s >= 1 else f"{s * 1000:.3g} ms"


def main():
    apus = sys.argv[1]
    folder = tempfile.mkdtemp()
    print("""# Tables of plans

What `apus plan` says of models like Llama 3 in clusters of up to 1,024 ranks: the fastest way that fits, of all divisions of the ranks. Simulated, not measured; how far simulations are from measured and from published steps
is written in [Several processes](distributed.md#planning). `scripts/make-plan-tables.py` makes this page; the commands are below each title.

The batch is the same for all numbers of ranks of a model, so that the rows show how many more ranks still pay. In parts: r, layers are computed again; i, two stages a rank. `tensor 4s`: positions are divided too. Speed is beside as many ranks that lose nothing.""")
    for title, options, length, models in TABLES:
        print(f"\n## {title}\n\n```sh\napus plan MODEL --world N --batch B {options}\n```")
        for name, batch, worlds in models:
            path = f"{folder}/{name}"
            os.makedirs(path, exist_ok=True)
            json.dump({**COMMON, **MODELS[name]}, open(path + "/config.json", "w"))
            print(f"\n### {name}, a step of {batch} x {length}\n")
            print("| ranks | divided by | parts | memory | sent | step | speed | in the way | ZeRO 3 alone |\n|---|---|---|---|---|---|---|---|---|")
            for world in worlds:
                done = subprocess.run([apus, "plan", path, "--world", str(world), "--batch", str(batch), "--json"] + options.split(), capture_output=True, text=True)
                if done.returncode:
                    print(f"{name} {world}: {done.stderr}", file=sys.stderr)
                    continue
                plan = json.loads(done.stdout)
                best = plan["entries"][0]
                alone = [e for e in plan["entries"] if e["strategy"] == f"zero3 {world}"]
                other = seconds(alone[0]["step_seconds"]) if alone and alone[0]["fits"] else "does not fit" if alone else "-"
                if not best["fits"]:
                    print(f"| {world} | nothing fits: at least {text(best['memory']['total'])} | | | | | | | |")
                    continue
                parts = f"{best['microbatches']}{'r' if best['recomputes'] else ''}{'i' if best['schedule'] == 'interleaved' else ''}"
                print(f"| {world} | {best['strategy']} | {parts} | {text(best['memory']['total'])} | {text(best['sent_bytes'])} | "
                      f"{seconds(best['step_seconds'])} | {best['efficiency'] * 100:.0f} % | {best['limit']} | {other} |", flush=True)


if __name__ == "__main__":
    main()
