"""An invented release with a fit of every estimator that a release shows: each with its terms, words and titles."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from pipelines.tables.units_of_estimates import OF_FIGURES, UNITS
from tests.dashboard.build_release import release_tables

FOCAL = "identity_work"
ROUTE = "identity_work -> vertical_integration -> collective_leadership"
ENDS = "identity_work -> collective_leadership"
OTHER = "vertical_integration"
OUTCOMES = {
    "logit": "wrote_of_citizens",
    "firth_logit": "wrote_of_citizens",
    "mixed_logit": "wrote_of_citizens",
    "gee_logit": "wrote_of_citizens",
    "probit": "wrote_of_citizens",
    "ordered_logit": "how_often",
    "mixed_ordered_logit": "how_often",
    "ordered_probit": "how_often",
    "mixed_ordered_probit": "how_often",
    "multinomial": "first_choice",
    "poisson": "meetings",
    "negative_binomial": "meetings",
    "gee_poisson": "meetings",
}
"""Outcomes that are no scales; the others explain collective leadership."""
OUTCOME_TITLES = {
    "wrote_of_citizens": ("Wrote of citizens unprompted", "Skrev uopfordret om borgere"),
    "how_often": ("How often do you meet citizens?", "Hvor ofte mødes du med borgere?"),
    "first_choice": ("Whom would you ask first?", "Hvem ville du spørge først?"),
    "meetings": ("Meetings with citizens last month", "Møder med borgere i sidste måned"),
}
OF_ROWS: Mapping[str, Mapping[str, object]] = {
    "mixed": {"random_effects": "organisation_id", "random_slopes": FOCAL},
    "mixed_logit": {"random_effects": "organisation_id"},
    "mixed_ordered_logit": {"random_effects": "organisation_id"},
    "mixed_ordered_probit": {"random_effects": "organisation_id"},
    "corrected_means": {"corrections": "few_answers, measurement", "covariance": "jackknife"},
    "WLS": {"weights": "analysis_weight"},
    "OLS": {"imputations": 20},
    "OLS_within": {"dyads": "staff_manager", "fixed_effects": "organisation_id"},
    "logit": {"covariance": "design"},
}
ANSWERS = {"The manager": "Lederen", "A colleague": "En kollega"}
AVERAGE = {"average_effect": 0.09, "average_low": 0.04, "average_high": 0.14}
WITH_AVERAGE = ("logit", "firth_logit", "probit", "gee_logit")
BY_AREA = (("collective_leadership", 3.413), ("area[North]", 3.214), ("area[South]", 3.701))
TERMS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "population_mean": BY_AREA,
    "population_ratio": BY_AREA[:2],
    "mediation": (
        (f"indirect: {ROUTE}", 0.107),
        (f"direct: {ENDS}", 0.234),
        (f"total: {ENDS}", 0.341),
        (f"{OTHER} <- {FOCAL}", 0.412),
        (f"collective_leadership <- {OTHER}", 0.26),
    ),
    "two_outcomes": (
        (f"difference: {FOCAL}", -0.373),
        (f"correlation: collective_leadership ~ {OTHER}", 0.03),
        (f"collective_leadership <- {FOCAL}", 0.34),
        (f"{OTHER} <- {FOCAL}", 0.713),
    ),
    "multinomial": (
        ("The manager: intercept", 0.4),
        (f"The manager: {FOCAL}", 0.303),
        ("A colleague: intercept", 0.2),
        (f"A colleague: {FOCAL}", 0.011),
    ),
}
WIDTH = 0.05


def tables_of_every_kind() -> dict[str, pd.DataFrame]:
    """Return every table of an invented release whose fits are one of each estimator, each the model as written."""
    tables = release_tables()
    fit = tables["out.fits"].iloc[0]
    fits = [
        {
            **fit,
            "fit_id": f"{name}-main-0f3a",
            "model": name,
            "estimator": name,
            "outcome": OUTCOMES.get(name, "collective_leadership"),
            "focal_term": _focal_of(name, unit),
            "conditions_not_met": None,
            "r_squared": 0.23 if unit in ("points", "paths", "difference") else None,
            **OF_ROWS.get(name, {}),
        }
        for name, unit in UNITS.items()
    ]
    tables["out.fits"] = pd.DataFrame(fits)
    tables["out.estimates"] = pd.DataFrame([row for name in UNITS for row in _estimates(name)])
    tables["out.conditions"] = tables["out.conditions"].iloc[:0]
    tables["meta.texts"] = pd.concat([tables["meta.texts"], _texts()], ignore_index=True)
    return tables


def tables_without_ends() -> dict[str, pd.DataFrame]:
    """Return the same, where the interval of the corrected mean has no ends."""
    tables = tables_of_every_kind()
    estimates = tables["out.estimates"]
    is_it = (estimates["model"] == "corrected_means") & (estimates["term"] == FOCAL)
    estimates.loc[is_it, ["conf_low", "conf_high"]] = [-np.inf, np.inf]
    return tables


def _focal_of(name: str, unit: str) -> str | None:
    if unit in OF_FIGURES:
        return None
    return TERMS[name][0][0] if unit in ("paths", "difference") else FOCAL


def _estimates(name: str) -> Iterator[dict[str, object]]:
    plain = (("intercept", 1.1), (FOCAL, 0.284), (OTHER, -0.171))
    for place, (term, estimate) in enumerate(TERMS.get(name, plain)):
        yield {
            "fit_id": f"{name}-main-0f3a",
            "model": name,
            "variant": "main",
            "position": place,
            "term": term,
            "estimate": estimate,
            "std_error": WIDTH / 2,
            "p_value": np.nan if UNITS[name] in OF_FIGURES else 0.0,
            "conf_low": round(estimate - WIDTH, 3),
            "conf_high": round(estimate + WIDTH, 3),
            **(AVERAGE if name in WITH_AVERAGE and term == FOCAL else dict.fromkeys(AVERAGE)),
        }


def _texts() -> pd.DataFrame:
    both = [("outcome_title", name, *texts) for name, texts in OUTCOME_TITLES.items()]
    both += [("model_title", name, f"Model by {name}", f"Model ved {name}") for name in UNITS]
    words = {
        f"indirect: {ROUTE}": (
            "Indirect: Identity work → Vertical integration → Collective leadership",
            "Indirekte: Identitetsarbejde → Vertikal integration → Kollektivt lederskab",
        ),
        f"direct: {ENDS}": ("Direct: Identity work → Collective leadership", "Direkte: Identitetsarbejde → Lederskab"),
        f"total: {ENDS}": ("Total: Identity work → Collective leadership", "I alt: Identitetsarbejde → Lederskab"),
        f"difference: {FOCAL}": (
            "Difference between outcomes: Identity work",
            "Forskel mellem udfaldene: Identitetsarbejde",
        ),
        "area[North]": ("Area: North", "Område: Nord"),
        "area[South]": ("Area: South", "Område: Syd"),
        f"The manager: {FOCAL}": ("The manager: Identity work", "Lederen: Identitetsarbejde"),
        f"A colleague: {FOCAL}": ("A colleague: Identity work", "En kollega: Identitetsarbejde"),
    }
    both += [("term_label", f"{name}/{term}", *texts) for name in TERMS for term, texts in words.items()]
    both += [("term_label", f"{name}/{FOCAL}", "Identity work", "Identitetsarbejde") for name in UNITS]
    both += [("answer_title", f"multinomial/{name}", name, words) for name, words in ANSWERS.items()]
    both += [("outcome_reference", "multinomial/main", "Nobody", "Ingen")]
    rows = [(kind, name, at, text) for kind, name, *said in both for at, text in zip(("en", "da"), said, strict=True)]
    return pd.DataFrame(rows, columns=["kind", "name", "language", "text"])
