"""Scale quality: one figure a scale or item, group and wave; only where it was asked, only over all organisations."""

from functools import partial

import duckdb
import numpy as np
import pandas as pd
import pytest
from pilot_study import pilot_study

from pipelines.steps import quality
from pipelines.steps.answer_patterns import count_patterns
from pipelines.store.slices import answer
from pipelines.tables import core, out


def counted(describe):
    """Describe answers that were counted in a database."""

    def of_rows(analysis, scales):
        with duckdb.connect() as connection:
            connection.execute("CREATE SCHEMA core")
            connection.execute("CREATE TABLE core.analysis AS SELECT * FROM analysis")
            return describe(count_patterns(partial(answer, connection), scales), scales)

    return of_rows


FIGURES = (
    (out.RELIABILITY, counted(quality.reliability)),
    (out.ITEMS, counted(quality.items)),
    (out.AGREEMENT, quality.agreement),
    (out.SCALE_MEANS, quality.scale_means),
    (out.DISTRIBUTIONS, quality.distributions),
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return pilot_study(tmp_path_factory.mktemp("pilot"))


@pytest.fixture
def analysis(study):
    """24 managers and 24 staff of four organisations in spring; staff were not asked about trust."""
    random = np.random.default_rng(7)
    n = 48
    rows = pd.DataFrame({name: random.integers(1, 4, n) for name in ("v1", "v2", "v3")})
    rows["respondent_group"] = np.repeat(["MGR", "STAFF"], n // 2)
    rows["organisation_id"] = np.tile(["o1", "o2", "o3", "o4"], n // 4)
    rows["voice"] = (rows["v1"] + 4 - rows["v2"] + rows["v3"]) / 3
    managers = rows["respondent_group"] == "MGR"
    rows["t1"] = pd.Series(random.integers(1, 6, n), dtype="Int16").where(managers)
    rows["t2"] = pd.Series(random.integers(1, 6, n), dtype="Int16").where(managers)
    rows["trust"] = rows["t1"] + rows["t2"]
    rows = rows.assign(response_id=[f"s/{k:02d}" for k in range(n)], wave="spring", source="s", workplace=1, age=40)
    rows = rows.assign(respondent_key=None, language="en")
    derived = [f"{scale}_{kind}" for scale in study.scales() for kind in ("organisation_mean", "within_organisation")]
    return core.analysis(study).typed(rows.assign(**dict.fromkeys(derived, 0.0)))


@pytest.mark.parametrize(("table", "describe"), FIGURES, ids=[table.name for table, _ in FIGURES])
def test_every_table_keeps_its_rules(study, analysis, table, describe):
    found = describe(analysis, study.scales())
    assert len(found) > 0
    table.schema().validate(found)


@pytest.mark.parametrize(("table", "describe"), FIGURES, ids=[table.name for table, _ in FIGURES])
def test_no_responses_give_an_empty_table(study, table, describe):
    found = describe(core.analysis(study).empty(), study.scales())
    assert found.empty
    assert list(found.columns) == list(table.columns)


@pytest.mark.parametrize(("table", "describe"), FIGURES, ids=[table.name for table, _ in FIGURES])
def test_a_group_that_was_not_asked_has_no_figure(study, analysis, table, describe):
    found = describe(analysis, study.scales())
    name = "scale" if "scale" in found else "item"
    of_staff = set(found.loc[found["respondent_group"] == "STAFF", name])
    assert of_staff == ({"voice"} if name == "scale" else {"v1", "v2", "v3"})


def test_a_distribution_has_every_option_also_the_one_nobody_chose(study, analysis):
    analysis.loc[analysis["v1"] == 2, "v1"] = 3
    found = quality.distributions(analysis, study.scales()).query("item == 'v1' and respondent_group == 'MGR'")
    assert found["code"].tolist() == [1, 2, 3]
    assert found["n_answers"].tolist()[1] == 0
    assert found["n_answers"].sum() == 24
    assert found["share"].sum() == pytest.approx(1)
    assert set(found["n_organisations"]) == {4}


def test_missing_answers_count_neither_as_answers_nor_as_organisations(study, analysis):
    analysis.loc[analysis["organisation_id"] == "o4", "v1"] = pd.NA
    found = quality.distributions(analysis, study.scales()).query("item == 'v1' and respondent_group == 'MGR'")
    assert set(found["n_obs"]) == {18}
    assert set(found["n_organisations"]) == {3}


def test_without_organisations_there_is_no_agreement_and_no_count_of_them(study, analysis):
    analysis["organisation_id"] = pd.Series([None] * len(analysis), dtype="str")
    assert quality.agreement(analysis, study.scales()).empty
    assert quality.distributions(analysis, study.scales())["n_organisations"].isna().all()
    assert quality.scale_means(analysis, study.scales())["n_organisations"].isna().all()


def test_means_are_those_of_the_scores(study, analysis):
    found = quality.scale_means(analysis, study.scales()).set_index(["scale", "respondent_group"])["mean"]
    expected = analysis.groupby("respondent_group")[["voice", "trust"]].mean()
    assert found["voice", "STAFF"] == pytest.approx(expected.loc["STAFF", "voice"])
    assert found["trust", "MGR"] == pytest.approx(expected.loc["MGR", "trust"])


def test_omega_stands_beside_alpha_and_says_why_it_is_missing(study, analysis):
    found = counted(quality.reliability)(analysis, study.scales()).set_index(
        ["scale", "respondent_group", "coefficient"]
    )
    of_two = found.loc[("trust", "MGR", "omega")]
    assert pd.isna(of_two["estimate"])
    assert of_two["reason"] == "2 items (t1, t2): omega needs at least 3; alpha takes two"
    has_estimate = found["estimate"].notna()
    assert (has_estimate == (found["reason"] == "")).all()
    assert found.loc[("trust", "MGR", "alpha"), "n_obs"] == of_two["n_obs"] == 24


def test_a_formative_scale_has_no_alpha(study, analysis):
    voice = study.instruments["voice"]
    formative = voice.scales["voice"].model_copy(update={"measurement": "formative"})
    instrument = voice.model_copy(update={"scales": {"voice": formative}})
    assert counted(quality.reliability)(analysis, {"voice": instrument}).empty
    assert len(quality.scale_means(analysis, {"voice": instrument})) == 2


def test_waves_and_groups_are_never_added_up(study, analysis):
    analysis.loc[analysis.index % 2 == 0, "wave"] = "autumn"
    found = quality.scale_means(analysis, {"voice": study.instruments["voice"]})
    assert sorted(zip(found["wave"], found["respondent_group"], found["n_obs"], strict=True)) == [
        ("autumn", "MGR", 12),
        ("autumn", "STAFF", 12),
        ("spring", "MGR", 12),
        ("spring", "STAFF", 12),
    ]
