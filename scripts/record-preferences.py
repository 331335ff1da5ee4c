#!/usr/bin/env python3
"""Writes what TRL makes of preferences, feedback, rewards and policies: Tests/ApusRecipesTests/Recorded/preferences.json, beside a
folder with the tiny language model that it trains. Usage: record-preferences.py MODEL-FOLDER. Needs trl 1.16, transformers, torch.

The losses of 20 steps of AdamW over fixed batches (DPO with a reference, ORPO, CPO, KTO), and single losses of all variants from
log-probabilities that the file has too."""
import copy
import json
import math
import pathlib
import random
import shutil
import sys
from collections import defaultdict
from types import SimpleNamespace

import torch
from transformers import AutoModelForCausalLM
from trl.experimental.cpo.cpo_trainer import CPOTrainer
from trl.experimental.gkd.gkd_trainer import GKDTrainer
from trl.experimental.orpo.orpo_trainer import ORPOTrainer
from trl.trainer.dpo_trainer import DataCollatorForPreference, DPOTrainer, add_fused_lm_head
from trl.trainer.grpo_trainer import GRPOTrainer
from trl.trainer.kto_trainer import DataCollatorForUnpairedPreference, KTOTrainer
from trl.trainer.reward_trainer import RewardTrainer

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/ApusRecipesTests/Recorded"
STEPS, LR, DECAY = 20, 1e-3, 0.01


class Alone:
    """What trainers ask of accelerate, with one process."""

    device = torch.device("cpu")
    num_processes = 1
    sync_gradients = True

    def gather(self, x):
        return x

    gather_for_metrics = gather

    def reduce(self, x, reduction):
        return x

    def unwrap_model(self, model):
        return model


def trainer(model, **fields):
    """What the methods of a trainer read of it."""
    base = dict(
        accelerator=Alone(), model=model, _metrics={"train": defaultdict(list), "eval": defaultdict(list)},
        _total_train_tokens=0, _tp_size=1, aux_loss_enabled=False, is_encoder_decoder=False, padding_value=0,
        pad_token_id=0, label_smoothing=0.0, current_gradient_accumulation_steps=1,
    )
    return SimpleNamespace(**{**base, **fields})


def last(stub):
    return {name: float(values[-1]) for name, values in stub._metrics["train"].items()}


def load(folder):
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="sdpa").train()
    add_fused_lm_head(model, outputs=("log_probs", "entropy", "mean_logits", "is_top1"))
    return model


def examples(count, tokens, seed):
    draw = random.Random(seed)
    ids = lambda low, high: [draw.randrange(3, tokens) for _ in range(draw.randint(low, high))]
    return [
        dict(prompt_ids=ids(3, 7), chosen_ids=ids(1, 8) + [2], rejected_ids=ids(1, 8) + [2]) for _ in range(count)
    ]


def dpo_stub(model, reference, **options):
    fields = dict(
        ref_model=reference, precompute_ref_logps=False, ld_alpha=None, f_divergence_type="reverse_kl",
        f_alpha_divergence_coef=0.5, loss_types=["sigmoid"], loss_weights=[1.0], beta=0.1, use_weighting=False,
        args=SimpleNamespace(discopop_tau=0.05, gradient_checkpointing_kwargs=None),
    )
    return trainer(model, **{**fields, **options})


def separate(batch):
    """The batch as ORPO's and CPO's trainers have it."""
    ids, seen, answer = batch["input_ids"], batch["attention_mask"], batch["completion_mask"]
    labels = ids.masked_fill(answer == 0, -100)
    n = ids.size(0) // 2
    found = {}
    for name, rows in [("chosen", slice(0, n)), ("rejected", slice(n, None))]:
        found[f"{name}_input_ids"] = ids[rows]
        found[f"{name}_attention_mask"] = seen[rows]
        found[f"{name}_labels"] = labels[rows]
    return found


def train(model, batches, loss):
    optimizer = torch.optim.AdamW(model.parameters(), lr=LR, weight_decay=DECAY)
    losses, metrics = [], []
    for step in range(STEPS):
        optimizer.zero_grad()
        value, told = loss(batches[step % len(batches)])
        value.backward()
        optimizer.step()
        losses.append(value.item())
        metrics.append(told)
    return dict(losses=losses, metrics=[metrics[0], metrics[-1]])


