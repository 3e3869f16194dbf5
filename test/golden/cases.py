"""The whole-model cases: what each fixture's model, data and hyperparameters are. See README.md for the reasons."""

SIZES = [[5, 4], [3, 3], [17, 8]]


def case(
    name,
    seed,
    *,
    task="regression",
    recipe="v2",
    schedule="one_cycle",
    lr=0.01,
    wd=0.1,
    steps=100,
    masks=False,
    free=(),
    **config,
):
    base = {
        "layout": "A" if recipe == "v1" else "C",
        "embeddingSizes": SIZES,
        "continuous": 5,
        "outputs": 1,
        "layers": [11, 7],
        "ps": [0] * len(config.get("layers", [11, 7])),
        "embDrop": 0,
        "yRange": None,
        "useBn": True,
        "bnFinal": False,
        "bnCont": True,
        "linearBias": "auto",
        "bnBiasInit": 0 if recipe == "v1" else 0.001,
    }
    return {
        "name": name,
        "seed": seed,
        "task": task,
        "hyper": {"recipe": recipe, "schedule": schedule, "lr": lr, "wd": wd},
        "steps": steps,
        "masks": masks,
        "free": list(free),
        "config": {**base, **config},
    }


CASES = [
    case("layout_a_regression", 1, recipe="v1", wd=0.2, yRange=[0, 10.75]),
    case("layout_c_regression", 42, schedule="constant"),
    case("layout_c_y_range", 3, wd=0.2, yRange=[-1.5, 4.25]),
    case("binary", 44, task="classification", outputs=2),
    case("multi_class", 5, task="classification", outputs=4),
    case("multi_class_v1", 26, task="classification", recipe="v1", schedule="constant", outputs=4, lr=0.003),
    case("multi_label", 7, task="multilabel", outputs=3),
    case("without_batchnorm", 8, useBn=False, lr=0.005),
    # A shift of the last hidden BatchNorm cancels in the final one, so its bias has gradient 0 and moves by rounding
    # errors that Adam blows up; the final running mean follows it.
    case("bn_final", 9, bnFinal=True, free=["layers.1.2.bias", "layers.2.1.running_mean"]),
    case("without_bn_cont", 30, bnCont=False),
    case("without_categories", 11, embeddingSizes=[]),
    case("without_continuous", 52, continuous=0, task="classification", outputs=3),
    case("without_hidden_layers", 13, layers=[]),
    case("several_targets", 14, outputs=3, layers=[13, 5, 7]),
    case("dropout_masks_a", 15, recipe="v1", ps=[0.25, 0.5], embDrop=0.125, steps=1, masks=True),
    case("dropout_masks_c", 16, recipe="v2", ps=[0, 0.5], embDrop=0.25, steps=1, masks=True, yRange=[0, 8]),
]

# Trained by the doctor (src/doctor), so it ships: as small as it can be with every kernel of a regression in it.
DOCTOR_CASE = case(
    "doctor", 17, steps=30, wd=0.2, yRange=[-1.5, 4.25], embeddingSizes=[[5, 4], [3, 2]], continuous=3
)
