"""PyTorch's answer to the Rossmann table: the model and the recipe of fastai's lesson 6, without fastai.

    python scripts/reference/rossmann_pytorch.py joined.csv.gz --layers 200,100 --epochs 5 --bs 512 --lr 3e-3 --wd 0.2

Prints a row per epoch: train_loss (smoothed as fastai does), valid_loss (MSE of ln Sales), exp_rmspe over the whole
validation set, the same averaged over batches (what fastai v1 printed), rmse, seconds. Needs torch, numpy and pandas.
"""

import argparse
import json
import math
import platform
import time

import torch

from rossmann_data import load
from tabular_model import TabularModel
from training import loss_of, make_optimizer, one_cycle, set_hyper


def embedding_size(n):
    return min(600, round(1.6 * n**0.56))


def model_config(options, data):
    return {
        "layout": "A" if options.recipe == "v1" else "C",
        "embeddingSizes": [[n, embedding_size(n)] for n in data.cardinalities],
        "continuous": data.train.x_cont.shape[1],
        "outputs": 1,
        "layers": options.layers,
        "ps": options.ps,
        "embDrop": options.emb_drop,
        "yRange": list(data.y_range),
        "useBn": True,
        "bnFinal": False,
        "bnCont": True,
        "linearBias": "auto",
        "bnBiasInit": 0 if options.recipe == "v1" else 0.001,
    }


class SmoothedLoss:
    """fastai's reported training loss: an exponential mean, 0.98 of the old value, with its bias corrected."""

    def __init__(self):
        self.value, self.count = 0.0, 0

    def add(self, losses):
        for loss in losses:
            self.value = 0.98 * self.value + 0.02 * loss
            self.count += 1
        return self.value / (1 - 0.98**self.count)


def train_epoch(model, optimizer, train, options, epoch, steps):
    """One pass over a permutation of the rows, the incomplete last batch dropped; the loss of each step."""
    model.train()
    device = train.y.device
    order = torch.randperm(len(train.y)).to(device)
    losses = torch.empty(steps, device=device)
    for step in range(steps):
        rows = order[step * options.bs : (step + 1) * options.bs]
        set_hyper(
            optimizer, *one_cycle(options.recipe, epoch * steps + step, options.epochs * steps, options.lr)
        )
        loss = loss_of("regression", model(train.x_cat[rows], train.x_cont[rows]), train.y[rows])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        losses[step] = loss.detach()
    return losses.tolist()


@torch.no_grad()
def validate(model, valid, bs):
    """The metrics of the whole validation set, in float64 from the model's float32 outputs."""
    model.eval()
    parts = [model(c, x) for c, x in zip(valid.x_cat.split(4096), valid.x_cont.split(4096))]
    p, y = torch.cat(parts).flatten().double(), valid.y.flatten().double()
    relative = ((y.exp() - p.exp()) / y.exp()) ** 2
    roots = sum(batch.mean().sqrt() * len(batch) for batch in relative.split(bs))
    mse = ((p - y) ** 2).mean().item()
    return {
        "valid_loss": mse,
        "exp_rmspe": relative.mean().sqrt().item(),
        "exp_rmspe_batch": (roots / len(y)).item(),
        "rmse": math.sqrt(mse),
    }


def run(options):
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    data = load(options.data, options.recipe)
    train, valid = data.train.to(options.device), data.valid.to(options.device)
    model = TabularModel(model_config(options, data)).to(options.device)
    optimizer = make_optimizer(model, options.recipe, options.wd, fused=True)
    steps = len(train.y) // options.bs
    parameters = sum(p.numel() for p in model.parameters())
    print(f"{len(train.y):,} training rows, {len(valid.y):,} validation rows, {steps:,} steps an epoch")
    print(f"{parameters:,} parameters")
    print("epoch  train_loss  valid_loss  exp_rmspe  exp_rmspe_batch  rmse      seconds")
    smoothed, epochs = SmoothedLoss(), []
    for epoch in range(options.epochs):
        start = time.perf_counter()
        train_loss = smoothed.add(train_epoch(model, optimizer, train, options, epoch, steps))
        row = {"epoch": epoch, "train_loss": train_loss, **validate(model, valid, options.bs)}
        row["seconds"] = time.perf_counter() - start
        epochs.append(row)
        print(
            f"{epoch:<5}  {train_loss:.6f}    {row['valid_loss']:.6f}    {row['exp_rmspe']:.6f}   "
            f"{row['exp_rmspe_batch']:.6f}         {row['rmse']:.6f}  {row['seconds']:.1f}",
            flush=True,
        )
    return {
        "options": vars(options),
        "torch": torch.__version__,
        "machine": platform.machine(),
        "cardinalities": data.cardinalities,
        "y_range": data.y_range,
        "parameters": parameters,
        "steps_per_epoch": steps,
        "epochs": epochs,
    }


def parse(arguments=None):
    def numbers(kind):
        return lambda text: [kind(part) for part in text.split(",") if part]

    parser = argparse.ArgumentParser(description="Trains the Rossmann model with PyTorch.")
    parser.add_argument("data", help="joined.csv.gz")
    parser.add_argument("--layers", type=numbers(int), default=[1000, 500])
    parser.add_argument("--ps", type=numbers(float), default=[0.001, 0.01])
    parser.add_argument("--emb-drop", type=float, default=0.04)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--bs", type=int, default=512)
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--wd", type=float, default=0.2)
    parser.add_argument("--recipe", choices=["v1", "v2"], default="v2")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--json", help="also write options and epochs to this file")
    options = parser.parse_args(arguments)
    if len(options.ps) != len(options.layers):
        parser.error(
            f"--ps has {len(options.ps)} values but --layers has {len(options.layers)}; give one per layer"
        )
    return options


if __name__ == "__main__":
    options = parse()
    result = run(options)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(result, file, indent=1)
