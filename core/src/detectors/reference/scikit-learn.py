"""Writes the numbers that the detectors' tests compare with, from scikit-learn, into the folder that this file is in.

    python3 core/src/detectors/reference/scikit-learn.py && npx biome format --write core/src/detectors/reference

Made with Python 3.11, scikit-learn 1.2.1 and numpy 1.24.2; the files repeat the versions.
"""

import json
import sys
from pathlib import Path

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.mixture import GaussianMixture

versions = {
    "python": ".".join(map(str, sys.version_info[:3])),
    "scikit-learn": sklearn.__version__,
    "numpy": np.__version__,
}
# Six decimals, so that the file holds exactly what scikit-learn was given.
rng = np.random.default_rng(20210519)


def cluster(count, mean, mixing):
    return rng.standard_normal((count, 4)) @ np.array(mixing) + mean


def correlated(scale, along):
    return scale * (np.eye(4) + along * np.ones((4, 4)))


def clustered():
    return np.round(
        np.vstack(
            [
                cluster(120, [0, 0, 0, 0], correlated(1.0, 0.3)),
                cluster(100, [7, -6, 5, 6], correlated(0.6, -0.2)),
                cluster(80, [-7, 6, 6, -5], correlated(1.3, 0.1)),
            ]
        ),
        6,
    )


def write(name, content):
    text = json.dumps({"versions": versions, **content}, separators=(",", ":"))
    Path(__file__).with_name(f"{name}.json").write_text(text.replace("],[", "],\n[") + "\n")


def parameters(mixture):
    return {
        "weights": mixture.weights_.tolist(),
        "means": mixture.means_.tolist(),
        "covariances": mixture.covariances_.tolist(),
    }


def overlapping(rows):
    """The same clusters so near each other that most rows belong to several."""
    sizes = [120, 100, 80]
    means = np.array([[0, 0, 0, 0], [7, -6, 5, 6], [-7, 6, 6, -5]])
    return np.round(rows - 0.85 * np.repeat(means, sizes, axis=0), 6)


def mixture_reference(rows):
    # Not near where it ends, so that the shares have far to go.
    start = {
        "weights": [0.3, 0.3, 0.4],
        "means": [[1.0, 1.0, 1.0, 1.0], [3.0, -3.0, 3.0, 3.0], [-3.0, 3.0, 3.0, -2.0]],
        "covariances": (4 * np.broadcast_to(np.eye(4), (3, 4, 4))).tolist(),
    }
    ridge = 1e-6
    near = overlapping(rows)
    fit = lambda given: GaussianMixture(
        3,
        reg_covar=ridge,
        tol=1e-12,
        max_iter=20_000,
        weights_init=start["weights"],
        means_init=start["means"],
        precisions_init=np.linalg.inv(start["covariances"]),
        random_state=0,
    ).fit(given)
    fitted, fitted_near = fit(rows), fit(near)
    assert fitted.converged_ and fitted_near.converged_
    by_k = [GaussianMixture(k, reg_covar=ridge, n_init=5, random_state=0).fit(rows).bic(rows) for k in range(1, 7)]
    far = np.round(rng.standard_normal((40, 4)) * 20, 6)
    return {
        "ridge": ridge,
        "start": start,
        "apart": {
            "rows": rows.tolist(),
            "fitted": parameters(fitted),
            "meanLogLikelihood": fitted.score(rows),
            "bic": fitted.bic(rows),
        },
        "overlapping": {
            "rows": near.tolist(),
            "fitted": parameters(fitted_near),
            "meanLogLikelihood": fitted_near.score(near),
            "bic": fitted_near.bic(near),
            "iterations": fitted_near.n_iter_,
        },
        "bicByComponents": by_k,
        "bestComponents": int(np.argmin(by_k)) + 1,
        "points": far.tolist(),
        "logLikelihoods": fitted.score_samples(far).tolist(),
    }


def kmeans_reference(rows):
    start = rows[[0, 1, 125, 230, 231]]
    fitted = KMeans(5, init=start, n_init=1, tol=0, max_iter=300, algorithm="lloyd").fit(rows)
    points = np.round(rng.standard_normal((40, 4)) * 8, 6)
    return {
        "rows": rows.tolist(),
        "start": start.tolist(),
        "centres": fitted.cluster_centers_.tolist(),
        "labels": fitted.labels_.tolist(),
        "inertia": fitted.inertia_,
        "iterations": fitted.n_iter_,
        "points": points.tolist(),
        "distances": fitted.transform(points).min(axis=1).tolist(),
    }


def forest_reference():
    # Heavy tails as returns have them, and one row in ten drawn from further out.
    usual = rng.standard_t(4, (270, 4))
    planted = rng.standard_t(4, (30, 4)) * 3.0
    rows = np.round(np.vstack([usual, planted]), 6)
    is_planted = np.r_[np.zeros(270), np.ones(30)]
    trees = 1000
    forests = [IsolationForest(n_estimators=trees, max_samples=256, random_state=seed).fit(rows) for seed in range(5)]
    scores = [-forest.score_samples(rows) for forest in forests]
    return {
        "rows": rows.tolist(),
        "planted": is_planted.astype(int).tolist(),
        "trees": trees,
        "sampleRows": 256,
        "scores": scores[0].tolist(),
        # What a mere change of seed does to scikit-learn's own.
        "aucBySeed": [roc_auc_score(is_planted, score) for score in scores],
    }


if __name__ == "__main__":
    rows = clustered()
    write("gaussian-mixture", mixture_reference(rows))
    write("kmeans", kmeans_reference(rows))
    write("isolation-forest", forest_reference())
