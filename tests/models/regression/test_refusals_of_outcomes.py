"""What a model of a categorical outcome is refused for, and what it is told to look at: reason and remedy."""

import numpy as np
import pandas as pd
import pytest
from analysis_tables import invented_analysis, model_of
from pydantic import ValidationError

from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.regression.remedies import remedies
from models.sections.regressors import Variable
from models.spec import Variant

EDUCATION = Variable(variable="education", use="category")


def answers(n=200, seed=11):
    draw = np.random.default_rng(seed)
    table = invented_analysis(n=n, seed=seed)
    latent = table["trust"].to_numpy(float) - 3 + draw.logistic(size=n)
    return table.assign(
        organisation_id=[f"org{place % 20}" for place in range(n)],
        took_part=(latent > 0).astype(int),
        often=np.digitize(latent, [-1, 0.5, 2]),
        way=draw.choice(["letter", "meeting", "telephone"], n),
        times=draw.poisson(1.5, n),
        bursts=draw.negative_binomial(0.6, 0.2, n),
    )


CASES = {
    "separation names Firth": (
        "logit",
        "took_part",
        lambda each: each.assign(took_part=(each["trust"] > 3).astype(int)),
        {},
        r"foretold by 'trust'.*write estimator: firth_logit .* covariance: classical",
    ),
    "two categories are no multinomial outcome": (
        "multinomial",
        "way",
        lambda each: each[each["way"] != "letter"],
        {},
        r"'way' has 2 categories among the \d+ responses used; expected at least 3 .* use estimator logit",
    ),
    "an unknown reference": (
        "multinomial",
        "way",
        lambda each: each,
        {"outcome_reference": "pigeon"},
        r"outcome_reference 'pigeon' of 'way' is not among .* found letter, meeting, telephone; name one of these",
    ),
    "a category foretold": (
        "multinomial",
        "way",
        lambda each: each.assign(way=each["way"].where(each["education"] != 1, "letter")),
        {"regressors": ("trust", EDUCATION)},
        r"quasi-complete separation.*merge categories of the outcome or of these regressors",
    ),
    "half a count": (
        "negative_binomial",
        "times",
        lambda each: each.assign(times=each["times"] + 0.5),
        {},
        r"below 0 or no whole number; expected 0, 1, 2 .*; choose another outcome, or estimator: linear",
    ),
    "a negative count": (
        "poisson",
        "times",
        lambda each: each.assign(times=each["times"] - 1),
        {},
        r"below 0 or no whole number",
    ),
    "counts that vary too little": (
        "negative_binomial",
        "times",
        lambda each: each.assign(times=1 + np.arange(len(each)) % 2),
        {},
        r"vary no more than a Poisson .* write estimator: poisson",
    ),
    "no 0 and 1 for Firth": (
        "firth_logit",
        "times",
        lambda each: each,
        {},
        r"neither 0 nor 1; expected 0 and 1 only; give its answers these codes .* or write another estimator",
    ),
    "too few answers for the parameters": (
        "multinomial",
        "way",
        lambda each: each.assign(way=[f"way {place % 5}" for place in range(len(each))]).head(25),
        {},
        r"25 complete responses for 12 parameters of multinomial \(5 categories of 'way'\); expected at least 32",
    ),
    "too few answers for the thresholds": (
        "ordered_logit",
        "often",
        lambda each: each.groupby("often").head(7),
        {"by_threshold": ("trust", "workload")},
        r"28 complete responses for 9 parameters of ordered_logit .* expected at least 29",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_model_that_the_data_cannot_carry_is_refused_with_a_remedy(case):
    estimator, outcome, change, said, message = CASES[case]
    model = model_of(*said.get("regressors", ()), estimator=estimator, outcome=outcome, **said)
    beyond = 20 if case.startswith("too few") else 1
    with pytest.raises(ModelDataError, match=message):
        fit_regression(model, change(answers()), fewest_beyond=beyond)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"estimator": "firth_logit", "cluster": "organisation_id"}, "firth_logit has no covariance for clusters"),
        ({"estimator": "firth_logit", "covariance": "HC3"}, "firth_logit has no covariance HC3; expected one of class"),
        ({"estimator": "multinomial", "covariance": "HC3"}, "multinomial has no covariance HC3; expected one of class"),
        ({"outcome_reference": "letter"}, "outcome_reference is for estimator multinomial"),
        ({"by_threshold": ("trust",)}, "by_threshold is for ordered_logit and ordered_probit; found linear"),
        ({"estimator": "ordered_logit", "by_threshold": ("age",)}, "by_threshold names what is no regressor"),
        ({"bootstrap_draws": -1}, "greater than or equal to 0"),
    ],
)
def test_keys_that_do_not_go_together_are_refused(said, message):
    with pytest.raises(ValidationError, match=message):
        model_of(**said)


def test_a_variant_leaves_behind_what_its_estimator_does_not_have():
    firth = Variant(name="firth", estimator="firth_logit", covariance="classical")
    logit = Variant(name="plain", estimator="logit")
    ordered = model_of(estimator="ordered_logit", by_threshold=("trust",), cluster="organisation_id", variants=(logit,))
    assert ordered.with_variant("plain").by_threshold == ()
    model = model_of(estimator="logit", cluster="organisation_id", variants=(firth,))
    assert model.with_variant("firth").covariance_used() == "classical"
    assert model.with_variant("firth").clusters() == ()


@pytest.mark.parametrize(
    ("estimator", "outcome", "change", "remedy"),
    [
        ("poisson", "bursts", lambda each: each, "write estimator: negative_binomial"),
        ("logit", "took_part", lambda each: each.assign(took_part=(each.index < 9).astype(int)), "few responses"),
    ],
    ids=["counts that vary more", "few responses in a category"],
)
def test_a_diagnostic_that_deserves_a_look_names_what_to_do(estimator, outcome, change, remedy):
    fit = fit_regression(model_of(estimator=estimator, outcome=outcome), change(answers()))
    assert any(remedy in each for each in remedies(fit.diagnostics))


def test_a_separated_model_is_fitted_where_the_penalty_is_declared():
    table = answers().assign(took_part=lambda each: (each["trust"] > 3).astype(int))
    fit = fit_regression(model_of(estimator="firth_logit", outcome="took_part"), table)
    assert np.isfinite(fit.estimates["estimate"]).all()
    assert (fit.covariance, fit.n_clusters) == ("classical", None)
    assert pd.isna(fit.estimates["df"]).all()
