"""Invented fits as tables report them: linear with many terms, logit, ordered; with long names and awkward signs."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from instruments.spec_file import canonical_json
from models.estimates import Fit
from models.regression.fit import fit_regression
from models.spec import RegressionSpec
from pipelines.report_tables.reported import ReportedFit
from pipelines.report_tables.terms import Naming, places_of, small_terms
from pipelines.report_tables.words import Words, words_of

LABELS = {"region": {1: "North & <West>", 2: "South_10 %", 3: "=SUM(A1) {x}"}}
TITLES = {
    "intercept": {"en": "Intercept", "da": "Konstant"},
    "coproduction": {"en": "Co-production", "da": "Samskabelse"},
    "integration": {"en": "Vertical integration", "da": "Lodret integration"},
    "safety": {"en": "Psychological safety as colleagues in the same team see it", "da": "Psykologisk tryghed"},
    "question": {"en": "How often did you, yourself, ask for help?", "da": "Hvor ofte bad du selv om hjælp?"},
    "region": {"en": "Region", "da": "Region"},
    "wave": {"en": "Wave", "da": "Runde"},
    "wave[w1]": {"en": "First wave", "da": "Første runde"},
    "wave[w2]": {"en": "Second wave", "da": "Anden runde"},
}
REGRESSORS = (
    "integration",
    "safety",
    "question",
    {"variable": "region", "use": "category", "reference": 1},
    {"variable": "wave", "use": "category", "reference": "w1"},
    {"interaction": ("integration", "safety")},
)


def words(language: str = "en") -> Words:
    rows = [("scale_title", name, at, text) for name, each in TITLES.items() if name != "question"
            for at, text in each.items()]  # fmt: skip
    rows += [("item_text", "question", at, text) for at, text in TITLES["question"].items()]
    rows += [("model_title", "h1", "en", "Integration & co-production"), ("variant_title", "h1/plain", "en", "Plain")]
    return words_of(language, pd.DataFrame(rows, columns=["kind", "name", "language", "text"]))


def responses(n: int = 400, slope: float = 0.5) -> pd.DataFrame:
    draw = np.random.default_rng(4)
    integration, safety = draw.normal(3, 1, n), draw.normal(3, 0.8, n)
    coproduction = 1 + slope * integration + 0.2 * safety + draw.normal(0, 1, n)
    return pd.DataFrame(
        {
            "response_id": [f"r{place:04d}" for place in range(n)],
            "organisation_id": [f"O{place % 40}" for place in range(n)],
            "integration": integration,
            "safety": safety,
            "question": draw.integers(1, 6, n).astype(float),
            "region": draw.permutation(np.repeat([1, 2, 3], [n - n // 2 - 6, n // 2, 6])),
            "wave": np.where(np.arange(n) % 2, "w1", "w2"),
            "coproduction": coproduction,
            "is_high": (coproduction > 3).astype(float),
            "level": np.clip(np.round(coproduction), 2, 4),
        }
    )


def spec_of(**changes: object) -> RegressionSpec:
    said: dict[str, object] = {
        "name": "h1",
        "kind": "regression",
        "code": "H1",
        "title": {"en": "Integration & co-production"},
        "estimand": "A difference.",
        "outcome": "coproduction",
        "focal": "integration",
        "regressors": REGRESSORS,
        "cluster": "organisation_id",
        "smallest_effect_of_interest": 0.1,
    }
    return RegressionSpec.model_validate({**said, **changes})


def reported(language: str = "en", rows: pd.DataFrame | None = None, **changes: object) -> ReportedFit:
    """Fit a model to the invented responses; changes of the model, and of what is reported of it."""
    of_report = set(ReportedFit.__dataclass_fields__) - {"covariance", "estimator"}
    own = {key: changes.pop(key) for key in list(changes) if key in of_report}
    spec = spec_of(**changes)
    fit = _fitted(canonical_json(spec)) if rows is None else fit_regression(spec, rows, LABELS)
    naming = Naming(LABELS, TITLES, words(language))
    found = ReportedFit(
        fit_id=f"{spec.name}.main.{fit.estimator}",
        spec=spec,
        variant="main",
        is_declared=True,
        label="exploratory",
        estimator=fit.estimator,
        covariance=fit.covariance,
        n_obs=fit.n_obs,
        n_clusters=fit.n_clusters,
        df_resid=fit.df_resid,
        r_squared=None if np.isnan(fit.r_squared) else fit.r_squared,
        is_released=False,
        estimates=fit.estimates,
        places=places_of(spec, fit.data, naming, fit.estimates["term"].astype(str)),
        readings=fit.readings,
        surface=fit.shapes.surface,
        diagnostics=dict(zip(fit.diagnostics["diagnostic"], fit.diagnostics["value"], strict=True)),
        small_terms=small_terms(spec, fit.data, LABELS, 10),
    )
    return replace(found, **own)


@cache
def _fitted(spec_json: str) -> Fit:
    return fit_regression(RegressionSpec.model_validate_json(spec_json), responses(), LABELS)


def six_fits(language: str = "en") -> list[ReportedFit]:
    """Six columns: linear of three covariances, one confirmatory, logit, ordered logit, and a short one."""
    return [
        reported(language, label="confirmatory", family="H1", n_in_family=3, holm_p=0.0123),
        reported(language, covariance="HC3", cluster=None, withheld="a category with fewer than 10 responses"),
        reported(language, covariance="CR1S", has_no_inference=True, n_missed=2, missed=("Co-production: omega",)),
        reported(language, outcome="is_high", estimator="logit", smallest_effect_of_interest=None),
        reported(language, outcome="level", estimator="ordered_logit", smallest_effect_of_interest=None),
        reported(language, regressors=("integration",)),
    ]
