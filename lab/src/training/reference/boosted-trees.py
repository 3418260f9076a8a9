"""Writes boosted-trees.json: forecasts of scikit-learn's histogram gradient boosting, scikit-learn 1.2.1, NumPy 1.24.2.

The rows come from a linear congruential generator and from +, -, * and / alone, so that boosted-trees.test.ts makes
the same ones, bit for bit, and only forecasts are stored. Biome formats the result.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

TRAINING, TEST, WIDTH = 2000, 500, 6
CASES = [
    {"trees": 100, "leaves": 15, "leastSamples": 20, "learningRate": 0.1, "l2": 1},
    {"trees": 300, "leaves": 15, "leastSamples": 60, "learningRate": 0.04, "l2": 1},
    {"trees": 50, "leaves": 4, "leastSamples": 5, "learningRate": 0.5, "l2": 0},
]


def uniforms():
    state = 1
    while True:
        state = (1664525 * state + 1013904223) % 2**32
        yield state / 2**32


def generated(count, stream):
    """rows: [count, WIDTH], of which feature 4 has 8 values and feature 5 is noise; targets: [count], heavy-tailed."""
    rows, targets = [], []
    for _ in range(count):
        row = [float(np.float32(next(stream))) for _ in range(WIDTH)]
        row[4] = float(np.floor(8 * row[4]))
        noise = (next(stream) - 0.5) / (next(stream) + 0.05)
        rows.append(row)
        targets.append((2 if row[0] > 0.6 else 0) + 3 * row[1] * row[2] - row[3] * row[3] + row[4] / 4 + noise)
    return np.array(rows), np.array(targets)


def forecasts(case, rows, targets, unseen):
    model = HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=case["trees"],
        max_leaf_nodes=case["leaves"],
        min_samples_leaf=case["leastSamples"],
        learning_rate=case["learningRate"],
        l2_regularization=case["l2"],
        max_bins=255,
        early_stopping=False,
    )
    return model.fit(rows, targets).predict(unseen)


def main():
    stream = uniforms()
    rows, targets = generated(TRAINING, stream)
    unseen, answers = generated(TEST, stream)
    cases = []
    for case in CASES:
        found = forecasts(case, rows, targets, unseen)
        error = float(np.mean(np.abs(found - answers)))
        cases.append({"options": case, "meanAbsoluteError": error, "forecasts": [round(x, 9) for x in found.tolist()]})
    content = {"training": TRAINING, "test": TEST, "width": WIDTH, "targetSum": float(sum(targets)), "cases": cases}
    Path(__file__).with_suffix(".json").write_text(json.dumps(content) + "\n")


main()
