"""Trains the layout C fixtures with fastai itself (its TabularModel, Adam and schedule) and compares.

pip install fastai==2.8.12 && python test/golden/check_against_fastai.py
"""

import json
from pathlib import Path

import torch
from fastai.callback.schedule import combined_cos
from fastai.optimizer import Adam
from fastai.tabular.model import TabularModel
from fastai.torch_core import norm_bias_params
from torch.nn import functional as F

LOSSES = {
    "regression": F.mse_loss,
    "classification": F.cross_entropy,
    "multilabel": F.binary_cross_entropy_with_logits,
}


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


def largest(actual, expected):
    return (actual.detach().flatten().double() - tensor(expected)).abs().max().item()


def fastai_model(fixture):
    config = fixture["config"]
    model = TabularModel(
        config["embeddingSizes"],
        config["continuous"],
        config["outputs"],
        config["layers"],
        ps=config["ps"],
        embed_p=config["embDrop"],
        y_range=config["yRange"],
        use_bn=config["useBn"],
        bn_final=config["bnFinal"],
        bn_cont=config["bnCont"],
    ).double()
    state = {
        name: tensor(t["values"]).reshape(t["shape"]).to(model.state_dict()[name].dtype)
        for name, t in fixture["tensors"].items()
    }
    # Without continuous columns fastai still has a bn_cont of no elements, which the fixtures leave out.
    strict = fixture["config"]["continuous"] > 0
    if strict:
        assert list(state) == list(model.state_dict()), "the keys or their order differ"
    model.load_state_dict(state, strict=strict)
    return model


def check_schedule(hyper, steps):
    lr = combined_cos(0.25, hyper["lr"] / 25, hyper["lr"], hyper["lr"] / 1e5)
    mom = combined_cos(0.25, 0.95, 0.85, 0.95)
    for k in range(steps):
        assert abs(float(lr(k / steps)) / hyper["lrs"][k] - 1) < 2e-5  # fastai computes it in float32
        assert abs(float(mom(k / steps)) / hyper["moms"][k] - 1) < 2e-5


def check(fixture):
    data, hyper, expected = fixture["data"], fixture["hyper"], fixture["expected"]
    model = fastai_model(fixture)
    x_cat = torch.tensor(data["codes"], dtype=torch.int64).reshape(
        data["rows"], len(fixture["config"]["embeddingSizes"])
    )
    x_cont = tensor(data["continuous"]).reshape(data["rows"], fixture["config"]["continuous"])
    classes = fixture["task"] == "classification"
    y = tensor(data["targets"]).long() if classes else tensor(data["targets"]).reshape(data["rows"], -1)
    optimizer = Adam(
        list(model.parameters()), lr=hyper["lr"], wd=hyper["wd"]
    )  # eps and sqr_mom: fastai's defaults
    for parameter in norm_bias_params(model, with_bias=True):
        optimizer.state[parameter]["do_wd"] = False
    if hyper["schedule"] == "one_cycle":
        check_schedule(hyper, data["steps"])
    differences = {"evalBefore": largest(model.eval()(x_cat, x_cont), expected["evalBefore"])}
    losses = []
    model.train()
    for step, (lr, mom) in enumerate(zip(hyper["lrs"], hyper["moms"])):
        rows = (torch.arange(data["batchSize"]) + step * data["batchSize"]) % data["rows"]
        optimizer.set_hyper("lr", lr)
        optimizer.set_hyper("mom", mom)
        loss = LOSSES[fixture["task"]](model(x_cat[rows], x_cont[rows]), y[rows])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    differences["losses"] = largest(tensor(losses), expected["losses"])
    state = model.state_dict()
    fixed = {n: t for n, t in expected["finalTensors"].items() if n not in fixture["free"]}
    differences["finalTensors"] = max(largest(state[n], t["values"]) for n, t in fixed.items())
    differences["evalAfter"] = largest(model.eval()(x_cat, x_cont), expected["evalAfter"])
    return differences


if __name__ == "__main__":
    torch.set_num_threads(1)
    for path in sorted(Path(__file__).parent.glob("*.json")):
        fixture = json.loads(path.read_text())
        if fixture.get("config", {}).get("layout") != "C" or fixture["masks"]:
            continue
        differences = check(fixture)
        print(f"{path.stem:24}", "  ".join(f"{key} {value:.1e}" for key, value in differences.items()))
        for key, value in differences.items():
            assert value < 1e-8, f"{path.stem}: {key} differs by {value}"