def pair_methods(stub, kind):
    for name in ["concatenated_forward", "get_batch_loss_metrics"]:
        setattr(stub, name, getattr(kind, name).__get__(stub))
    stub.concatenated_inputs = kind.concatenated_inputs
    stub.get_batch_logps = kind.get_batch_logps
    name = "odds_ratio_loss" if kind is ORPOTrainer else "cpo_loss"
    setattr(stub, name, getattr(kind, name).__get__(stub))
    return stub


def sequences(folder):
    model = load(folder)
    tokens = model.config.vocab_size
    groups = [examples(2, tokens, seed) for seed in range(4)]
    collate = DataCollatorForPreference(pad_token_id=0)
    batches = [collate(group) for group in groups]
    found = dict(pairs=groups)

    reference = load(folder).eval()
    stub = dpo_stub(model, reference)
    def dpo(batch):
        return DPOTrainer._compute_loss(stub, model, batch, False), last(stub)
    found["dpo"] = train(model, batches, dpo)
    trained = model

    for name, kind, options in [
        ("orpo", ORPOTrainer, dict(beta=0.1)),
        ("cpo", CPOTrainer, dict(beta=0.1, alpha=0.0, loss_type="sigmoid", cpo_alpha=1.0, simpo_gamma=0.5)),
        ("simpo", CPOTrainer, dict(beta=2.0, alpha=0.0, loss_type="simpo", cpo_alpha=0.0, simpo_gamma=0.5)),
    ]:
        model = load(folder)
        stub = pair_methods(trainer(model, **options), kind)
        def loss(batch):
            value, told = stub.get_batch_loss_metrics(model, separate(batch))
            return value, {key: float(number) for key, number in told.items()}
        found[name] = train(model, batches, loss)

    feedback = []
    for seed in range(4):
        group = examples(3, tokens, 10 + seed)
        rows = [
            dict(prompt_ids=e["prompt_ids"], completion_ids=e["chosen_ids"], label=i != seed % 3)
            for i, e in enumerate(group)
        ]
        for i, row in enumerate(rows):
            row["KL_completion_ids"] = rows[i - 1]["completion_ids"]
        feedback.append(rows)
    collate = DataCollatorForUnpairedPreference(pad_token_id=0)
    model = load(folder)
    stub = trainer(
        model, ref_model=load(folder).eval(), precompute_ref_logps=False, loss_type="kto", beta=0.5, calculate_KL=True,
        desirable_weight=1.0, undesirable_weight=1.5, args=SimpleNamespace(gradient_checkpointing_kwargs=None),
    )
    stub._compute_kl_logps = KTOTrainer._compute_kl_logps.__get__(stub)
    def kto(batch):
        return KTOTrainer._compute_loss(stub, model, batch, False), last(stub)
    found["feedback"] = [[{k: v for k, v in row.items() if k != "KL_completion_ids"} for row in rows] for rows in feedback]
    found["kto"] = train(model, [collate(rows) for rows in feedback], kto)
    return found, trained


class Fixed(torch.nn.Module):
    """A model that says what is given."""

    is_gradient_checkpointing = False

    def __init__(self, log_probs):
        super().__init__()
        self.log_probs = log_probs

    def forward(self, **inputs):
        shape = self.log_probs.shape
        zeros = torch.zeros(shape)
        return SimpleNamespace(
            log_probs=self.log_probs, entropy=zeros, mean_logits=zeros, is_top1=torch.zeros(shape, dtype=torch.bool))


