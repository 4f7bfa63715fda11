"""Many responses are chosen, kept and computed where they lie, with what fits of rows in memory say of them."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.origin import data_hash
from models.regression.large import fit_at_any_size
from models.sections.measurement import MeasurementSpec
from pipelines.assets import many_responses
from pipelines.assets.fits import fit_model, with_recipe, writes_of
from pipelines.assets.many_responses import fit_of_any_size
from pipelines.assets.scores_of_many import conditions_missed
from pipelines.commands import reruns
from pipelines.load import load_study
from pipelines.steps.measurement_uses import FittedModel, missed_conditions
from pipelines.store import Store, Write
from pipelines.store.many_rows import examples_of_rows
from pipelines.tables import core
from pipelines.tables.fieldwork import WEIGHTS
from pipelines.tables.measurement import GATES
from pipelines.tables.relations import DYADS
from pipelines.tables.screening import EXCLUSIONS
from tests.small_study import build_small_study

N, MANY = 6_400, 5_200
RULE = "careless"
OF_ROWS = {
    "breusch_pagan_p", "reset_p", "residual_skewness", "residual_excess_kurtosis", "jarque_bera_p",
    "max_cooks_distance",
}  # fmt: skip
MODELS = {
    "as it is": {},
    "a rule": {"population": {"without": RULE}},
    "weights and clusters": {"weights": "analysis_weight", "cluster": "organisation_id", "covariance": "CR1S"},
    "a category": {"regressors": ["teamwork", {"variable": "wave", "use": "category"}, "TW_1"]},
    "effects": {"fixed_effects": "organisation_id", "cluster": "organisation_id", "covariance": "CR1S"},
    "means of organisations": {"regressors": ["teamwork", {"variable": "teamwork", "use": "organisation_mean"}]},
    "a random intercept": {"estimator": "mixed", "random_effects": [{"groups": "organisation_id"}], "covariance": None},
}


def responses(study):
    """Return ``core.analysis`` with invented responses in no order, some without an organisation or a score."""
    draw, table = np.random.default_rng(5), core.analysis(study)
    organisations = np.array([f"o{code:03}" for code in draw.integers(0, 80, N)], dtype=object)
    rows = pd.DataFrame({"response_id": [f"s/{number:05}" for number in draw.permutation(N)]})
    rows = rows.assign(wave=draw.choice(["autumn", "spring"], N), source="s", respondent_group="FRL")
    rows["organisation_id"] = pd.Series(organisations).where(draw.random(N) > 0.02)
    teamwork = draw.integers(3, 16, N) / 3
    rows = rows.assign(teamwork=teamwork, tenure=draw.integers(0, 40, N), TW_1=draw.integers(1, 3, N))
    trust = np.round(1 + 0.4 * teamwork + draw.normal(size=N), 2)
    rows["trust"] = pd.Series(trust).where(draw.random(N) > 0.02)
    means = rows.groupby("organisation_id")["teamwork"].transform("mean")
    return table.typed(rows.assign(teamwork_organisation_mean=means).reindex(columns=list(table.columns)))


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    study = load_study(build_small_study(tmp_path_factory.mktemp("many") / "small"))
    store, rows, draw = Store(study.warehouse), responses(study), np.random.default_rng(6)
    known = rows[["response_id", "wave", "respondent_group"]]
    weights = known.assign(analysis_weight=np.round(draw.uniform(0.5, 2, N), 3), is_trimmed=False)
    left_out = known.sample(300, random_state=1).assign(exclusions=RULE, n_flags=1, checks="longstring")
    tables = [
        Write(core.analysis(study), rows),
        Write(WEIGHTS, WEIGHTS.typed(weights.reindex(columns=list(WEIGHTS.columns)))),
        Write(EXCLUSIONS, EXCLUSIONS.typed(left_out)),
    ]
    store.write(tables, input_hash="inputs", run_id="run")
    return study, store, rows


@pytest.fixture(autouse=True)
def many(monkeypatch):
    monkeypatch.setattr(many_responses, "MANY_RESPONSES", MANY)


KEYS = ["term", "reading"]


def never_read():
    raise AssertionError("the analysis table came into memory")


def model_of(study, **changes):
    model = study.models["trust"]
    return type(model).model_validate_json(json.dumps({**model.model_dump(mode="json"), "variants": [], **changes}))


def assert_alike(found, expected, keys):
    left, right = (each.set_index(keys).sort_index() for each in (found, expected))
    assert left.index.equals(right.index)
    for column in left:
        if pd.api.types.is_float_dtype(right[column]):
            assert left[column].to_numpy(float) == pytest.approx(
                right[column].to_numpy(float), rel=1e-9, abs=1e-9, nan_ok=True
            )
        else:
            assert left[column].equals(right[column])


@pytest.mark.parametrize("name", MODELS)
def test_a_fit_where_responses_lie_is_the_fit_of_rows_in_memory(name, stored):
    study, store, rows = stored
    model = model_of(study, **MODELS[name])
    found = fit_of_any_size(study, store, never_read, model, "main", is_declared=False)
    expected = fit_model(study, store, rows, model, "main", is_declared=False)
    large, small = found.fits.iloc[0], expected.fits.iloc[0]
    assert (small["engine"], large["engine"] in ("counted_patterns", "blocks")) == ("rows", True)
    for column in ("fit_id", "data_hash", "spec_hash", "labels_json", "n_obs", "df_resid", "estimator", "covariance"):
        assert large[column] == small[column], column
    assert_alike(found.estimates, expected.estimates, ["term"])
    known = expected.diagnostics[~expected.diagnostics["diagnostic"].isin(OF_ROWS)]
    known = known[known["diagnostic"].isin(found.diagnostics["diagnostic"]) | known["diagnostic"].str.startswith("n_")]
    assert_alike(found.readings, expected.readings[expected.readings["reading"].isin(found.readings["reading"])], KEYS)
    if "fixed_effects" not in MODELS[name]:
        assert set(expected.diagnostics["diagnostic"]) - set(found.diagnostics["diagnostic"]) <= OF_ROWS | {
            "decided_by_one_cluster"
        }
        assert_alike(found.diagnostics, known, ["diagnostic"])
    assert data_hash(store.kept_rows(large["data_hash"])) == large["data_hash"]


@pytest.mark.parametrize("name", ["as it is", "a random intercept"])
def test_a_fit_made_again_from_kept_rows_has_the_same_bits(name, stored, monkeypatch):
    study, store, _ = stored
    rows = fit_of_any_size(study, store, never_read, model_of(study, **MODELS[name]), "main", is_declared=False)
    fit_id = rows.fits["fit_id"].iloc[0]
    store.write(writes_of(with_recipe(study, store, rows), {"fit_id": fit_id}), input_hash="", run_id="fit")
    again = []

    def as_many(*asked):
        again.append(fit_at_any_size(*asked, many=MANY))
        return again[-1]

    monkeypatch.setattr(reruns, "fit_at_any_size", as_many)
    assert reruns.rerun(study, fit_id).verdict == "identical"
    assert [fit.engine for fit in again] == rows.fits["engine"].tolist()


def test_rows_are_kept_as_they_are_kept_from_memory(stored, tmp_path):
    study, store, rows = stored
    model = model_of(study)
    name = fit_of_any_size(study, store, never_read, model, "main", is_declared=False).fits["data_hash"].iloc[0]
    kept = store.kept_rows(name)
    other = Store(tmp_path / "other")
    other.keep_rows(kept)
    assert other.kept_rows(name).equals(kept)
    assert other.kept_rows(name).dtypes.equals(kept.dtypes)
    expected = rows[["response_id", "trust", "teamwork", "tenure"]].dropna().sort_values("response_id")
    assert kept["response_id"].tolist() == expected["response_id"].tolist()


@pytest.mark.parametrize(
    "changes",
    [
        {
            "population": {"without": RULE},
            "regressors": ["teamwork", {"variable": "teamwork", "use": "organisation_mean"}],
        },
        {"regressors": ["teamwork", {"variable": "tenure", "use": "organisation_mean", "of": "FRL"}]},
        {"population": {"waves": ["spring"]}},
    ],
    ids=["means without whom a rule leaves out", "means of a group", "few after the choice"],
)
def test_what_is_few_or_needs_all_rows_comes_into_memory(stored, changes):
    study, store, rows = stored
    found = fit_of_any_size(study, store, lambda: rows, model_of(study, **changes), "main", is_declared=False)
    assert found.fits["engine"].tolist() == ["rows"]


def test_conditions_on_scores_are_those_of_rows_in_memory(stored):
    study, store, rows = stored
    gates = pd.DataFrame(
        {
            "measurement": "together", "scale": ["teamwork", "teamwork", "trust"], "respondent_group": "FRL",
            "purpose": ["regression", "comparison", "regression"], "over": ["", "wave", ""],
            "verdict": ["met", "not_met", "not_met"], "reason": ["", "waves differ", "is not reliable"],
            "when_not_met": "mark",
        }
    )  # fmt: skip
    store.write([Write(GATES, GATES.typed(gates.reindex(columns=list(GATES.columns))))], input_hash="i", run_id="run")
    measured = replace(study, measurement={"together": MeasurementSpec.model_construct(waves=())})
    model = model_of(study)
    name = fit_of_any_size(measured, store, never_read, model, "main", is_declared=False).fits["data_hash"].iloc[0]
    found = conditions_missed(measured, store, model, store.kept_rows_file(name))
    used = frozenset(store.kept_rows(name)["response_id"])
    expected = missed_conditions(
        store.read(GATES), measured.measurement, [FittedModel("a", model, used)], rows, DYADS.empty()
    )
    assert len(found) == 2
    assert found.reset_index(drop=True).equals(expected.drop(columns="fit_id").reset_index(drop=True))


def test_examples_have_every_value_of_a_category(stored):
    study, store, _ = stored
    model = model_of(study, **MODELS["a category"])
    name = fit_of_any_size(study, store, never_read, model, "main", is_declared=False).fits["data_hash"].iloc[0]
    found = examples_of_rows(store.kept_rows_file(name), ["wave"])
    assert set(found["wave"]) == {"autumn", "spring"}
