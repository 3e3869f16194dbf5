"""Writes ops.json: single operations with their gradients, from PyTorch in float64. See README.md.

python test/golden/make_op_fixtures.py
"""

import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "scripts" / "reference"))

from fixture_json import tensors_json, write

GRID = 1 / 256
generator = torch.Generator().manual_seed(7)


def randn(*shape, scale=1.0, shift=0.0):
    values = torch.randn(*shape, generator=generator, dtype=torch.float64) * scale + shift
    return torch.round(values / GRID) * GRID


def leaf(tensor):
    return tensor.clone().requires_grad_(True)  # a copy: gradients of two uses must not add up


def batchnorm(rows, features, fresh=False):
    """Training forward, running statistics after it, backward, then evaluation of the same rows."""
    bn = nn.BatchNorm1d(features).double()
    if not fresh:
        bn.weight.data = randn(features, scale=0.5, shift=1)
        bn.bias.data = randn(features, scale=0.5)
        bn.running_mean.copy_(randn(features))
        bn.running_var.copy_(randn(features).abs() + 0.25)
    x = leaf(randn(rows, features, scale=2, shift=0.75))
    given = {"x": x, "weight": bn.weight, "bias": bn.bias}
    given |= {"running_mean": bn.running_mean.clone(), "running_var": bn.running_var.clone()}
    y = bn(x)
    d_y = randn(rows, features)
    y.backward(d_y)
    expected = {"y": y, "running_mean": bn.running_mean.clone(), "running_var": bn.running_var.clone()}
    expected |= {"d_x": x.grad, "d_weight": bn.weight.grad, "d_bias": bn.bias.grad}
    bn.eval()
    expected["y_eval"] = bn(x)
    return {**given, "d_y": d_y}, expected


def linear_relu_batchnorm(rows, fan_in, fan_out, p):
    """A hidden block with a fixed dropout mask: forward and the gradients of everything."""
    x, weight, bias = leaf(randn(rows, fan_in)), leaf(randn(fan_out, fan_in, scale=0.5)), leaf(randn(fan_out))
    gamma, beta = leaf(randn(fan_out, scale=0.5, shift=1)), leaf(randn(fan_out, scale=0.5))
    keep = (torch.rand(rows, fan_out, generator=generator) >= p).double()
    normal = F.batch_norm(F.linear(x, weight, bias).relu(), None, None, gamma, beta, training=True)
    y = normal * keep / (1 - p)
    d_y = randn(rows, fan_out)
    y.backward(d_y)
    given = {
        "x": x,
        "weight": weight,
        "bias": bias,
        "bn_weight": gamma,
        "bn_bias": beta,
        "keep": keep,
        "d_y": d_y,
    }
    names = ["x", "weight", "bias", "bn_weight", "bn_bias"]
    return given, {"y": y, **{f"d_{name}": given[name].grad for name in names}}


def embedding(rows, n, width):
    """Dense gradient: rows looked up twice add up, rows not looked up get 0."""
    weight = leaf(randn(n, width))
    codes = torch.randint(0, n - 1, (rows,), generator=generator)  # the last row is never looked up
    y = F.embedding(codes, weight)
    d_y = randn(rows, width)
    y.backward(d_y)
    return {"codes": codes, "weight": weight, "d_y": d_y}, {"y": y, "d_weight": weight.grad}


def loss(function, logits, targets, **options):
    logits = leaf(logits)
    value = function(logits, targets, **options)
    value.backward()
    return {"logits": logits, "targets": targets, **options}, {"loss": value, "d_logits": logits.grad}


def y_range(rows, low, high):
    x = leaf(torch.cat([randn(rows - 2, scale=2), torch.tensor([-40.0, 40.0])]).double())
    y = low + (high - low) * torch.sigmoid(x)
    d_y = randn(rows)
    y.backward(d_y)
    return {"x": x, "range": torch.tensor([low, high]), "d_y": d_y}, {"y": y, "d_x": x.grad}


