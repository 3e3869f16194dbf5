"""fastai's two training recipes in plain PyTorch: losses, decoupled Adam, one-cycle schedule."""

import math

import torch
from torch import nn
from torch.nn import functional as F

RECIPES = {
    # fastai v1: decays every parameter.
    "v1": {"eps": 1e-8, "decay_all": True, "pct_start": 0.3, "div": 25.0, "div_final": 2.5e5},
    # fastai v2: no decay on biases and BatchNorms.
    "v2": {"eps": 1e-5, "decay_all": False, "pct_start": 0.25, "div": 25.0, "div_final": 1e5},
}
SQR_MOM = 0.99


def loss_of(task, logits, targets):
    """The mean loss of a batch. Targets: [batch, outputs] floats, or [batch] int64 for "classification"."""
    if task == "regression":
        return F.mse_loss(logits, targets)
    if task == "classification":
        return F.cross_entropy(logits, targets)
    if task == "multilabel":
        return F.binary_cross_entropy_with_logits(logits, targets)
    raise ValueError(f"no task {task!r}")


def make_optimizer(model, recipe, wd, **options):
    """torch's AdamW is fastai's Adam: first p *= 1 - lr*wd, then the bias-corrected step, eps outside the root."""
    spec = RECIPES[recipe]
    decay, rest = [], []
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            plain = not isinstance(module, nn.BatchNorm1d) and name != "bias"
            (decay if spec["decay_all"] or plain else rest).append(parameter)
    groups = [{"params": decay, "weight_decay": wd}, {"params": rest, "weight_decay": 0.0}]
    return torch.optim.AdamW(
        [g for g in groups if g["params"]], lr=0.0, betas=(0.9, SQR_MOM), eps=spec["eps"], **options
    )


def set_hyper(optimizer, lr, mom):
    """Sets what the schedule moves; to be called before the step it is for."""
    for group in optimizer.param_groups:
        group["lr"] = lr
        group["betas"] = (mom, SQR_MOM)


def cosine(start, end, t):
    return start + (end - start) * (1 - math.cos(math.pi * t)) / 2


def one_cycle(recipe, step, steps, lr_max):
    """(lr, mom) of a step: a cosine up from lr_max/div, one down to lr_max/div_final; mom .95 -> .85 -> .95."""
    spec = RECIPES[recipe]
    low, final = lr_max / spec["div"], lr_max / spec["div_final"]
    if recipe == "v1":  # phases of whole steps
        up = math.floor(steps * spec["pct_start"])
        rising = step <= up
        t = (step / up if up else 0.0) if rising else (step - up) / (steps - up)
    else:  # phases as fractions of the training
        u, p = step / steps, spec["pct_start"]
        rising = u < p
        t = u / p if rising else (u - p) / (1 - p)
    if rising:
        return cosine(low, lr_max, t), cosine(0.95, 0.85, t)
    return cosine(lr_max, final, t), cosine(0.85, 0.95, t)