def variants():
    """Losses from given log-probabilities and how they change with them."""
    torch.manual_seed(1)
    length, pairs = 7, 3
    counts = [(3, 5), (6, 2), (4, 4)]
    rows = [pair[0] for pair in counts] + [pair[1] for pair in counts]
    mask = torch.zeros(2 * pairs, length)
    for i, count in enumerate(rows):
        mask[i, 1 : 1 + count] = 1
    policy = (-torch.rand(2 * pairs, length) * 3 * mask).requires_grad_()
    reference = -torch.rand(2 * pairs, length) * 3 * mask
    inputs = dict(
        input_ids=torch.ones(2 * pairs, length + 1, dtype=torch.int64),
        attention_mask=torch.ones(2 * pairs, length + 1, dtype=torch.int64),
        completion_mask=torch.cat([torch.zeros(2 * pairs, 1), mask], 1).long(),
    )
    cases = [dict(loss_type=[name]) for name in (
        "sigmoid hinge ipo nca_pair robust bco_pair sppo_hard aot aot_unpaired apo_zero apo_down discopop sft "
        "sigmoid_norm").split()]
    cases += [dict(loss_type=[name], label_smoothing=0.1) for name in ["exo_pair", "robust", "aot", "aot_unpaired"]]
    cases += [dict(loss_type=["sigmoid"], divergence=name) for name in "forward_kl js_divergence alpha_divergence".split()]
    cases += [dict(loss_type=["sigmoid"], ld_alpha=0.3), dict(loss_type=["sigmoid", "sft"], loss_weights=[1.0, 0.5])]
    dpo = []
    for case in cases:
        policy.grad = None
        model = Fixed(policy)
        stub = dpo_stub(
            model, Fixed(reference), loss_types=case["loss_type"], loss_weights=case.get("loss_weights", [1.0] * len(case["loss_type"])),
            beta=0.3, label_smoothing=case.get("label_smoothing", 0.0), ld_alpha=case.get("ld_alpha"),
            f_divergence_type=case.get("divergence", "reverse_kl"))
        loss = DPOTrainer._compute_loss(stub, model, inputs, False)
        loss.backward()
        dpo.append({**case, "loss": loss.item(), "gradient": policy.grad.tolist(), "metrics": last(stub)})

    cpo = []
    for case in [
        dict(loss_type="sigmoid"), dict(loss_type="hinge"), dict(loss_type="ipo"), dict(loss_type="simpo"),
        dict(loss_type="simpo", label_smoothing=0.1), dict(loss_type="simpo", alpha=0.2),
    ]:
        stub = trainer(None, beta=0.3, alpha=case.get("alpha", 0.0), loss_type=case["loss_type"], simpo_gamma=0.5)
        stub.label_smoothing = case.get("label_smoothing", 0.0)
        sums = policy.detach().sum(1)
        if case["loss_type"] in ["ipo", "simpo"]:
            sums = sums / mask.sum(1)
        losses, chosen, rejected = CPOTrainer.cpo_loss(stub, sums[:pairs], sums[pairs:])
        cpo.append({**case, "losses": losses.tolist(), "rewards": [chosen.tolist(), rejected.tolist()]})

    kto = []
    for case in [dict(loss_type="kto"), dict(loss_type="apo_zero_unpaired")]:
        labels = torch.tensor([True, False, True, True, False, False])
        model = Fixed(policy)
        stub = trainer(
            model, ref_model=None, precompute_ref_logps=True, loss_type=case["loss_type"], beta=0.3,
            calculate_KL=case["loss_type"] == "kto", desirable_weight=1.0, undesirable_weight=1.3)
        stub._compute_kl_logps = lambda model, batch: torch.tensor([-3.0, -2.0])
        batch = dict(inputs, label=labels, ref_logps=reference.sum(1), ref_KL_logps=torch.tensor([-3.4, -2.1]))
        loss = KTOTrainer._compute_loss(stub, model, batch, False)
        kto.append({**case, "labels": labels.tolist(), "kl": 0.25, "loss": loss.item(), "metrics": last(stub)})
    return dict(
        policy=policy.tolist(), reference=reference.tolist(), mask=mask.tolist(), beta=0.3, dpo=dpo, cpo=cpo, kto=kto)


def rewards():
    torch.manual_seed(2)
    logits = torch.randn(8, 1)
    margin = torch.tensor([0.5, 0.0, 1.0, 0.2])
    found = dict(logits=logits.squeeze(1).tolist(), margin=margin.tolist(), cases=[])
    for uses, center in [(False, None), (True, None), (False, 0.01), (True, 0.2)]:
        model = lambda **inputs: SimpleNamespace(logits=logits)
        stub = trainer(SimpleNamespace(training=True), args=SimpleNamespace(center_rewards_coefficient=center))
        inputs = dict(attention_mask=torch.ones(8, 3))
        if uses:
            inputs["margin"] = margin
        loss = RewardTrainer.compute_loss(stub, model, inputs)
        found["cases"].append(dict(margin=uses, center=center, loss=loss.item(), metrics={
            key: value for key, value in last(stub).items() if key != "num_tokens"}))
    return found


