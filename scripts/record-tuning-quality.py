"""Runs Optuna's samplers on the problems that samplers are compared on, and writes what they reached, a line for each run:

    record-tuning-quality.py OUT --problems regret.json --tables digit_tables.json --samplers gp,cmaes --kinds function,table
        --dims 2,5 --seeds 0:10 --trials 100
    record-tuning-quality.py OUT --merge digit_tables.json

A line has the problem, its kind and dimension, the sampler, the seed, and the best value after 25, 50, 100 and 200 trials (of
several objectives the hypervolume). Runs that OUT has already are left out, so that it can be stopped and go on. With --pause FILE it
waits while the file is there. The values of the problems' own checks are compared first. --merge puts the lines of OUT that are of
tables into their file.
"""

import argparse
import json
import math
import os
import time
import warnings

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
ARGSORT = np.argsort
CHECKPOINTS = (25, 50, 100, 200, 400, 1000)


def function(p):
    n, d = p["name"], p["dim"]
    shift = np.array(p.get("shift", [0] * d))
    rotation = np.array(p.get("rotation", np.eye(d)))
    weights = np.array(p.get("cond", [1] * d))
    i = np.arange(1, d + 1)

    def value(x):
        z = x - shift
        if n == "sphere":
            return (z**2).sum()
        if n == "ellipsoid":
            return (weights * (rotation @ z) ** 2).sum()
        if n == "rosenbrock":
            w = z / 2 + 1
            return (100 * (w[1:] - w[:-1] ** 2) ** 2 + (1 - w[:-1]) ** 2).sum()
        if n == "rastrigin":
            return 10 * d + (z**2 - 10 * np.cos(2 * np.pi * z)).sum()
        if n == "ackley":
            w = 3 * z
            return -20 * np.exp(-0.2 * np.sqrt((w * w).mean())) - np.exp(np.cos(2 * np.pi * w).mean()) + 20 + np.e
        if n == "schwefel":
            w = 100 * np.array(p["sign"]) * z
            return 418.9828872724339 * d - (w * np.sin(np.sqrt(abs(w)))).sum()
        if n == "griewank":
            w = 60 * z
            return 1 + (w * w).sum() / 4000 - np.prod(np.cos(w / np.sqrt(i)))
        if n == "step_ellipsoid":
            y = rotation @ z
            s = np.where(abs(y) > 0.5, np.floor(0.5 + y), np.floor(0.5 + 10 * y) / 10)
            return 0.1 * max(abs(y[0]) / 1e4, (weights * s * s).sum())
        if n == "sharp_ridge":
            y = rotation @ z
            return y[0] ** 2 + 100 * np.sqrt((y[1:] ** 2).sum())
        if n == "gallagher":
            return (10 - max(
                w * np.exp(-(np.array(s) * (rotation @ (x - np.array(c))) ** 2).sum() / (2 * d))
                for c, w, s in zip(p["peaks"], p["weight"], p["scale"]))) ** 2
        raise ValueError(n)

    def objective(t):
        return float(value(np.array([t.suggest_float(f"x{j}", -5, 5) for j in range(d)])))

    for check in p["checks"]:
        found = value(np.array(check["x"]))
        assert abs(found - check["f"]) <= 1e-8 * max(1, abs(check["f"])), (n, d, found, check)
    return objective


