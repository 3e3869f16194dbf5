"""Writes the whole-model fixtures of this folder: one JSON file per case of cases.py. See README.md.

python test/golden/make_fixtures.py [case ...]     # "doctor": src/doctor/training_fixture.json
"""

import math
import sys
from pathlib import Path

import torch
from torch import nn

HERE = Path(__file__).parent
DOCTOR_FIXTURE = HERE.parent.parent / "src" / "doctor" / "training_fixture.json"
sys.path.insert(0, str(HERE.parent.parent / "scripts" / "reference"))

from cases import CASES, DOCTOR_CASE
from fixture_json import decimals, tensors_json, write
from tabular_model import TabularModel
from training import RECIPES, loss_of, make_optimizer, one_cycle, set_hyper

ROWS = 37
BATCH = 13
GRID = 1 / 256  # inputs are multiples of it: the same number as a decimal, a float32 and a float64


def on_grid(x):
    return torch.round(x / GRID) * GRID


def random_data(case, generator):
    """Codes, continuous values, and targets that depend on both."""
    config = case["config"]
    sizes = config["embeddingSizes"]
    codes = [torch.randint(0, n, (ROWS,), generator=generator) for n, _ in sizes]
    x_cat = torch.stack(codes, 1) if sizes else torch.zeros(ROWS, 0, dtype=torch.int64)
    x_cat[0] = 0  # every column has a missing value
    x_cont = on_grid(
        torch.randn(ROWS, config["continuous"], generator=generator, dtype=torch.float64) * 1.5 + 0.25
    )
    signal = torch.randn(ROWS, config["outputs"], generator=generator, dtype=torch.float64) * 0.5
    for i, (n, _) in enumerate(sizes):
        signal += torch.randn(n, config["outputs"], generator=generator, dtype=torch.float64)[x_cat[:, i]]
    signal += torch.tanh(x_cont) @ torch.randn(
        config["continuous"], config["outputs"], generator=generator, dtype=torch.float64
    )
    if case["task"] == "classification":
        return x_cat, x_cont, signal.argmax(1)
    if case["task"] == "multilabel":
        return x_cat, x_cont, (signal > 0.2).double()
    if config["yRange"]:
        low, high = config["yRange"]
        signal = low + (high - low) * torch.sigmoid(signal)
    return x_cat, x_cont, on_grid(signal)


@torch.no_grad()
def random_state(model, generator):
    """Values as in the middle of a training: nothing is 0 or 1, and every path matters."""

    def randn(tensor):
        return torch.randn(tensor.shape, generator=generator, dtype=torch.float64)

    for module in model.modules():
        if isinstance(module, nn.Embedding):
            module.weight.copy_(on_grid(randn(module.weight) * 0.7))
        if isinstance(module, nn.Linear):
            module.weight.copy_(on_grid(randn(module.weight) * 1.25 / math.sqrt(module.in_features)))
            if module.bias is not None:
                module.bias.copy_(on_grid(randn(module.bias) * 0.25))
        if isinstance(module, nn.BatchNorm1d):
            module.weight.copy_(on_grid(1 + randn(module.weight) * 0.25))
            module.bias.copy_(on_grid(randn(module.bias) * 0.25))
            module.running_mean.copy_(on_grid(randn(module.running_mean) * 0.5))
            module.running_var.copy_(on_grid(0.5 + randn(module.running_var).abs()))


class Masks(nn.Module):
    """Stands where Dropout stood: multiplies by a fixed 0/1 mask over 1 - p."""

    def __init__(self, p, width, generator):
        super().__init__()
        self.p = p
        self.keep = (torch.rand(BATCH, width, generator=generator) >= p).double()

    def forward(self, x):
        return x * self.keep.to(x) / (1 - self.p) if self.training else x


def fix_dropout(model, config, generator):
    """Replaces every Dropout by fixed masks; returns them by the name of the module."""
    masks = {}
    width = sum(d for _, d in config["embeddingSizes"])
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear):
            width = module.out_features
        if isinstance(module, nn.Dropout) and module.p:
            masks[name] = Masks(module.p, width, generator)
            parent = model.get_submodule(name.rpartition(".")[0])
            setattr(parent, name.rpartition(".")[2], masks[name])
    return masks


def hypers(case):
    """(lr, mom) of every step."""
    hyper, steps = case["hyper"], case["steps"]
    if hyper["schedule"] == "constant":
        return [(hyper["lr"], 0.9)] * steps
    return [one_cycle(hyper["recipe"], k, steps, hyper["lr"]) for k in range(steps)]


