"""Fits of invented answers as drawings need them, with the longest words that are to be expected."""

import numpy as np
import pandas as pd

from models.regression.design import build_design
from models.regression.fit import fit_regression
from models.sections.regressors import Interaction, Surface, Variable, Views
from models.spec import RegressionSpec
from pipelines.pictures.drawn_fit import DrawnFit
from pipelines.pictures.words import Words

GENDER = Variable(variable="gender", use="category")
LABELS = {"gender": {1: "Woman", 2: "Man & <other>"}}
SELF = Variable(variable="forwarding", use="organisation_mean", of="TOP")
SEEN = Variable(variable="forwarding_seen", use="organisation_mean")
LONG = "Fremmende handlinger som medarbejdere i frontlinjen & borgere ser dem, når øvrige <ledere> ikke er til stede"
TITLES = {
    "en": {"gender": "What is your gender?", "forwarding_seen": LONG, "TOP": "Top managers", "cpe": "Co-production"},
    "da": {"gender": "Hvad er dit køn?", "forwarding_seen": LONG, "TOP": "Topledere", "gender[Woman]": "Kvinde"},
}


def words_in(language):
    return Words(language, TITLES[language])


def answers(n=400, seed=3):
    rng = np.random.default_rng(seed)
    organisation = np.r_[np.arange(40), rng.integers(0, 40, n - 40)]
    x, y = rng.uniform(1, 5, 40)[organisation], rng.uniform(1.5, 4.5, 40)[organisation]
    trust, gender = rng.normal(3, 1, n), rng.integers(1, 3, n)
    cpe = 3 + 0.2 * trust + 0.3 * (trust - 3) * (y - 3) - 0.2 * (x - y) ** 2 + rng.normal(size=n)
    return pd.DataFrame(
        {
            "response_id": [f"s/{place:04d}" for place in range(n)],
            "organisation_id": [f"o{place:02d}" for place in organisation],
            "wave": "w1",
            "respondent_group": "FRL",
            "forwarding_organisation_mean_of_TOP": x,
            "forwarding_seen_organisation_mean": y,
            "trust": trust,
            "gender": gender,
            "cpe": cpe,
            "took_part": (cpe > 3).astype(float),
        }
    )


def model(*regressors, **changes):
    given = {"name": "m", "kind": "regression", "title": {"en": "t"}, "estimand": "e", "cluster": "organisation_id"}
    return RegressionSpec(**{**given, "outcome": "cpe", "regressors": regressors, "focal": regressors[0], **changes})


def moderated(**changes):
    products = (Interaction(interaction=("trust", SEEN)), Interaction(interaction=("trust", GENDER)))
    expected = ({"regressor": products[0], "sign": "positive"},)
    given = {"smallest_effect_of_interest": 0.1, "expected_sign": "positive", "also_expected": expected}
    return model("trust", SEEN, GENDER, *products, **{**given, **changes})


def surface(**changes):
    views = Views(self_report=SELF, other_report=SEEN, scale=(1, 5), expected={"a4": "negative"})
    return model(Surface(surface=views), GENDER, focal=SEEN, **changes)


def bent():
    return model(Variable(variable="trust", spline=4), GENDER, estimator="logit", outcome="took_part")


def fitted(spec, label="exploratory", title="En model med et ret langt navn: og en variant med et langt navn"):
    fit = fit_regression(spec, answers(), LABELS)
    return DrawnFit(
        fit_id=f"{spec.name}.main.0123456789ab",
        spec=spec,
        title=title,
        label=label,
        covariance=fit.covariance,
        n_obs=fit.n_obs,
        n_clusters=fit.n_clusters,
        estimates=fit.estimates,
        readings=fit.readings,
        slopes=fit.shapes.slopes,
        slope_regions=fit.shapes.slope_regions,
        curves=fit.shapes.curves,
        surface=fit.shapes.surface,
        design=build_design(spec, answers(), LABELS),
    )
