"""Regressions of standardised mean scores, fitted as the pipeline fits: errors clustered by organisation.

The models are those of the specification's recovery table. Suffix z: standardised; b: organisation mean; w: deviation
from it; F and REC: mean forwarding and recipe frame of the organisation's top managers as they report them themselves;
CPEo: organisation mean of co-production as staff report it. NPM and HOST are the organisations' true values.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from models.regression.fit import fit_regression
from models.spec import RegressionSpec
from pipelines.studies.demo import values
from pipelines.studies.demo.recovery.figures import Figure
from pipelines.studies.demo.recovery.scored import Wave, group_means, joined, standardised

PART = "coefficients"
FORWARDING, MODERATED, INHIBITING, COPRODUCTION, PRODUCT, MARGINAL, MARKER, CITIZENS = (
    "H1 FWD",
    "H1b FWD",
    "H2 INH",
    "H5-9 CPE",
    "H7b CPE",
    "H4c CPE",
    "marker CPE",
    "H11/16 CIT",
)
IDENTITY_BY_NPM, PRINCIPLES_MULTIPLIED = "IWz_NPMz", "SYz_EMz_RLz_IQz"
STATED: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        FORWARDING: {"IWz": 0.292, "SMz": 0.167, "SGz": 0.172, "NPMz": -0.121, "RECz": 0.196},
        INHIBITING: {"IWz": -0.076, "TEz": 0.309, "NPMz": 0.175},
        COPRODUCTION: {
            "Fz": 0.075,
            "VIbz": 0.100,
            "HIbz": 0.080,
            "VIbz_HIbz": 0.038,
            "NPMbz": -0.069,
            "CLw": 0.312,
            "CLbz": 0.092,
            "CLw_WICKz": 0.066,
            "SAFEz": 0.069,
            "RECz": -0.014,
        },
        MODERATED: {IDENTITY_BY_NPM: 0.0},
        PRODUCT: {PRINCIPLES_MULTIPLIED: 0.0},
        MARGINAL: {"RECz": 0.003},
        MARKER: {"MKz": 0.093},
        CITIZENS: {"CPEoz": 0.237, "HOST": -0.249},
    }
)
"""Model → regressor → pseudo-true value that the specification states for its prototype; nought of products."""
PRINCIPLES: Mapping[str, str] = MappingProxyType(
    dict(zip(values.PRINCIPLES, ("SYz", "EMz", "RLz", "IQz"), strict=True))
)
WITHOUT_ITSELF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        COPRODUCTION: ("WICKz",),
        PRODUCT: tuple(PRINCIPLES.values()),
        MODERATED: ("IWz", "SMz", "SGz", "NPMz", "RECz"),
    }
)
"""Regressors that stand in a model without a stated value."""
HYPOTHESES: Mapping[str, str] = MappingProxyType(
    {
        FORWARDING: "H1",
        MODERATED: "H1",
        INHIBITING: "H2",
        COPRODUCTION: "H5",
        PRODUCT: "H7",
        MARGINAL: "H4",
        MARKER: "",
        CITIZENS: "H11",
    }
)


@dataclass(frozen=True)
class _Table:
    """A model's rows: outcome ``y``, its regressors, and ``organisation``."""

    model: str
    rows: pd.DataFrame


def coefficients(wave: Wave) -> Iterator[Figure]:
    """Fit every model and yield its coefficients that the specification states.

    Args:
        wave: The first wave; truly careless respondents are left out.
    """
    for table in (*_of_top_managers(wave), *_of_staff(wave), _of_principles(wave), _of_citizens(wave)):
        regressors = (*STATED[table.model], *WITHOUT_ITSELF.get(table.model, ()))
        rows = table.rows[["y", *regressors]].assign(
            organisation_id=table.rows["organisation"].astype("str"),
            response_id=table.rows.index.astype("str"),
        )
        spec = RegressionSpec(
            name="recovery",
            kind="regression",
            title={"en": table.model},
            estimand={"en": "Pseudo-true value of standardised scores"},
            outcome="y",
            focal=regressors[0],
            regressors=regressors,
            cluster="organisation_id",
        )
        fitted = fit_regression(spec, rows).estimates.set_index("term")
        for name in STATED[table.model]:
            row = fitted.loc[name]
            found = (float(row[column]) for column in ("estimate", "std_error", "conf_low", "conf_high"))
            yield Figure(PART, parameter_name(table.model, name), *found)


