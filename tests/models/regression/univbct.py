"""The regression of oracle 08, READY1 on JOBSAT1, COMMIT1 and AGE in eight companies, and its stored results."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

TERMS = ("(Intercept)", "JOBSAT1", "COMMIT1", "AGE")


@dataclass(frozen=True, eq=False)
class Univbct:
    """Matrix, outcome and clusters of the 451 rows; and what R says."""

    matrix: NDArray[np.float64]
    outcome: NDArray[np.float64]
    companies: NDArray[np.intp]
    units: NDArray[np.intp]
    stored: dict[str, Any]
    bootstrap: list[dict[str, Any]]


def read_univbct(reference: Path) -> Univbct:
    oracle = json.loads((reference / "oracles" / "08_ols_robust.json").read_text(encoding="utf-8"))
    rows = pd.read_csv(reference / "oracles" / oracle["data"]["univbct_w1"])
    matrix = np.column_stack([np.ones(len(rows)), rows[list(TERMS[1:])].to_numpy(float)])
    codes = {name: np.asarray(pd.factorize(rows[name])[0]) for name in ("COMPANY", "UNIT")}
    return Univbct(
        matrix,
        rows["READY1"].to_numpy(float),
        codes["COMPANY"],
        codes["UNIT"],
        oracle["univbct_company"],
        oracle["wild_cluster_company"],
    )


def by_term(stored: dict[str, float]) -> NDArray[np.float64]:
    return np.array([stored[term] for term in TERMS])
