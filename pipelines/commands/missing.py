"""``missing``: what the responses of a model miss, and whether it looks as if at random."""

from typing import Any

import pandas as pd

from instruments.faults import UsageError
from models.regression.fit import apply_variant
from models.regression.missing_of_model import MissingOfModel, missing_of_model
from pipelines.assets.fits import rows_for_model
from pipelines.commands import printing
from pipelines.commands.conditions_of_fits import analysis_for
from pipelines.commands.fits import model_named
from pipelines.load import Study
from pipelines.store import Store

MOST_PATTERNS, LEAST_P = 30, 0.001
WITH_VARIABLE = "has: "


def missing(study: Study, model: str, variant: str) -> MissingOfModel:
    """Look at the responses of a model, variant applied.

    Raises:
        UsageError: When the study has no such model, or was not run.
        ModelDataError: When it has no such variant, or nobody is in its population.
    """
    spec = apply_variant(model_named(study, model), variant)
    store = Store(study.warehouse)
    rows = store.read(analysis_for(study, spec))
    if rows.empty:
        raise UsageError(f"there are no scored responses yet; run the study first: sensemaking run {study.folder}")
    return missing_of_model(spec, rows_for_model(study, store, rows, spec))


def document(found: MissingOfModel) -> dict[str, Any]:
    """Return what was found as plain values."""
    test = found.test
    return {
        "n_in_population": found.n_in_population,
        "n_complete": found.n_complete,
        "n_missing": dict(zip(found.patterns.variables, map(int, found.patterns.n_missing), strict=True)),
        "patterns": printing.records(found.patterns.table()),
        "little": None
        if test is None
        else {
            "chi_square": test.statistic,
            "df": test.df,
            "p_value": test.p_value,
            "n_patterns": test.n_patterns,
            "n_obs": test.n_obs,
            "variables": list(found.numbers),
        },
        "why_no_test": found.why_no_test,
    }


def patterns_shown(found: MissingOfModel) -> pd.DataFrame:
    """Return one row a pattern: how many responses have it, and which variables it misses."""
    table = found.patterns.table()
    held = [f"{WITH_VARIABLE}{name}" for name in found.patterns.variables]
    missed = [
        ", ".join(name for name, has in zip(found.patterns.variables, row, strict=True) if not has) or "none"
        for row in table[held].itertuples(index=False)
    ]
    return table[["n_rows", "share_of_rows"]].assign(missing=missed)


def little_in_words(found: MissingOfModel) -> str:
    """Say what Little's test found, or why there is none."""
    test = found.test
    if test is None:
        return f"Little's test: none; {found.why_no_test}"
    p = f"p = {test.p_value:.3f}" if test.p_value >= LEAST_P else f"p < {LEAST_P:g}"
    return (
        f"Little's test that values are missing completely at random: chi-square {test.statistic:.2f} on {test.df}, "
        f"{p} ({', '.join(found.numbers)}; {test.n_patterns} patterns); a small p speaks against "
        "leaving incomplete responses out, a large one does not speak for it where responses are few"
    )
