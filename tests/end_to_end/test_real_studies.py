"""Real exports through the whole path, against figures computed elsewhere and an independent reading of the files.

Constants: ``data/INDEX.md`` of the reference data, sections 2 and 6 ("computed here in R or pandas; re-computable"),
read 2026-11-22. Regressions: statsmodels 0.15, ``OLS(y, X).fit(cov_type=…)``, called in the tests on tables that
they themselves read and recode with ``pandas.read_csv(dtype="str")``.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from streamlit import config
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.launch import ADDRESS, APP
from dashboard.pointer import FOLDER_VARIABLE
from tests.command_line import release_contents, table
from tests.reference_studies import reference_export

pytestmark = [pytest.mark.reference, pytest.mark.slow]

AGREEMENT = {
    "Strongly disagree": 1,
    "Disagree": 2,
    "Neither agree or disagree": 3,
    "Agree": 4,
    "Strongly Agree": 5,
    "": None,
}
SATISFACTION = ["affSat1", "affSat2", "affSat3", "affSat4"]
EMPLOYABILITY = ["percEmp1", "percEmp2", "percEmp3", "percEmp4"]
PROFESSIONAL = {"No": 0, "Yes": 1, "": None}
DEGREES = {
    "Doctorate": 1,
    "Master degree": 2,
    "Masters Degree": 2,
    "Undergraduate degree": 3,
    "Bachelors Degree": 3,
    "": None,
}
OTHER_DEGREE = 4
LEADERSHIP = [f"LEAD{k:02d}" for k in range(1, 12)]
SIGNIFICANCE = [f"TSIG{k:02d}" for k in range(1, 4)]
HOSTILITY = [f"HOSTIL{k:02d}" for k in range(1, 6)]


def read_engineers(reference: Path, country: str) -> pd.DataFrame:
    """Read an export of the research software engineers without our software: one row a response, NaN for no answer."""
    path = reference_export(reference, "rse_2017", f"{country}.csv")
    cells = pd.read_csv(path, dtype="str", keep_default_na=False)
    short = {name.split(". ", maxsplit=1)[0].rsplit("[", maxsplit=1)[-1].rstrip("]"): name for name in cells.columns}
    read = pd.DataFrame({"response_id": [f"{country}/{number}" for number in cells.iloc[:, 0]]})
    read["education"] = [DEGREES.get(text, OTHER_DEGREE) for text in cells[short["edu1"]]]
    read["is_professional_developer"] = [PROFESSIONAL[text] for text in cells[short["soft2can"]]]
    read["n_projects"] = [float(text) if text else None for text in cells[short.get("proj1can") or short["proj1_can"]]]
    for item in SATISFACTION + EMPLOYABILITY:
        read[item] = [AGREEMENT[text] for text in cells[short[item]]] if item in short else None
    return read.set_index("response_id").astype("float64")


def mean_of_at_least_three(answers: pd.DataFrame) -> pd.Series:
    return answers.mean(axis=1).where(answers.notna().sum(axis=1) >= 3)


def estimates_of(study: Path, model: str, variant: str) -> pd.DataFrame:
    estimates = table(study, "out.estimates")
    chosen = estimates[(estimates["model"] == model) & (estimates["variant"] == variant)]
    return chosen.sort_values("position").set_index("term")


def assert_equal_to(fitted, estimates: pd.DataFrame) -> None:
    """Compare every term with statsmodels to 1e-10."""
    for column, expected in (
        ("estimate", fitted.params),
        ("std_error", fitted.bse),
        ("statistic", fitted.tvalues),
        ("p_value", fitted.pvalues),
        ("conf_low", fitted.conf_int()[:, 0]),
        ("conf_high", fitted.conf_int()[:, 1]),
    ):
        np.testing.assert_allclose(estimates[column].to_numpy(float), expected, rtol=1e-10, atol=1e-10, err_msg=column)


@pytest.mark.parametrize(("group", "alpha", "n_obs"), [("UK", 0.9055, 208), ("US", 0.8914, 132)])
def test_alpha_of_satisfaction_is_the_published_one(rse_2017: Path, group: str, alpha: float, n_obs: int):
    found = table(rse_2017, "out.reliability")
    found = found[found["coefficient"] == "alpha"]
    row = found[(found["scale"] == "affective_satisfaction") & (found["respondent_group"] == group)].iloc[0]
    assert (round(row["estimate"], 4), row["n_obs"]) == (alpha, n_obs)


def test_item_means_of_the_british_engineers_are_the_published_ones(rse_2017: Path):
    items = table(rse_2017, "out.items")
    british = items[(items["respondent_group"] == "UK") & items["item"].isin(SATISFACTION)].sort_values("item")
    assert british["mean"].round(3).tolist() == [4.196, 3.848, 3.581, 3.874]


def test_items_that_canada_did_not_ask_are_missing_for_that_reason_and_nothing_fails(rse_2017: Path):
    missing = table(rse_2017, "core.missing")
    canadian = missing[missing["response_id"].str.startswith("can/") & missing["item"].isin(SATISFACTION)]
    assert canadian["reason"].unique().tolist() == ["not_administered"]
    assert len(canadian) == 110 * len(SATISFACTION)
    elsewhere = missing[~missing["response_id"].str.startswith("can/") & missing["item"].isin(SATISFACTION)]
    assert "not_administered" not in set(elsewhere["reason"])
    assert table(rse_2017, "raw.checks")["passed"].all()
    assert "CAN" not in set(table(rse_2017, "out.scale_means")["respondent_group"])


@pytest.mark.parametrize("country", ["uk", "us", "can"])
def test_every_answer_of_the_engineers_is_the_cell_of_the_file(rse_2017: Path, reference: Path, country: str):
    expected = read_engineers(reference, country)
    stored = table(rse_2017, "core.answers").set_index("response_id").loc[expected.index, list(expected.columns)]
    pd.testing.assert_frame_equal(stored.astype("float64"), expected, check_exact=True)


def test_every_answer_of_the_soldiers_is_the_cell_of_the_file(lq2002: Path, reference: Path):
    cells = pd.read_csv(reference_export(reference, "lq2002", "lq2002.csv"), dtype="str", keep_default_na=False)
    expected = cells.set_index("companies/" + cells["SUB"])[LEADERSHIP + SIGNIFICANCE + HOSTILITY].astype("int64")
    stored = table(lq2002, "core.answers").set_index("response_id").loc[expected.index, list(expected.columns)]
    assert len(expected) == 2042
    assert (stored.to_numpy(int) == expected.to_numpy()).all()
    organisations = table(lq2002, "core.responses").set_index("response_id")["organisation_id"]
    assert organisations.loc[expected.index].tolist() == cells["COMPID"].tolist()


@pytest.mark.parametrize("name", ["rse_2017", "lq2002"])
def test_every_cell_is_accounted_for(name: str, request: pytest.FixtureRequest, reference: Path):
    study = request.getfixturevalue(name)
    files = table(study, "raw.files").set_index("file_sha256")
    audit = table(study, "raw.conservation")
    parts = ["n_answered", "n_missing", "n_rejected", "n_superseded", "n_kept_raw"]
    assert (audit[parts].sum(axis=1) == audit["n_cells"]).all()
    assert (audit["n_cells"] == files.loc[audit["file_sha256"], "n_rows"].to_numpy()).all()
    assert audit.groupby("file_sha256").size().to_dict() == files["n_columns"].to_dict()
    for _, file in files.iterrows():
        cells = pd.read_csv(reference_export(reference, name, file["file_name"]), dtype="str", keep_default_na=False)
        assert (file["n_rows"], file["n_columns"]) == cells.shape


@pytest.mark.parametrize(("variant", "how"), [("main", {"cov_type": "HC3", "use_t": True}), ("classical", {})])
def test_regression_of_satisfaction_equals_statsmodels(rse_2017: Path, reference: Path, variant: str, how: dict):
    uk, us = read_engineers(reference, "uk"), read_engineers(reference, "us")
    rows = pd.concat([uk, us])
    rows["country"] = [0.0] * len(uk) + [1.0] * len(us)
    rows["satisfaction"] = mean_of_at_least_three(rows[SATISFACTION])
    rows["employability"] = mean_of_at_least_three(rows[EMPLOYABILITY])
    regressors = ["country", "employability", "is_professional_developer", "n_projects"]
    used = rows[["satisfaction", *regressors]].dropna().sort_index()
    fitted = sm.OLS(used["satisfaction"].to_numpy(), sm.add_constant(used[regressors].to_numpy())).fit(**how)
    estimates = estimates_of(rse_2017, "satisfaction", variant)
    assert list(estimates.index) == [
        "intercept",
        "country[United States]",
        "perceived_employability",
        "is_professional_developer[Yes]",
        "n_projects",
    ]
    assert_equal_to(fitted, estimates)
    fits = table(rse_2017, "out.fits").set_index("variant")
    assert fits.loc[variant, "n_obs"] == len(used)


def test_leadership_of_army_companies_has_the_published_reliability_and_agreement(lq2002: Path):
    found = table(lq2002, "out.reliability")
    alphas = found[found["coefficient"] == "alpha"].set_index("scale")["estimate"].round(5)
    assert alphas.to_dict() == {"hostility": 0.87292, "leadership": 0.90224, "task_significance": 0.82314}
    agreement = table(lq2002, "out.agreement").set_index("scale").loc["leadership"]
    assert round(agreement["icc_1"], 5) == 0.08796
    assert round(agreement["icc_2"], 5) == 0.80075
    assert round(agreement["rwg_j_mean"], 4) == 0.8678
    assert agreement["n_groups"] == 49


def test_hostility_has_the_published_coefficients(lq2002: Path):
    assert estimates_of(lq2002, "hostility", "main")["estimate"].round(5).to_dict() == {
        "intercept": 2.63845,
        "leadership": -0.35149,
        "task_significance": -0.20322,
    }


@pytest.mark.parametrize("variant", ["main", "classical", "hc3"])
def test_regression_of_hostility_equals_statsmodels(lq2002: Path, reference: Path, variant: str):
    cells = pd.read_csv(reference_export(reference, "lq2002", "lq2002.csv"), dtype="str")
    scores = {name: cells[items].astype(float).mean(axis=1) for name, items in SCALES_OF_SOLDIERS.items()}
    how = {
        "main": {"cov_type": "cluster", "cov_kwds": {"groups": cells["COMPID"].astype(int)}, "use_t": True},
        "classical": {},
        "hc3": {"cov_type": "HC3", "use_t": True},
    }[variant]
    regressors = np.column_stack([np.ones(len(cells)), scores["leadership"], scores["task_significance"]])
    fitted = sm.OLS(scores["hostility"].to_numpy(), regressors).fit(**how)
    assert_equal_to(fitted, estimates_of(lq2002, "hostility", variant))


SCALES_OF_SOLDIERS = {"leadership": LEADERSHIP, "task_significance": SIGNIFICANCE, "hostility": HOSTILITY}


@pytest.mark.parametrize("page", ["overview", "results"])
@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("name", ["rse_2017", "lq2002"])
def test_pages_open_on_the_real_release(
    name: str, language: str, page: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
):
    study = request.getfixturevalue(name)
    monkeypatch.setenv(FOLDER_VARIABLE, str(study / "releases"))
    config.set_option("server.address", ADDRESS)
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["lang"] = language
    app._page_hash = calc_hash("" if page == "overview" else page)
    app.run()
    assert not app.exception, [error.message for error in app.exception]
    shown = " ".join(element.value for kind in (app.title, app.header, app.subheader, app.markdown) for element in kind)
    titles = {"rse_2017": "oftware", "lq2002": "army companies"}
    assert titles[name] in shown
    assert not app.error
    assert any("<table>" in element.proto.body for element in app.get("html"))


def test_release_of_the_engineers_holds_what_was_computed_and_no_respondent(rse_2017: Path):
    released = release_contents(rse_2017)
    means = released["out.scale_means"].set_index(["scale", "respondent_group"])
    assert means.loc[("affective_satisfaction", "UK"), "alpha"] == 0.91
    assert means.loc[("affective_satisfaction", "US"), "alpha"] == 0.89
    assert set(released["out.fits"]["variant"]) == {"main", "classical"}
    respondents = set(table(rse_2017, "core.responses")["response_id"])
    for rows in released.values():
        texts = rows.select_dtypes(["object", "str"])
        assert not respondents & set(texts.to_numpy().ravel())
