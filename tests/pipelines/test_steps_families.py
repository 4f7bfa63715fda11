"""Focal p-values adjusted within families: which fits count, and what the adjustment gives."""

import numpy as np
import pandas as pd
import pytest

from models.sections.regressors import Variable
from models.sections.variants import Variant
from models.spec import RegressionSpec
from pipelines.steps.families import adjusted_in_families, family_of


def model(name, **said):
    return RegressionSpec(
        name=name,
        kind="regression",
        title={"en": name},
        estimand="Difference",
        outcome="trust",
        focal="voice",
        regressors=("voice", {"variable": "sector", "use": "category"}),
        variants=(Variant(name="plain", regressors=("voice",)),),
        **said,
    )


MODELS = {
    "first": model("first", code="H1"),
    "second": model("second", code="H1"),
    "third": model("third", code="H2"),
    "fourth": model("fourth", code="H2", family="H1"),
    "alone": model("alone"),
}
P_VALUES = {"first": 0.04, "second": 0.01, "third": 0.03, "fourth": 0.02, "alone": 0.2}


def recorded(**changes):
    fits = pd.DataFrame(
        [
            {
                "fit_id": name,
                "model": name,
                "variant": "main",
                "is_declared": True,
                "is_current": True,
                "label": "exploratory",
            }
            for name in P_VALUES
        ]
    )
    return fits.assign(**changes)


def estimates(fits):
    rows = [
        {"fit_id": fit_id, "term": term, "p_value": p_value}
        for fit_id, model in zip(fits["fit_id"], fits["model"], strict=True)
        for term, p_value in (("intercept", 0.0), ("voice", P_VALUES[model]), ("sector[2]", 0.5))
    ]
    return pd.DataFrame(rows)


def test_families_are_codes_unless_a_model_names_one():
    assert {name: family_of(each) for name, each in MODELS.items()} == {
        "first": "H1",
        "second": "H1",
        "third": "H2",
        "fourth": "H1",
        "alone": "alone",
    }


def test_holm_adjusts_within_each_family():
    found = adjusted_in_families(recorded(), estimates(recorded()), MODELS)
    # three of H1: .01 x 3, .02 x 2, max(.04 x 1, .04); R: p.adjust(c(.04, .01, .02), "holm")
    assert found["focal_p_holm"].tolist() == pytest.approx([0.04, 0.03, 0.03, 0.04, 0.2])
    assert found["focal_p"].tolist() == list(P_VALUES.values())


def test_benjamini_and_hochberg_adjust_within_each_family_by_plan():
    # R: p.adjust(c(.04, .01, .02), "BH") = .04, .03, .03; planned alone p.adjust(c(.04, .01), "BH") = .04, .02
    found = adjusted_in_families(recorded(), estimates(recorded()), MODELS)
    assert found["focal_p_bh"].tolist() == pytest.approx([0.04, 0.03, 0.03, 0.03, 0.2])
    fits = recorded(label=["confirmatory", "confirmatory", "exploratory", "exploratory", "exploratory"])
    found = adjusted_in_families(fits, estimates(fits), MODELS)
    assert found["focal_p_bh"].tolist() == pytest.approx([0.04, 0.02, 0.03, 0.03, 0.2])


@pytest.mark.parametrize(
    "change",
    [{"is_declared": False}, {"is_current": False}, {"variant": "plain"}, {"model": "unknown"}],
    ids=["by hand", "earlier", "variant", "not in the study"],
)
def test_what_is_no_declared_test_changes_no_family(change):
    again = recorded().iloc[[1]].assign(fit_id="again")
    fits = pd.concat([recorded(), again.assign(**change)], ignore_index=True)
    found = adjusted_in_families(fits, estimates(fits.replace({"model": {"unknown": "second"}})), MODELS)
    assert found["focal_p_holm"].tolist()[:5] == pytest.approx([0.04, 0.03, 0.03, 0.04, 0.2])
    assert found.iloc[5].isna().all()


def test_an_exploratory_test_changes_no_confirmatory_p_value_and_is_adjusted_over_the_whole_family():
    labels = ["confirmatory", "confirmatory", "exploratory", "exploratory", "exploratory"]
    fits = recorded(label=labels)
    found = adjusted_in_families(fits, estimates(fits), MODELS)
    # H1 has .04 and .01 confirmatory (R: p.adjust(c(.04, .01), "holm") = .04, .02), .02 exploratory among three
    assert found["focal_p_holm"].tolist() == pytest.approx([0.04, 0.02, 0.03, 0.04, 0.2])
    without = fits[fits["label"] == "confirmatory"]
    assert adjusted_in_families(without, estimates(without), MODELS)["focal_p_holm"].tolist() == pytest.approx(
        [0.04, 0.02]
    )


def test_a_focal_category_has_no_p_value_of_its_own():
    sector = Variable(variable="sector", use="category")
    models = {**MODELS, "first": MODELS["first"].model_copy(update={"focal": sector})}
    found = adjusted_in_families(recorded(), estimates(recorded()), models)
    assert np.isnan(found["focal_p"].iloc[0])
    assert found["focal_p_holm"].iloc[1] == pytest.approx(0.02)


def test_no_fits_have_no_families():
    assert adjusted_in_families(recorded().iloc[:0], estimates(recorded()), MODELS).empty
