"""Writes preprocessing.json: a small CSV, and what FillMissing, Categorify and Normalize make of it. See README.md.

    python test/golden/make_preprocessing.py

Plain pandas in float64. If fastai is installed, its TabularPandas is run on the same table and must agree.
"""

import io
import random
from pathlib import Path

import numpy as np
import pandas as pd
from fixture_json import short, write

HERE = Path(__file__).parent
CATEGORICAL = ["Zone", "Name", "Open"]
CONTINUOUS = ["Distance", "Degrees", "Cloud", "Always7"]
ROWS, VALID = 40, 11  # the last rows are for validation


def make_csv():
    pick = random.Random(3)
    names = ["10", "9", "A", "Z", "a", "é", "HB,NI", "", "Straße"]
    lines = ["Zone,Name,Open,Distance,Degrees,Cloud,Always7,Sales"]
    for row in range(ROWS):
        valid = row >= ROWS - VALID
        zone = pick.choice([1, 2, 3, 5, 10, ""] + ([4] if valid else []))  # 4 is unseen in training
        name = pick.choice(names + (["only in validation"] if valid else []))
        distance = "" if pick.random() < 0.2 else pick.randrange(10, 9000, 10)
        cloud = "" if pick.random() < 0.3 else f"{pick.uniform(0, 8):.2f}"
        quoted = f'"{name}"' if "," in name else name
        lines.append(
            f"{zone},{quoted},{pick.choice([True, False])},{distance},{pick.randrange(-11, 35)},{cloud},7,"
            f"{pick.randrange(1000, 9000)}"
        )
    return "\n".join(lines) + "\n"


def plain(value):
    return value.item() if isinstance(value, np.generic) else value


def preprocess(table, recipe):
    train = slice(0, ROWS - VALID)
    vocabs, codes, fill, stats, z = {}, [], {}, {}, []

    def categorify(name, column):
        levels = sorted(column.iloc[train].dropna().unique())
        codes.append(column.map({level: i + 1 for i, level in enumerate(levels)}).fillna(0).astype(int))
        vocabs[name] = [plain(level) for level in levels]

    for name in CATEGORICAL:
        categorify(name, table[name])
    for name in CONTINUOUS:
        column = table[name].astype(np.float64)
        if column.iloc[train].isna().any():
            categorify(f"{name}_na", column.isna())
            fill[name] = column.iloc[train].median()
            column = column.fillna(fill[name])
        mean, std = column.iloc[train].mean(), column.iloc[train].std(ddof=1 if recipe == "v1" else 0)
        stats[name] = {"mean": short(mean), "std": short(std)}
        z.append((column - mean) / (std + 1e-7))
    return {
        "vocabs": vocabs,
        "fill": fill,
        "statistics": stats,
        "codes": np.stack(codes, 1).flatten().tolist(),
        "continuous": [short(x) for x in np.stack(z, 1).flatten().tolist()],
    }


def check_against_fastai(table, expected):
    from fastai.tabular.core import Categorify, FillMissing, Normalize, TabularPandas

    splits = (list(range(ROWS - VALID)), list(range(ROWS - VALID, ROWS)))
    done = TabularPandas(
        table.copy(),
        [FillMissing, Categorify, Normalize],
        list(CATEGORICAL),
        list(CONTINUOUS),
        "Sales",
        splits=splits,
        reduce_memory=False,
    )
    vocabs = {name: list(vocab.items[1:]) for name, vocab in done.procs.categorify.classes.items()}
    assert vocabs == expected["vocabs"], (vocabs, expected["vocabs"])
    assert dict(done.procs.fill_missing.na_dict) == expected["fill"]
    assert done.items[done.cat_names].to_numpy().flatten().tolist() == expected["codes"]
    z = done.items[done.cont_names].to_numpy(np.float64).flatten()
    assert np.abs(z - np.array(expected["continuous"])).max() < 1e-6  # fastai keeps float32
    print("fastai agrees")


if __name__ == "__main__":
    csv = make_csv()
    table = pd.read_csv(io.StringIO(csv))
    fixture = {
        "csv": csv,
        "categorical": CATEGORICAL,
        "continuous": CONTINUOUS,
        "target": "Sales",
        "rows": ROWS,
        "validRows": VALID,
        "v1": preprocess(table, "v1"),
        "v2": preprocess(table, "v2"),
    }
    print(f"preprocessing.json {write(HERE / 'preprocessing.json', fixture):,} bytes")
    try:
        import fastai  # noqa: F401
    except ImportError:
        print("fastai is not installed: not compared with it")
    else:
        check_against_fastai(table, fixture["v2"])
