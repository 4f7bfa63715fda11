"""Samples drawn by Hypothesis: strata of clusters of rows, with weights, outcomes and population sizes."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from models.survey_design.design import build_survey_design
from models.survey_design.stages import Stage


@dataclass(frozen=True, eq=False)
class Sample:
    strata: np.ndarray
    clusters: np.ndarray
    population: np.ndarray
    weights: np.ndarray
    outcome: np.ndarray

    def design(self, *, finite=True, lonely="fail", order=slice(None)):
        population = self.population[order] if finite else None
        stage = Stage(self.clusters[order], self.strata[order], population)
        return build_survey_design(self.weights[order], [stage], lonely=lonely)


@st.composite
def samples(draw, *, pairs=False, alike=False):
    """Two to four strata; ``pairs``: of two clusters each; ``alike``: clusters and weights of one size in a stratum."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_strata = draw(st.integers(2, 4))
    n_clusters = [2 if pairs else draw(st.integers(2, 5)) for _ in range(n_strata)]
    strata, clusters, weights = [], [], []
    for stratum, count in enumerate(n_clusters):
        size, weight = int(rng.integers(1, 5)), rng.uniform(1, 9)
        for cluster in range(count):
            rows = size if alike else int(rng.integers(1, 5))
            strata += [f"s{stratum}"] * rows
            clusters += [100 * stratum + cluster] * rows
            weights += [weight] * rows if alike else rng.uniform(1, 9, rows).tolist()
    strata, clusters = np.array(strata), np.array(clusters)
    sizes = dict(zip(np.unique(strata), [count + int(rng.integers(1, 9)) for count in n_clusters], strict=True))
    population = np.array([sizes[each] for each in strata], dtype=float)
    return Sample(strata, clusters, population, np.array(weights), rng.normal(5, 2, len(strata)))
