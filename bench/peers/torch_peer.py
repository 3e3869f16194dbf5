"""PyTorch and fastai in the benchmark: a process that answers like a contender's page, one JSON object a line.

usage: torch_peer.py FOLDER cpu|cuda eager|compile|graph|fastai SHAPE
FOLDER holds the benchmark's rows.bin, start.bin and trained.bin; SHAPE is the model's, as JSON (bench/torch_host.ts).
Answers the calls of bench/page/session.ts; a training work says its row order itself.
"""
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

folder, kind, mode, shape = sys.argv[1:5]
cuda, device = kind == "cuda", torch.device(kind)
SHAPE = json.loads(shape)
EMBEDDINGS, CONTINUOUS = SHAPE["embeddings"], SHAPE["continuous"]
LAYERS, Y_RANGE, ADAM = SHAPE["layers"], SHAPE["yRange"], SHAPE["adam"]


class TabularModel(nn.Module):
    """fastai's TabularModel, layout of v1; as plain PyTorch."""

    def __init__(self, weights, dropout):
        super().__init__()
        self.embeds = nn.ModuleList([nn.Embedding(levels, width) for levels, width in EMBEDDINGS])
        self.bn_cont = nn.BatchNorm1d(CONTINUOUS)
        rates = SHAPE["dropout"] if dropout else {"embeddings": 0, "layers": [0] * len(LAYERS)}
        self.emb_drop = nn.Dropout(rates["embeddings"])
        width = sum(width for _, width in EMBEDDINGS) + CONTINUOUS
        layers = []
        for size, rate in zip(LAYERS, rates["layers"]):
            layers += [nn.Linear(width, size), nn.ReLU(inplace=True), nn.BatchNorm1d(size), nn.Dropout(rate)]
            width = size
        self.layers = nn.Sequential(*layers, nn.Linear(width, 1))
        at = 0
        with torch.no_grad():
            for name, tensor in self.state_dict().items():
                if name.endswith("num_batches_tracked"):
                    continue
                tensor.copy_(weights[at : at + tensor.numel()].view_as(tensor))
                at += tensor.numel()
        assert at == weights.numel(), f"the weights have {weights.numel()} values, the model {at}"

    def forward(self, codes, continuous):
        embedded = torch.cat([embed(codes[:, i]) for i, embed in enumerate(self.embeds)], 1)
        x = self.layers(torch.cat([self.emb_drop(embedded), self.bn_cont(continuous)], 1))
        low, high = Y_RANGE
        return torch.sigmoid(x) * (high - low) + low