def train(case, model, data, dtype):
    """Runs the case; everything that is expected of another implementation, as float64 tensors."""
    model = model.to(dtype)
    x_cat, x_cont, y = data
    x_cont = x_cont.to(dtype)
    y = y if case["task"] == "classification" else y.to(dtype)
    optimizer = make_optimizer(model, case["hyper"]["recipe"], case["hyper"]["wd"], foreach=False)
    model.eval()
    with torch.no_grad():
        result = {"evalBefore": model(x_cat, x_cont).double()}
    model.train()
    losses = []
    for step, (lr, mom) in enumerate(hypers(case)):
        rows = (torch.arange(BATCH) + step * BATCH) % ROWS
        set_hyper(optimizer, lr, mom)
        logits = model(x_cat[rows], x_cont[rows])
        loss = loss_of(case["task"], logits, y[rows])
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            result["trainLogits"] = logits.detach().double()
            result["gradients"] = {n: p.grad.double().clone() for n, p in model.named_parameters()}
        optimizer.step()
        losses.append(loss.item())
    result["losses"] = torch.tensor(losses, dtype=torch.float64)
    result["finalTensors"] = {n: t.double().clone() for n, t in model.state_dict().items()}
    model.eval()
    with torch.no_grad():
        result["evalAfter"] = model(x_cat, x_cont).double()
    return result


def float32_deviation(case, model, initial, data, exact):
    """How far PyTorch's own float32 strays from float64: no float32 implementation can be asked for less.

    The worst of four runs; all but the first start one rounding error away, as sums in another order would.
    """
    worst = {}
    for run in range(4):
        generator = torch.Generator().manual_seed(run)
        jitter = {
            n: 1 + (run > 0) * 2**-23 * torch.randn(t.shape, generator=generator) for n, t in initial.items()
        }
        model.load_state_dict({n: t * jitter[n] if t.is_floating_point() else t for n, t in initial.items()})
        for key, value in deviation(exact, train(case, model, data, torch.float32), case["free"]).items():
            worst[key] = max(worst.get(key, 0), value)
    return worst


def deviation(exact, rounded, free):
    """Largest absolute differences between two results of train (losses: relative), without the `free` tensors."""

    def largest(a, b):
        return (a - b).abs().max().item() if a.numel() else 0.0

    def by_name(key):
        return max(largest(exact[key][n], rounded[key][n]) for n in exact[key] if n not in free)

    result = {key: largest(exact[key], rounded[key]) for key in ("evalBefore", "trainLogits", "evalAfter")}
    result.update({key: by_name(key) for key in ("gradients", "finalTensors")})
    result["lossesRelative"] = ((exact["losses"] - rounded["losses"]) / exact["losses"]).abs().max().item()
    return result


def build(case):
    generator = torch.Generator().manual_seed(case["seed"])
    data = random_data(case, generator)
    model = TabularModel(case["config"]).double()
    random_state(model, generator)
    masks = fix_dropout(model, case["config"], generator)
    initial = {n: t.clone() for n, t in model.state_dict().items()}
    exact = train(case, model, data, torch.float64)
    stray = float32_deviation(case, model, initial, data, exact)
    calm = stray["lossesRelative"] < 1e-5 and stray["finalTensors"] < 1e-4
    assert calm, f"{case['name']}: chaotic in float32, choose another seed: {stray}"
    hyper = case["hyper"]
    schedule = hypers(case)
    return {
        "name": case["name"],
        "task": case["task"],
        "config": case["config"],
        "hyper": {
            **hyper,
            "eps": RECIPES[hyper["recipe"]]["eps"],
            "decayAll": RECIPES[hyper["recipe"]]["decay_all"],
            "sqrMom": 0.99,
            "lrs": [lr for lr, _ in schedule],
            "moms": [mom for _, mom in schedule],
        },
        "data": {
            "rows": ROWS,
            "batchSize": BATCH,
            "steps": case["steps"],
            "codes": data[0].flatten().tolist(),
            "continuous": decimals(data[1]),
            "targets": decimals(data[2].double()),
        },
        "tensors": tensors_json(initial),
        "masks": {name: decimals(m.keep) for name, m in masks.items()},
        "expected": {
            "evalBefore": decimals(exact["evalBefore"]),
            "trainLogits": decimals(exact["trainLogits"]),
            "gradients": tensors_json(exact["gradients"]),
            "losses": decimals(exact["losses"]),
            "finalTensors": tensors_json(exact["finalTensors"]),
            "evalAfter": decimals(exact["evalAfter"]),
        },
        "free": case["free"],
        "float32Deviation": {k: float(f"{v:.2g}") for k, v in stray.items()},
    }


def doctor_fixture():
    """The case that ships with the doctor: what it trains on, and of what comes of it only the losses."""
    fixture = build(DOCTOR_CASE)
    given = {key: fixture[key] for key in ("task", "config", "hyper", "data", "tensors")}
    deviation = fixture["float32Deviation"]["lossesRelative"]
    return {**given, "losses": fixture["expected"]["losses"], "float32Deviation": deviation}


if __name__ == "__main__":
    torch.set_num_threads(1)  # sums in one order, so that the files come out the same everywhere
    wanted = sys.argv[1:] or [case["name"] for case in CASES] + ["doctor"]
    for name in wanted:
        if name == "doctor":
            size = write(DOCTOR_FIXTURE, doctor_fixture())
            print(f"{DOCTOR_FIXTURE.name} {size:,} bytes")
            continue
        fixture = build(next(case for case in CASES if case["name"] == name))
        size = write(HERE / f"{name}.json", fixture)
        print(f"{name}.json {size:,} bytes", fixture["float32Deviation"])
        losses = fixture["expected"]["losses"]
        print("   losses", losses[0], losses[len(losses) // 2], losses[-1])
