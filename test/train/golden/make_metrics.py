"""Writes metrics.json: scikit-learn's and scipy's values of every metric on small random sets with ties.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
    venv/bin/python test/train/golden/make_metrics.py
"""

import json
from pathlib import Path

import numpy as np
import sklearn.metrics as skm
from scipy import stats
from scipy.special import expit, softmax

rng = np.random.default_rng(20)


def on_grid(x, step):
    """Multiples of `step`, a power of two: exact in float32, and coarse enough that some values are equal."""
    return np.round(x / step) * step


def regression(rows, outputs):
    y = on_grid(rng.normal(7, 1, (rows, outputs)), 2**-3)
    p = on_grid(y + rng.normal(0.1, 0.4, y.shape), 2**-3)
    return p, y, regression_metrics(p.ravel(), y.ravel())


def regression_metrics(p, y):
    return {
        "mse": skm.mean_squared_error(y, p),
        "rmse": skm.root_mean_squared_error(y, p),
        "mae": skm.mean_absolute_error(y, p),
        "msle": skm.mean_squared_log_error(y, p),
        "exp_rmspe": np.sqrt((((np.exp(y) - np.exp(p)) / np.exp(y)) ** 2).mean()),
        "r2_score": skm.r2_score(y, p),
        "explained_variance": skm.explained_variance_score(y, p),
        "pearson_corrcoef": stats.pearsonr(p, y).statistic,
        "spearman_corrcoef": stats.spearmanr(p, y).statistic,
    }


def ratios(y, predicted, kinds):
    scores = {
        "precision": skm.precision_score,
        "recall": skm.recall_score,
        "f1_score": skm.f1_score,
        "fbeta": lambda *a, **k: skm.fbeta_score(*a, beta=2, **k),
        "jaccard": skm.jaccard_score,
    }
    return {
        f"{name}_{average}": score(y, predicted, average=average, zero_division=0)
        for name, score in scores.items()
        for average in kinds
    }


def classification(rows, classes, absent=None):
    """Noisy logits; `absent`: a class that is neither true nor ever predicted."""
    y = rng.integers(0, classes, rows)
    # With more than two classes a tie of probabilities is a tie of sums, which rounding decides: none there.
    step = 2**-2 if classes == 2 else 2**-12
    logits = on_grid(rng.normal(0, 1, (rows, classes)) + 1.2 * np.eye(classes)[y], step)
    if absent is not None:
        y[y == absent] = 0
        logits[:, absent] = -8
    predicted = logits.argmax(1)
    probabilities = np.round(softmax(logits, axis=1), 13)  # rounding errors must not break the ties of two classes
    result = {
        "accuracy": skm.accuracy_score(y, predicted),
        "error_rate": 1 - skm.accuracy_score(y, predicted),
        "hamming_loss": skm.hamming_loss(y, predicted),
        "matthews_corrcoef": skm.matthews_corrcoef(y, predicted),
        "cohen_kappa": skm.cohen_kappa_score(y, predicted),
        "balanced_accuracy": skm.balanced_accuracy_score(y, predicted),
        **ratios(y, predicted, ["macro", "micro", "weighted"]),
    }
    if classes == 2:
        score = probabilities[:, 1]
        result |= {
            **ratios(y, predicted, ["binary"]),
            "roc_auc_binary": skm.roc_auc_score(y, score),
            "average_precision": skm.average_precision_score(y, score),
            "brier_score": skm.brier_score_loss(y, score),
        }
    elif absent is None:
        result |= {
            "roc_auc": skm.roc_auc_score(y, probabilities, multi_class="ovr", average="macro"),
            "average_precision": skm.average_precision_score(np.eye(classes)[y], probabilities, average="macro"),
            "brier_score": ((probabilities - np.eye(classes)[y]) ** 2).sum(1).mean(),
        }
    return logits, y, result


def multilabel(rows, labels):
    y = (rng.random((rows, labels)) < 0.4).astype(int)
    logits = on_grid(rng.normal(-0.3, 1, (rows, labels)) + 1.5 * y - 0.5, 2**-2)
    predicted = (expit(logits) > 0.5).astype(int)
    return logits, y, {
        "accuracy_multi": (predicted == y).mean(),
        "hamming_loss": skm.hamming_loss(y, predicted),
        **ratios(y, predicted, ["macro", "micro", "weighted"]),
        "roc_auc": skm.roc_auc_score(y, logits, average="macro"),
        "average_precision": skm.average_precision_score(y, logits, average="macro"),
    }


def case(task, made):
    predictions, targets, expected = made
    return {
        "task": task,
        "rows": len(predictions),
        "outputs": predictions.shape[1],
        "predictions": [float(x) for x in predictions.ravel()],
        "targets": [float(x) for x in targets.ravel()],
        "expected": {name: float(value) for name, value in expected.items()},
    }


cases = {
    "one number": case("regression", regression(43, 1)),
    "three numbers": case("regression", regression(17, 3)),
    "two classes": case("classification", classification(61, 2)),
    "four classes": case("classification", classification(53, 4)),
    "five classes of which one never occurs": case("classification", classification(47, 5, absent=3)),
    "three labels": case("multilabel", multilabel(37, 3)),
}
(Path(__file__).parent / "metrics.json").write_text(json.dumps(cases, indent=1) + "\n")