def parameter_name(model: str, regressor: str) -> str:
    """Name a coefficient as the specification does."""
    return f"{model} ~ {regressor}"


def _of_top_managers(wave: Wave) -> Iterator[_Table]:
    short = {
        "forwarding": "FWD",
        "inhibiting": "INH",
        "enabler_identity": "IWz",
        "identity_tension": "TEz",
        "sensemaking_intensity": "SMz",
        "sensegiving_and_strategizing": "SGz",
        "recipe_frame": "RECz",
    }
    scores = wave.scores("TOP", list(short)).rename(columns=short).dropna()
    scores["NPMz"] = joined(scores, wave.of_organisations("npm"))
    found = scores.drop(columns="organisation").apply(standardised).assign(organisation=scores["organisation"])
    found[IDENTITY_BY_NPM] = found["IWz"] * found["NPMz"]
    for model, outcome in ((FORWARDING, "FWD"), (MODERATED, "FWD"), (INHIBITING, "INH")):
        yield _Table(model, found.rename(columns={outcome: "y"}))


def _of_staff(wave: Wave) -> Iterator[_Table]:
    short = {
        "coproduction_intensity": "CPE",
        "collective_leadership_intensity": "CL",
        "vertical_integration": "VI",
        "horizontal_integration": "HI",
        "npm_culture": "NPM",
        "wicked_issue": "WICK",
        "psychological_safety": "SAFE",
        "green_marker": "MK",
    }
    scores = wave.scores("FRL", list(short)).rename(columns=short).dropna()
    managers = wave.scores("TOP", ["forwarding", "recipe_frame"]).groupby("organisation").mean()
    scores = scores.assign(F=joined(scores, managers["forwarding"]), REC=joined(scores, managers["recipe_frame"]))
    yield _Table(MARKER, _as_rows(scores, MKz=standardised(scores["MK"])))
    scores = scores.dropna()
    leadership = standardised(scores["CL"])
    between = leadership.groupby(scores["organisation"]).transform("mean")
    found = _as_rows(scores, CLw=leadership - between, CLbz=standardised(between))
    for name, short_name in (("VIbz", "VI"), ("HIbz", "HI"), ("NPMbz", "NPM")):
        found[name] = standardised(group_means(scores, short_name))
    for name, short_name in (("Fz", "F"), ("RECz", "REC"), ("WICKz", "WICK"), ("SAFEz", "SAFE")):
        found[name] = standardised(scores[short_name])
    found["VIbz_HIbz"], found["CLw_WICKz"] = found["VIbz"] * found["HIbz"], found["CLw"] * found["WICKz"]
    yield _Table(COPRODUCTION, found)
    yield _Table(MARGINAL, found)


def _of_principles(wave: Wave) -> _Table:
    scores = (
        wave.scores("FRL", [*PRINCIPLES, values.COPRODUCTION]).rename(columns={values.COPRODUCTION: "CPE"}).dropna()
    )
    found = _as_rows(scores, **{short: standardised(scores[scale]) for scale, short in PRINCIPLES.items()})
    found[PRINCIPLES_MULTIPLIED] = found[list(PRINCIPLES.values())].prod(axis=1)
    return _Table(PRODUCT, found)


def _of_citizens(wave: Wave) -> _Table:
    scores = wave.scores("CIT", ["citizen_influence"]).dropna()
    staff = wave.scores("FRL", ["coproduction_intensity"]).dropna().groupby("organisation").mean()
    scores["CPEo"] = joined(scores, staff["coproduction_intensity"])
    scores = scores.dropna()
    return _Table(
        CITIZENS,
        pd.DataFrame(
            {
                "organisation": scores["organisation"],
                "y": standardised(scores["citizen_influence"]),
                "CPEoz": standardised(scores["CPEo"]),
                "HOST": joined(scores, wave.of_organisations("host_public")),
            }
        ),
    )


def _as_rows(scores: pd.DataFrame, **columns: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"organisation": scores["organisation"], "y": standardised(scores["CPE"]), **columns})
