"""Turns the --json files of rossmann_pytorch.py, runs that differ only in their seed, into Markdown.

python scripts/reference/rossmann_summary.py "Title" run_seed42.json run_seed43.json ...
"""

import json
import statistics
import sys
from pathlib import Path

COLUMNS = ["train_loss", "valid_loss", "exp_rmspe", "exp_rmspe_batch", "rmse"]


def row(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def epochs_table(runs):
    yield row(["seed", "epoch", *COLUMNS, "seconds"])
    yield row(["---"] * (len(COLUMNS) + 3))
    for run in runs:
        for epoch in run["epochs"]:
            numbers = [f"{epoch[name]:.6f}" for name in COLUMNS]
            yield row([run["options"]["seed"], epoch["epoch"], *numbers, f"{epoch['seconds']:.0f}"])


def band_table(runs):
    """Of the last epoch. The wide band is what one more seed may be expected to fall into, almost always."""
    yield row([f"last epoch, {len(runs)} seeds", "min", "max", "mean", "standard deviation", "mean ± 3 sd"])
    yield row(["---"] * 6)
    for name in COLUMNS:
        values = [run["epochs"][-1][name] for run in runs]
        mean, sd = statistics.mean(values), statistics.stdev(values)
        numbers = [min(values), max(values), mean, sd]
        yield row([name, *(f"{x:.6f}" for x in numbers), f"{mean - 3 * sd:.6f} to {mean + 3 * sd:.6f}"])


def summary(title, paths):
    runs = [json.loads(Path(path).read_text()) for path in paths]
    options = dict(runs[0]["options"])
    for run in runs:
        same = {k: v for k, v in run["options"].items() if k not in ("seed", "json")}
        if same != {k: v for k, v in options.items() if k not in ("seed", "json")}:
            raise ValueError("the runs differ in more than their seed")
    arguments = " ".join(
        f"--{key.replace('_', '-')} {','.join(map(str, value)) if isinstance(value, list) else value}"
        for key, value in options.items()
        if key not in ("data", "json", "seed", "device")
    )
    lines = [f"### {title}", "", f"    rossmann_pytorch.py joined.csv.gz {arguments} --seed SEED", ""]
    lines.append(
        f"torch {runs[0]['torch']}, {options['device']} ({options['threads']} threads), "
        f"{runs[0]['parameters']:,} parameters, {runs[0]['steps_per_epoch']:,} steps an epoch, "
        f"y_range [0, {runs[0]['y_range'][1]:.6f}]"
    )
    lines += ["", *epochs_table(runs), ""]
    if len(runs) > 1:
        lines += [*band_table(runs), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    print(summary(sys.argv[1], sys.argv[2:]))
