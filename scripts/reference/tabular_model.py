"""fastai's tabular model in plain PyTorch, layouts A (fastai v1) and C (fastai v2 since 2.3.1).

The state_dict keys are fastai's, so weights can be compared tensor by tensor. A config is a dict with the fields of
TabularModelConfig (src/model/config.ts). Needs torch only.
"""

import torch
from torch import nn


class SigmoidRange(nn.Module):
    """low + (high - low) * sigmoid(x)."""

    def __init__(self, low, high):
        super().__init__()
        self.low, self.high = low, high

    def forward(self, x):
        return self.low + (self.high - self.low) * torch.sigmoid(x)


class TabularModel(nn.Module):
    """Embeddings and continuous columns -> logits, or values inside y_range.

    x_cat [batch, columns] int64, x_cont [batch, continuous] -> [batch, outputs].
    """

    def __init__(self, config):
        super().__init__()
        sizes = config["embeddingSizes"]
        continuous = config["continuous"]
        self.embeds = nn.ModuleList(nn.Embedding(n, d) for n, d in sizes)
        self.emb_drop = nn.Dropout(config["embDrop"])
        self.bn_cont = nn.BatchNorm1d(continuous) if continuous and config["bnCont"] else None
        n_in = sum(d for _, d in sizes) + continuous
        blocks = hidden_blocks(config, n_in)
        if config["layout"] == "A":
            self.layers = nn.Sequential(*(module for block in blocks for module in block))
        elif config["layout"] == "C":
            self.layers = nn.Sequential(*(nn.Sequential(*block) for block in blocks))
        else:
            raise ValueError(f'layout is {config["layout"]!r}; expected "A" or "C"')
        # In fastai v1 the range is part of forward, in v2 a last module; neither has tensors.
        self.y_range = SigmoidRange(*config["yRange"]) if config["yRange"] else None
        initialise(self, config)

    def forward(self, x_cat, x_cont):
        parts = []
        if len(self.embeds):
            parts.append(self.emb_drop(torch.cat([e(x_cat[:, i]) for i, e in enumerate(self.embeds)], 1)))
        if x_cont.shape[1]:
            parts.append(self.bn_cont(x_cont) if self.bn_cont is not None else x_cont)
        out = self.layers(torch.cat(parts, 1))
        return self.y_range(out) if self.y_range is not None else out


def hidden_blocks(config, n_in):
    """One list of modules per Linear: Linear, ReLU, BatchNorm1d, Dropout, those that the config asks for."""
    sizes = [n_in, *config["layers"], config["outputs"]]
    blocks = []
    for i, (fan_in, fan_out) in enumerate(zip(sizes, sizes[1:])):
        head = i == len(config["layers"])
        batchnorm = config["bnFinal"] if head else config["useBn"]
        bias = config["layout"] == "A" or not batchnorm
        if config["linearBias"] != "auto" and not head:
            bias = config["linearBias"]
        block = [nn.Linear(fan_in, fan_out, bias=bias)]
        if not head:
            block.append(nn.ReLU())
        if batchnorm:
            block.append(nn.BatchNorm1d(fan_out))
        if not head and config["ps"][i]:  # no module for p = 0, which shifts the indices in layout A
            block.append(nn.Dropout(config["ps"][i]))
        blocks.append(block)
    return blocks


def initialise(model, config):
    """fastai's initial values where they differ from PyTorch's: embeddings, and the bias of the hidden BatchNorms."""
    with torch.no_grad():
        for embedding in model.embeds:
            embedding.weight.normal_().fmod_(2).mul_(0.01)
        for module in model.layers.modules():
            if isinstance(module, nn.BatchNorm1d):
                module.bias.fill_(config["bnBiasInit"])