def adam(eps, wd, lrs, moms, gradients, start):
    """p after each step; torch's AdamW next to the formula of fastai, which must agree."""
    p = nn.Parameter(start.clone())
    optimizer = torch.optim.AdamW([p], eps=eps, weight_decay=wd, foreach=False)
    q, m, v = start.clone(), torch.zeros_like(start), torch.zeros_like(start)
    steps = []
    for t, (lr, mom, g) in enumerate(zip(lrs, moms, gradients), 1):
        optimizer.param_groups[0] |= {"lr": lr, "betas": (mom, 0.99)}
        p.grad = g.clone()
        optimizer.step()
        q = q * (1 - lr * wd)
        m, v = mom * m + (1 - mom) * g, 0.99 * v + 0.01 * g * g
        q = q - lr / (1 - mom**t) * m / ((v / (1 - 0.99**t)).sqrt() + eps)
        assert torch.allclose(p.detach(), q, rtol=1e-13, atol=0)
        steps.append(p.detach().clone())
    given = {"p": start, "gradients": torch.stack(gradients), "lrs": torch.tensor(lrs, dtype=torch.float64)}
    given |= {
        "moms": torch.tensor(moms, dtype=torch.float64),
        "eps_wd": torch.tensor([eps, wd], dtype=torch.float64),
    }
    return given, {"p": torch.stack(steps), "m": m, "v": v}


def scalar(*values):
    return [torch.tensor([v], dtype=torch.float64) for v in values]


def build():
    golden = {
        "lrs": [0.01] * 3,
        "moms": [0.9] * 3,
        "gradients": scalar(0.1, -0.2, 0.3),
        "start": scalar(1)[0],
    }
    moving = {**golden, "lrs": [1e-3, 5e-3, 1e-2], "moms": [0.95, 0.9, 0.85]}
    vectors = [randn(7) for _ in range(5)]
    vectors[1][2] = vectors[2][2] = 0  # momentum alone moves it
    classes = torch.randint(0, 5, (11,), generator=generator)
    labels = (torch.rand(7, 3, generator=generator) > 0.5).double()
    extreme = torch.cat(
        [randn(5, 3, scale=3), torch.tensor([[90.0, -90.0, 0.0], [-50.0, 50.0, 88.0]])]
    ).double()
    return {
        "batchnorm_fresh": batchnorm(5, 3, fresh=True),
        "batchnorm": batchnorm(13, 5),
        "batchnorm_two_rows": batchnorm(2, 3),
        "linear_relu_batchnorm_dropout": linear_relu_batchnorm(13, 5, 7, 0.25),
        "embedding": embedding(13, 7, 3),
        "mse": loss(F.mse_loss, randn(7, 3, scale=2), randn(7, 3, scale=2)),
        "cross_entropy": loss(F.cross_entropy, randn(11, 5, scale=3), classes),
        "cross_entropy_weighted": loss(F.cross_entropy, randn(11, 5), classes, weight=randn(5).abs() + 0.25),
        "cross_entropy_extreme": loss(F.cross_entropy, extreme, torch.tensor([0, 1, 2, 0, 1, 1, 0])),
        "bce_with_logits": loss(F.binary_cross_entropy_with_logits, extreme, labels),
        "y_range": y_range(9, 0.5, 10.75),
        "adam_v2": adam(1e-5, 0.01, **golden),
        "adam_v2_no_decay": adam(1e-5, 0.0, **golden),
        "adam_v1": adam(1e-8, 0.01, **golden),
        "adam_v2_moving": adam(1e-5, 0.01, **moving),
        "adam_vector": adam(
            1e-5, 0.2, [0.003, 0.01, 0.02, 0.01, 0.001], [0.95, 0.9, 0.85, 0.9, 0.95], vectors, randn(7)
        ),
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    fixture = {
        name: {"given": tensors_json(detach(given)), "expected": tensors_json(detach(expected))}
        for detach in [lambda tensors: {n: t.detach() for n, t in tensors.items()}]
        for name, (given, expected) in build().items()
    }
    print(f"ops.json {write(HERE / 'ops.json', fixture):,} bytes")
    for name, case in fixture.items():
        if name.startswith("adam") and len(case["given"]["p"]["values"]) == 1:
            print(name, case["expected"]["p"]["values"])