def policies():
    torch.manual_seed(3)
    rows, length = 6, 5
    mask = torch.ones(rows, length)
    for i, count in enumerate([5, 3, 1, 4, 5, 2]):
        mask[i, count:] = 0
    old = -torch.rand(rows, length) * 2
    new = (old + 0.4 * torch.randn(rows, length)).requires_grad_()
    reference = old + 0.3 * torch.randn(rows, length)
    advantages = torch.tensor([1.2, -0.7, 0.3, -1.1, 0.0, 0.9])
    entropies = torch.rand(rows, length)
    cases = [dict(loss_type=name) for name in "grpo bnpo dr_grpo dapo cispo sapo luspo".split()]
    cases += [dict(loss_type="grpo", beta=0.04), dict(loss_type="dapo", beta=0.04, use_bias_correction_kl=True)]
    cases += [dict(loss_type="dapo", epsilon_high=0.28), dict(loss_type="dapo", delta=1.25)]
    cases += [dict(loss_type="grpo", level="sequence"), dict(loss_type="luspo", level="sequence")]
    cases += [dict(loss_type="dapo", top_entropy_quantile=0.4)]
    found = []
    for case in cases:
        new.grad = None
        stub = trainer(
            SimpleNamespace(training=True), loss_type=case["loss_type"], beta=case.get("beta", 0.0),
            importance_sampling_level=case.get("level", "token"), epsilon_low=0.2,
            epsilon_high=case.get("epsilon_high", 0.2), top_entropy_quantile=case.get("top_entropy_quantile", 1.0),
            off_policy_mask_threshold=None, use_vllm=False, max_completion_length=length, _entropy_bonus_enabled=False,
            args=SimpleNamespace(
                delta=case.get("delta"), use_bias_correction_kl=case.get("use_bias_correction_kl", False),
                sapo_temperature_pos=1.0, sapo_temperature_neg=1.05, steps_per_generation=1))
        stub._get_per_token_logps_and_entropies = lambda *a, **k: (new, entropies, None)
        stub.get_high_entropy_mask = lambda e, m, t: (
            ((e * m) >= torch.quantile(e[m.bool()], t)) & m.bool())
        ids = torch.ones(rows, length, dtype=torch.int64)
        inputs = dict(
            prompt_ids=ids, prompt_mask=ids, completion_ids=ids, completion_mask=mask, advantages=advantages,
            old_per_token_logps=old, ref_per_token_logps=reference, num_items_in_batch=mask.sum())
        loss = GRPOTrainer._compute_loss(stub, None, inputs)
        loss.backward()
        found.append({**case, "loss": loss.item(), "gradient": new.grad.tolist(), "metrics": {
            key: value for key, value in last(stub).items() if math.isfinite(value)}})
    return dict(
        old=old.tolist(), new=new.tolist(), reference=reference.tolist(), mask=mask.tolist(),
        advantages=advantages.tolist(), entropies=entropies.tolist(), cases=found)


def distillation():
    torch.manual_seed(4)
    student = torch.randn(2, 4, 9, requires_grad=True)
    teacher = torch.randn(2, 4, 9)
    labels = torch.tensor([[-100, 3, 4, 5], [-100, -100, 2, 8]])
    cases = []
    for beta in [0.0, 0.1, 0.5, 0.9, 1.0]:
        for temperature in [1.0, 0.9, 2.0]:
            student.grad = None
            loss = GKDTrainer.generalized_jsd_loss(student, teacher, labels, beta=beta, temperature=temperature)
            loss.backward()
            cases.append(dict(beta=beta, temperature=temperature, loss=loss.item(), gradient=student.grad[0, 1].tolist()))
    return dict(student=student.tolist(), teacher=teacher.tolist(), labels=labels.tolist(), cases=cases)


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.9g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return value


def main():
    torch.set_num_threads(1)
    folder = pathlib.Path(sys.argv[1])
    model = OUT / "tiny-llama"
    model.mkdir(parents=True, exist_ok=True)
    for name in ["config.json", "model.safetensors"]:
        shutil.copyfile(folder / name, model / name)
        (model / name).chmod(0o644)
    found, _ = sequences(model)
    found.update(
        lr=LR, weight_decay=DECAY, variants=variants(), rewards=rewards(), policies=policies(),
        distillation=distillation())
    (OUT / "preferences.json").write_text(json.dumps(rounded(found)) + "\n")


main()