def read(name):
    with open(f"{folder}/{name}", "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.float32)


class Rows:
    def __init__(self):
        columns = len(EMBEDDINGS)
        with open(f"{folder}/rows.bin", "rb") as file:
            data = bytearray(file.read())
        count = len(data) // 4 // (columns + CONTINUOUS + 1)
        take = lambda dtype, start, n: torch.frombuffer(data, dtype=dtype, offset=start * 4, count=n)
        self.codes = take(torch.int32, 0, count * columns).view(count, columns).long()
        self.continuous = take(torch.float32, count * columns, count * CONTINUOUS).view(count, CONTINUOUS)
        self.targets = take(torch.float32, count * (columns + CONTINUOUS), count).view(count, 1)

    def take(self, index):
        return [t[index].contiguous().to(device) for t in (self.codes, self.continuous, self.targets)]


class Training:
    """Batches lie on the device; nothing waits before the last of them."""

    def __init__(self, work):
        bs, order = work["bs"], torch.tensor(work["order"])
        self.batches = [rows.take(order[i * bs : (i + 1) * bs]) for i in range(work["steps"])]
        self.model = TabularModel(read("start.bin"), work["dropout"]).to(device).train()
        adam = dict(lr=ADAM["lr"], betas=(ADAM["beta1"], ADAM["beta2"]), eps=ADAM["eps"])
        if cuda and mode != "eager":
            adam.update(fused=True, capturable=mode == "graph")
        self.optimizer = torch.optim.Adam(self.model.parameters(), **adam)
        self.loss_of = lambda codes, continuous, y: F.mse_loss(self.model(codes, continuous), y)
        if mode == "compile":
            torch._dynamo.reset()
            self.loss_of = torch.compile(self.loss_of)
        self.step = self.capture() if mode == "graph" else self.eager

    def eager(self, *batch):
        self.optimizer.zero_grad()
        loss = self.loss_of(*batch)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def capture(self):
        """The whole step as one CUDA graph; what the warm-up learned is taken back."""
        static = [t.clone() for t in self.batches[0]]
        before = {name: t.clone() for name, t in self.model.state_dict().items()}
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.eager(*static)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        self.optimizer.zero_grad()
        with torch.cuda.graph(graph):
            loss = self.eager(*static)
        self.model.load_state_dict(before)
        for state in self.optimizer.state.values():
            for value in state.values():
                value.zero_()

        def replay(*batch):
            for s, t in zip(static, batch):
                s.copy_(t, non_blocking=True)
            graph.replay()
            return loss

        return replay

    def run(self):
        for batch in self.batches:
            loss = self.step(*batch)
        return [loss.item()]

    def outputs(self):
        return [self.step(*batch).item() for batch in self.batches]


class Batches(list):
    """What fastai's Learner takes for a DataLoader."""

    n_inp = 2


class FastaiTraining:
    """fastai itself: Learner.fit with its Adam, its callbacks and its loop; batches lie on the device."""

    def __init__(self, work):
        from functools import partial

        import fastai.callback.progress  # gives Learner its no_bar
        from fastai.callback.core import Callback
        from fastai.data.core import DataLoaders
        from fastai.learner import Learner
        from fastai.optimizer import Adam

        class Losses(Callback):
            def after_batch(self):
                if self.training:
                    seen.append(self.loss)

        self.seen = seen = []
        plain = Training(work)
        dls = DataLoaders(Batches(plain.batches), Batches(), device=device)
        adam = partial(Adam, mom=ADAM["beta1"], sqr_mom=ADAM["beta2"], eps=ADAM["eps"], wd=0.0)
        self.learner = Learner(dls, plain.model, loss_func=F.mse_loss, opt_func=adam, lr=ADAM["lr"])
        self.learner.add_cb(Losses())

    def fit(self):
        self.seen.clear()
        with self.learner.no_bar(), self.learner.no_logging():
            self.learner.fit(1, ADAM["lr"], wd=0.0)
        return self.seen

    def run(self):
        return [self.fit()[-1].item()]

    def outputs(self):
        return [loss.item() for loss in self.fit()]


class Inference:
    """From tensors in the CPU's memory to a tensor there."""

    def __init__(self, work):
        self.codes, self.continuous = rows.codes[: work["rows"]], rows.continuous[: work["rows"]]
        self.model = TabularModel(read("trained.bin"), False).to(device).eval()
        if mode == "compile":
            torch._dynamo.reset()
            self.model = torch.compile(self.model)

    @torch.no_grad()
    def run(self):
        return self.model(self.codes.to(device), self.continuous.to(device)).cpu()

    def outputs(self):
        return self.run().flatten().tolist()


def about():
    name = torch.cuda.get_device_name() if cuda else f"{torch.get_num_threads()} threads"
    return {"torch": torch.__version__, "device": name}


def answer(call, argument):
    if call == "start":
        return about()
    if call == "open":
        number = len(works) + 1
        training = FastaiTraining if mode == "fastai" else Training
        works[number] = training(argument) if argument["kind"] == "train" else Inference(argument)
        return {"id": number, "about": about()}
    if call == "time":
        run = works[argument["id"]].run
        start = time.perf_counter()
        for _ in range(argument["runs"]):
            run()
        return (time.perf_counter() - start) * 1000
    if call == "outputs":
        return works[argument["id"]].outputs()
    if call == "close":
        works[argument["id"]] = None
        return None
    raise ValueError(f"unknown call {call}")


rows, works = Rows(), {}
print(json.dumps({"ready": about()}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    try:
        print(json.dumps({"value": answer(request["call"], request["argument"])}), flush=True)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
