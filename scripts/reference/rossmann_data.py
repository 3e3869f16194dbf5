"""The joined Rossmann table as tensors: fastai's FillMissing, Categorify and Normalize in plain pandas."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

CATEGORICAL = [
    "Store",
    "DayOfWeek",
    "Year",
    "Month",
    "Day",
    "StateHoliday",
    "CompetitionMonthsOpen",
    "Promo2Weeks",
    "StoreType",
    "Assortment",
    "PromoInterval",
    "CompetitionOpenSinceYear",
    "Promo2SinceYear",
    "State",
    "Week",
    "Events",
    "Promo_fw",
    "Promo_bw",
    "StateHoliday_fw",
    "StateHoliday_bw",
    "SchoolHoliday_fw",
    "SchoolHoliday_bw",
]
CONTINUOUS = [
    "CompetitionDistance",
    "Max_TemperatureC",
    "Mean_TemperatureC",
    "Min_TemperatureC",
    "Max_Humidity",
    "Mean_Humidity",
    "Min_Humidity",
    "Max_Wind_SpeedKm_h",
    "Mean_Wind_SpeedKm_h",
    "CloudCover",
    "trend",
    "trend_DE",
    "AfterStateHoliday",
    "BeforeStateHoliday",
    "Promo",
    "SchoolHoliday",
]
TARGET = "Sales"
VALID_ROWS = 41_395  # the newest days, at the top of the table


@dataclass
class Split:
    x_cat: torch.Tensor  # [rows, 24] int64
    x_cont: torch.Tensor  # [rows, 16] float32
    y: torch.Tensor  # [rows, 1] float32, ln(Sales)

    def to(self, device):
        return Split(self.x_cat.to(device), self.x_cont.to(device), self.y.to(device))


@dataclass
class RossmannData:
    train: Split
    valid: Split
    cardinalities: list[int]  # with "#na#"
    y_range: tuple[float, float]


def load(path, recipe):
    """Reads joined.csv.gz and fits everything on the training rows only."""
    table = pd.read_csv(path, usecols=[*CATEGORICAL, *CONTINUOUS, TARGET])
    train = slice(VALID_ROWS, None)
    codes, cardinalities = [], []

    def add_categorical(column):
        levels = sorted(column.iloc[train].dropna().unique())
        codes.append(
            column.map({level: i + 1 for i, level in enumerate(levels)}).fillna(0).to_numpy(np.int64)
        )
        cardinalities.append(len(levels) + 1)

    for name in CATEGORICAL:
        add_categorical(table[name])
    normalised = []
    for name in CONTINUOUS:
        column = table[name].astype(np.float64)
        if column.iloc[train].isna().any():
            add_categorical(column.isna())
            column = column.fillna(column.iloc[train].median())
        if column.isna().any():
            raise ValueError(f"{name} is missing in a validation row but never in training")
        mean, std = column.iloc[train].mean(), column.iloc[train].std(ddof=1 if recipe == "v1" else 0)
        normalised.append(((column - mean) / (std + 1e-7)).to_numpy(np.float32))

    sales = table[TARGET].to_numpy(np.float64)
    x_cat = torch.from_numpy(np.stack(codes, 1))
    x_cont = torch.from_numpy(np.stack(normalised, 1))
    y = torch.from_numpy(np.log(sales).astype(np.float32))[:, None]

    def rows(part):
        return Split(x_cat[part].contiguous(), x_cont[part].contiguous(), y[part].contiguous())

    return RossmannData(
        train=rows(train),
        valid=rows(slice(None, VALID_ROWS)),
        cardinalities=cardinalities,
        y_range=(0.0, math.log(1.2 * sales.max())),
    )