def mixed(p):
    c = p["c"]

    def kernel(t):
        k = t.suggest_categorical("kernel", ["linear", "rbf", "poly"])
        a = math.log10(t.suggest_float("C", 1e-3, 1e3, log=True)) - (4 * c[0] - 2)
        f = 0.05 * a * a
        if k == "linear":
            return f + 0.3 + 0.2 * c[1]
        if k == "rbf":
            u = math.log10(t.suggest_float("gamma", 1e-4, 10, log=True)) - (3 * c[2] - 2.5)
            return f + 0.08 * u * u + 0.1 * (1 - math.cos(3 * u)) + 0.05 * c[3] + 0.02 * abs(a + u)
        v = t.suggest_int("degree", 2, 5) - (2 + math.floor(4 * c[4]))
        w = t.suggest_float("coef0", 0, 1, step=0.1) - c[5]
        shrinking = t.suggest_categorical("shrinking", [True, False])
        return f + 0.06 * v * v + 0.4 * w * w + (0 if shrinking == (c[6] < 0.5) else 0.1) + 0.1 + 0.1 * c[7]

    def network(t):
        layers = t.suggest_int("n_layers", 1, 4)
        optimizer = t.suggest_categorical("optimizer", ["sgd", "adam", "rmsprop"])
        rate = math.log10(t.suggest_float("lr", 1e-5, 1, log=True))
        dropout = t.suggest_float("dropout", 0, 0.5, step=0.05)
        target, base = {"sgd": (-1 - c[0], 0.05), "adam": (-3 + c[1], 0.02), "rmsprop": (-3.5 + c[2], 0.04)}[optimizer]
        f = 0.1 * (rate - target) ** 2 + base
        if optimizer == "sgd":
            f += 0.3 * (t.suggest_float("momentum", 0, 0.99) - (0.7 + 0.2 * c[3])) ** 2
        total = 0
        for i in range(layers):
            w = math.log(t.suggest_int(f"width{i}", 4, 256, log=True)) / math.log(2)
            f += 0.03 * (w - (3 + 4 * c[4 + i] - i / 2)) ** 2
            total += w
        return f + 0.01 * (total - (10 + 8 * c[8])) ** 2 + 0.8 * (dropout - 0.4 * c[9]) ** 2

    def flat(t):
        a = "pqrs".index(t.suggest_categorical("a", ["p", "q", "r", "s"]))
        b = [1, 2, 4, 8].index(t.suggest_categorical("b", [1, 2, 4, 8]))
        e = [None, "x", False].index(t.suggest_categorical("e", [None, "x", False]))
        i = t.suggest_int("i", 1, 20)
        j = t.suggest_int("j", 1, 1024, log=True)
        k = t.suggest_int("k", 0, 100, step=10)
        u, v = t.suggest_float("u", -5, 5), t.suggest_float("v", -5, 5)
        w = t.suggest_float("w", 1e-6, 1, log=True)
        z = t.suggest_float("z", -1, 1, step=0.25)
        pa, pe = (a + int(4 * c[0])) % 4, (e + int(3 * c[1])) % 3
        p, q = u - (8 * c[6] - 4), v - (8 * c[7] - 4)
        f = 0.5 * pa + 0.25 * pe + 0.2 * abs(b - math.floor(4 * c[2]))
        f += ((i - 1 - 19 * c[3]) / 5) ** 2 + 0.1 * (math.log(j) / math.log(2) - 10 * c[4]) ** 2
        f += 0.25 * ((k - 100 * c[5]) / 25) ** 2
        f += p * p + q * q + (p * q if pa == 0 else -p * q)
        f += 0.2 * (math.log10(w) + 6 * c[8]) ** 2 + (z - 2 * c[9] + 1) ** 2
        return f + 0.1 * c[10] * abs(p) + 0.1 * c[11] * abs(q)

    objective = {"kernel": kernel, "network": network, "flat": flat}[p["name"]]
    for check in p["checks"]:
        found = objective(optuna.trial.FixedTrial(dict(check["params"])))
        assert abs(found - check["f"]) <= 1e-8 * max(1, abs(check["f"])), (p["name"], found, check)
    return objective


def table(p):
    """A recorded table: the place of a setting is that of its levels, the last parameters changing fastest. A parameter under a
    condition has a place of its own for its absence, so that the parameter of the condition has none."""
    switches = {q["when"][0] for q in p["parameters"] if "when" in q}
    epochs = len(p["epochs"])

    def objective(t):
        row, values = 0, {}
        for q in p["parameters"]:
            name = q["name"]
            if "choices" in q:
                values[name] = t.suggest_categorical(name, q["choices"])
                if name not in switches:
                    row = row * len(q["choices"]) + q["choices"].index(values[name])
                continue
            count = len(q["levels"])
            if "when" not in q:
                row = row * count + t.suggest_int(name, 0, count - 1)
            else:
                is_there = values[q["when"][0]] == q["when"][1]
                row = row * (count + 1) + (1 + t.suggest_int(name, 0, count - 1) if is_there else 0)
        return p["errors"][row * epochs + epochs - 1] / p["judged"]

    return objective


def several(name, dim, objectives):
    """ZDT1 to 3 (Zitzler, Deb and Thiele, 2000) and DTLZ2 (Deb, Thiele, Laumanns and Zitzler, 2002)."""

    def objective(t):
        x = [t.suggest_float(f"x{j}", 0, 1) for j in range(dim)]
        if name == "dtlz2":
            g = sum((v - 0.5) ** 2 for v in x[objectives - 1:])
            values = []
            for m in range(objectives):
                f = 1 + g
                for v in x[: objectives - 1 - m]:
                    f *= math.cos(v * math.pi / 2)
                if m > 0:
                    f *= math.sin(x[objectives - 1 - m] * math.pi / 2)
                values.append(f)
            return values
        g = 1 + 9 * sum(x[1:]) / (dim - 1)
        r = x[0] / g
        h = {"zdt1": 1 - math.sqrt(r), "zdt2": 1 - r * r, "zdt3": 1 - math.sqrt(r) - r * math.sin(10 * math.pi * x[0])}
        return [x[0], g * h[name]]

    return objective


def stable_argsort(a, axis=-1, kind=None, order=None):
    return ARGSORT(a, axis=axis, kind="stable", order=order)


