"""Writes activations.json: what PyTorch's activations come to on the first batch of the whole-model cases.

python test/golden/make_activations.py     # after make_fixtures.py, whose files it reads
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "scripts" / "reference"))

from fixture_json import decimals, short, write
from tabular_model import TabularModel

CASES = [
    "layout_a_regression",
    "multi_class",
    "without_batchnorm",
    "bn_final",
    "without_bn_cont",
    "without_categories",
    "without_continuous",
    "without_hidden_layers",
    "several_targets",
    "dropout_masks_a",
    "dropout_masks_c",
]
BINS, LOW, HIGH, ZERO = 16, -3.137, 3.291, 0.05


def outputs(case):
    """(name, activations) in the order they come about, in training mode without dropout, as float64."""
    config, data = case["config"], case["data"]
    model = TabularModel(config).double()
    state = {
        n: torch.tensor(t["values"], dtype=torch.float64).reshape(t["shape"]) for n, t in case["tensors"].items()
    }
    model.load_state_dict({n: t.long() if n.endswith("tracked") else t for n, t in state.items()})
    rows = data["batchSize"]
    codes = torch.tensor(data["codes"]).reshape(data["rows"], -1).long()[:rows]
    continuous = torch.tensor(data["continuous"], dtype=torch.float64).reshape(data["rows"], -1)[:rows]
    found = []
    if config["continuous"] and model.bn_cont is None:
        found.append(("continuous", continuous))

    def keep(name):
        return lambda module, given, output: found.append((name, output.detach()))

    head = [module for module in model.modules() if isinstance(module, nn.Linear)][-1]
    for name, module in model.named_modules():
        if isinstance(module, nn.Dropout):
            module.p = 0
        if isinstance(module, (nn.ReLU, nn.BatchNorm1d)) or module is head:
            module.register_forward_hook(keep(name))
    model.layers.register_forward_pre_hook(lambda module, given: found.append(("input", given[0].detach())))
    model.train()
    model(codes, continuous)
    return found


def summary(name, x):
    """What `summarise` says of x; counts must not hang on how a value near an edge was rounded."""
    inner = (x - LOW) / (HIGH - LOW) * BINS
    assert (inner - inner.round()).abs().min() > 1e-5, f"{name}: a value lies on the edge of a bin"
    assert (x.abs() - ZERO).abs().min() > 1e-5, f"{name}: a value lies on the edge of zero"
    return {
        "width": x.shape[1],
        "mean": short(x.mean().item()),
        "std": short(x.std().item()),
        "nearZero": short((x.abs() <= ZERO).double().mean().item()),
        "counts": x.histc(BINS, LOW, HIGH).long().tolist(),
        "below": int((x < LOW).sum()),
        "above": int((x > HIGH).sum()),
        "unitMeans": decimals(x.mean(0)),
        "unitStds": decimals(x.std(0)),
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = {"bins": BINS, "range": [LOW, HIGH], "zero": ZERO, "cases": {}}
    for case in CASES:
        found = outputs(json.loads((HERE / f"{case}.json").read_text()))
        result["cases"][case] = {name: summary(f"{case} {name}", x) for name, x in found}
        print(case, [name for name, _ in found])
    print(f"activations.json {write(HERE / 'activations.json', result):,} bytes")