def sampler(name, seed):
    s = optuna.samplers
    return {
        "random": lambda: s.RandomSampler(seed=seed),
        "tpe": lambda: s.TPESampler(seed=seed),
        "tpe_stable": lambda: s.TPESampler(seed=seed),
        "tpe_group": lambda: s.TPESampler(seed=seed, multivariate=True, group=True),
        "cmaes": lambda: s.CmaEsSampler(seed=seed),
        "gp": lambda: s.GPSampler(seed=seed),
        "nsga2": lambda: s.NSGAIISampler(seed=seed),
        "nsga3": lambda: s.NSGAIIISampler(seed=seed),
    }[name]()


def merge(lines, file):
    """Puts runs into a file of tables, by table and sampler, those of the seeds 0, 1 ..."""
    runs = {}
    for line in open(lines):
        r = json.loads(line)
        if r["kind"] == "table":
            runs.setdefault((r["problem"], r["sampler"], r["trials"]), {})[r["seed"]] = r
    known = json.load(open(file))
    with open(file, "w") as out:
        out.write('{"optuna":' + json.dumps(optuna.__version__) + ',"tables":[\n')
        out.write(",\n".join(json.dumps(t, separators=(",", ":")) for t in known["tables"]))
        results = []
        for (problem, name, trials), seeds in sorted(runs.items()):
            first = next(iter(seeds.values()))
            raw = [seeds[s]["raw"] for s in range(len(seeds)) if s in seeds]
            results.append(json.dumps(dict(
                problem=problem, kind="table", sampler=name, trials=trials, checkpoints=first["checkpoints"],
                raw=[[round(v, 9) for v in row] for row in raw]), separators=(",", ":")))
        out.write('\n],"results":[\n' + ",\n".join(results) + "\n]}\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--problems")
    parser.add_argument("--tables")
    parser.add_argument("--kinds", default="function,mixed,table,several")
    parser.add_argument("--dims", default="2,5,20")
    parser.add_argument("--only", default="", help="names of problems")
    parser.add_argument("--samplers", default="random,tpe,cmaes,nsga2")
    parser.add_argument("--merge", default="", help="a file of tables")
    parser.add_argument("--seeds", default="0:10")
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--pause", default="")
    args = parser.parse_args()
    if args.merge:
        return merge(args.out, args.merge)
    kinds, dims = args.kinds.split(","), [int(d) for d in args.dims.split(",")]
    problems = []
    if args.problems:
        known = json.load(open(args.problems))
        if "function" in kinds:
            problems += [(p["name"], "function", p["dim"], 1, [], function(p)) for p in known["functions"] if p["dim"] in dims]
        if "mixed" in kinds:
            problems += [(p["name"], "mixed", 0, 1, [], mixed(p)) for p in known["mixed"]]
    if args.tables and "table" in kinds:
        problems += [(p["name"], "table", 0, 1, [], table(p)) for p in json.load(open(args.tables))["tables"]]
    if "several" in kinds:
        problems += [(n, "several", 6, 2, [1.1, 6.0], several(n, 6, 2)) for n in ("zdt1", "zdt2", "zdt3")]
        problems += [("dtlz2", "several", 7, 3, [2.5] * 3, several("dtlz2", 7, 3))]
    if args.only:
        problems = [p for p in problems if p[0] in args.only.split(",")]
    done = set()
    if os.path.exists(args.out):
        for line in open(args.out):
            r = json.loads(line)
            done.add((r["problem"], r["dim"], r["sampler"], r["seed"], r["trials"]))
    first, last = (int(n) for n in args.seeds.split(":"))
    checkpoints = [n for n in CHECKPOINTS if n <= args.trials]

    def pause(*_):
        while args.pause and os.path.exists(args.pause):
            time.sleep(2)

    for seed in range(first, last):
        for name in args.samplers.split(","):
            for problem, kind, dim, objectives, reference, objective in problems:
                if (problem, dim, name, seed, args.trials) in done:
                    continue
                pause()
                # How NumPy orders equal numbers depends on the machine, and TPE on steps and choices with it.
                np.argsort = stable_argsort if name == "tpe_stable" else ARGSORT
                start = time.process_time()
                study = optuna.create_study(directions=["minimize"] * objectives, sampler=sampler(name, seed))
                study.optimize(objective, n_trials=args.trials, callbacks=[pause] if args.pause else None)
                if objectives == 1:
                    best = np.minimum.accumulate([t.value for t in study.trials])
                    raw = [float(best[n - 1]) for n in checkpoints]
                else:
                    points = np.array([t.values for t in study.trials])
                    raw = [float(optuna._hypervolume.compute_hypervolume(points[:n][(points[:n] < reference).all(1)], np.array(reference)))
                           for n in checkpoints]
                row = dict(problem=problem, kind=kind, dim=dim, sampler=name, seed=seed, trials=args.trials,
                           checkpoints=checkpoints, raw=raw, seconds=round(time.process_time() - start, 2))
                with open(args.out, "a") as out:
                    out.write(json.dumps(row) + "\n")


main()
