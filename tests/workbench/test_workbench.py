"""Every page of the workbench over a whole study, one not yet run, one half-run and one with hostile words."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from workbench_pages import Seen, open_page
from workbench_studies import HOSTILE, build_half_run_study, build_hostile_study, build_whole_study, write_whole_study

from pipelines.commands.fits import recorded_fits
from pipelines.commands.plan import lock_plan
from pipelines.commands.shown import publish_current
from pipelines.load import load_study
from pipelines.workbench.app import PAGES
from pipelines.workbench.page import as_csv
from pipelines.workbench.views.compare import changes
from pipelines.workbench.views.fieldwork import progress_chart
from pipelines.workbench.views.missingness import by_reason
from pipelines.workbench.views.models import said_in
from tests.run_steps import bring_up_to_date
from tests.small_study import SECRET, answers, build_small_study, write_export

Open = Callable[..., Seen]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_whole_study(tmp_path_factory.mktemp("workbench") / "small")


@pytest.fixture
def page_of_whole(whole: Path, opened: Callable[[Path], Open]) -> Open:
    return opened(whole)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_an_answer_in_words_or_whose_response_it_is(page_of_whole: Open, page: str):
    seen = page_of_whole(page)
    assert SECRET not in seen.everything
    assert "autumn-1" not in seen.everything
    assert "response_id" not in {column for rows in seen.tables.values() for column in rows.columns}


def test_fieldwork_counts_outcomes_and_says_what_a_rate_is(page_of_whole: Open):
    seen = page_of_whole("Fieldwork")
    outcomes = seen.tables["Outcomes"].set_index("wave")
    assert outcomes["n_complete"].to_dict() == {"autumn": 40, "spring": 40}
    assert "AAPOR" in seen.text
    assert seen.tables["Quality flags"]["n_responses"].eq(40).all()
    cells = seen.tables["Where every cell went"]
    parts = ["n_answered", "n_missing", "n_rejected", "n_superseded", "n_kept_raw"]
    assert cells["n_cells"].tolist() == cells[parts].sum(axis=1).tolist()


def test_missingness_tells_reasons_and_what_is_missing_together(page_of_whole: Open):
    seen = page_of_whole("Missingness")
    shares = seen.tables["Share of every reason"].set_index(["wave", "item"])
    assert shares.loc[("autumn", "TW_2"), "dont_know"] == 3 / 40
    together = seen.tables["Missing together"].set_index(["wave", "missing_items"])["n_responses"]
    assert together.to_dict() == {
        ("autumn", ""): 37, ("autumn", "TW_2"): 3, ("spring", ""): 37, ("spring", "TW_2"): 3,
    }  # fmt: skip
    assert (
        page_of_whole("Missingness", scale="trust").tables["Missing together"]["missing_items"].isin(["", "TR_1"]).all()
    )


def test_codebook_words_items_codes_and_scoring(page_of_whole: Open):
    seen = page_of_whole("Codebook")
    items = seen.tables["Items of the instrument"].set_index("item")
    assert items.loc["TR_3", ["text", "scales", "reverse_scored_in"]].tolist() == [
        "I check what my colleagues say.", "trust", "trust",
    ]  # fmt: skip
    assert seen.tables["Answer options"].query("code == 9")["reason"].tolist() == ["dont_know"]
    assert "draft, not validated" in seen.text


def test_measurement_shows_conditions_ladder_drawings_and_r_calls(page_of_whole: Open):
    seen = page_of_whole("Measurement")
    assert set(seen.tables["Conditions on scores"]["verdict"]) <= {"met", "not_met", "unknown"}
    assert set(seen.tables["Ladder of invariance"]["level"]) >= {"configural", "metric"}
    assert seen.tables["Definitions and equivalent R calls"]["R call"].str.contains("lavaan|psych").any()
    assert seen.n_drawings >= 4
    alpha = seen.tables["Reliability"].query("coefficient == 'alpha'")
    assert (alpha["conf_low"] < alpha["estimate"]).all()
    assert set(alpha["validation"]) == {"draft"}


@pytest.mark.parametrize(
    ("model", "table", "n_drawings"), [("trust", "Estimates", 1), ("product", "Slopes", 2), ("views", "Surface", 2)]
)
def test_a_fit_is_chosen_by_the_address(page_of_whole: Open, whole: Path, model: str, table: str, n_drawings: int):
    fits = recorded_fits(load_study(whole))
    fit_id = fits.loc[(fits["model"] == model) & (fits["variant"] == "main"), "fit_id"].iloc[0]
    seen = page_of_whole("Models", fit=fit_id)
    assert fit_id in seen.tables["Origin"]["value"].tolist()
    assert len(seen.tables[table])
    assert seen.n_drawings >= n_drawings
    assert "exploratory: no analysis plan was locked" in seen.text
    assert f"name: {model}" in seen.app.code[0].value
    assert "null" not in seen.app.code[0].value


@pytest.mark.parametrize("page", ["Missingness", "Codebook", "Measurement", "Models", "Compare"])
def test_an_address_that_names_what_there_is_not_shows_the_first(page_of_whole: Open, page: str):
    asked = dict.fromkeys(("fit", "scale", "measurement", "instrument", "language", "first", "second"), HOSTILE)
    seen = page_of_whole(page, **asked)
    assert HOSTILE not in seen.text


def test_two_fits_stand_side_by_side_with_what_differs(page_of_whole: Open, whole: Path):
    fits = recorded_fits(load_study(whole)).query("model == 'trust'").set_index("variant")["fit_id"]
    seen = page_of_whole("Compare", first=fits["main"], second=fits["classical"])
    assert 'covariance: "HC3" → "classical"' in seen.text
    assert seen.tables["Side by side"]["difference"].abs().max() < 1e-12


def test_the_release_desk_looks_at_what_a_release_would_hold_and_publishes_nothing(page_of_whole: Open, whole: Path):
    seen = page_of_whole("Releases")
    assert "sensemaking release STUDY --sign-off NAME" in seen.text
    app = seen.app.button[0].click().run()
    assert not app.exception
    assert "passes the audit" in app.success[0].value
    assert "out.scale_means" in Seen(app).tables["It would withhold"]["table"].tolist()
    assert not (whole / "releases").exists()


@pytest.mark.parametrize("page", PAGES)
def test_a_study_that_was_never_run_says_so(tmp_path: Path, opened: Callable[[Path], Open], page: str):
    folder = write_whole_study(tmp_path / "small")
    seen = opened(folder)(page)
    assert "Nothing was run yet" in seen.text
    assert not (folder / "warehouse").exists()


@pytest.mark.parametrize("page", PAGES)
def test_a_study_that_stopped_half_way_shows_what_there_is(
    tmp_path: Path, opened: Callable[[Path], Open], half_run: Path, page: str
):
    seen = opened(half_run)(page)
    assert "Tables as of" in seen.text
    if page == "Missingness":
        assert seen.tables["Missing together"]["n_responses"].sum() == 40


@pytest.fixture(scope="module")
def half_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_half_run_study(tmp_path_factory.mktemp("half") / "small")


@pytest.mark.parametrize("page", PAGES)
def test_words_of_a_study_are_never_markup(tmp_path: Path, opened: Callable[[Path], Open], page: str):
    seen = opened(build_hostile_study(tmp_path / "small"))(page)
    app = seen.app
    kinds = (app.markdown, app.caption, app.warning, app.info, app.error, app.title, app.header, app.subheader)
    assert not [each.value for kind in kinds for each in kind if "alert" in each.value]
    if page == "Codebook":
        assert HOSTILE in seen.text
        assert HOSTILE in seen.tables["Items of the instrument"]["text"].tolist()


def test_faults_of_specifications_are_told_on_the_page(tmp_path: Path, opened: Callable[[Path], Open]):
    folder = build_small_study(tmp_path / "small", waves=())
    path = folder / "study.yaml"
    path.write_text(path.read_text().replace("models: [trust]", "models: [trst]"))
    seen = opened(folder)("Models")
    assert "1 fault in the specifications" in seen.text
    path.write_text(path.read_text().replace("models: [trst]", "models: [trust]"))
    assert "No model was fitted yet" in open_page("Models").text


AHEAD = {
    "a scale left out": [("models/together.yaml", "scales: [teamwork, trust]", "scales: [teamwork]")],
    "no models any more": [
        ("study.yaml", "models: [trust, product, views]", "models: []"),
        ("study.yaml", "measurement: [together]\n", ""),
    ],
    "an item of another name": [("instruments/teamwork.yaml", "TW_3", "TW_9")],
}


@pytest.mark.slow
@pytest.mark.parametrize("change", AHEAD)
def test_specifications_may_be_ahead_of_the_tables(
    whole: Path, tmp_path: Path, opened: Callable[[Path], Open], change: str
):
    folder = shutil.copytree(whole, tmp_path / "small")
    for name, old, new in AHEAD[change]:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    page = opened(folder)
    for title in PAGES:
        assert "cannot be shown" not in page(title).text


@pytest.mark.slow
def test_plan_runs_and_releases_are_followed(tmp_path: Path, opened: Callable[[Path], Open]):
    folder = build_small_study(tmp_path / "small")
    lock_plan(load_study(folder), "Anna")
    (folder / "plan").rename(tmp_path / "lost")
    page = opened(folder)
    seen = page("Plan")
    assert seen.tables["Lock and amendments"]["locked_by"].tolist() == ["Anna"]
    assert "is missing; sensemaking plan status STUDY writes it again" in seen.text
    assert not (folder / "plan").exists()
    study, _ = bring_up_to_date(folder)
    publish_current(study, "Bo")
    model = folder / "models" / "trust.yaml"
    model.write_text(model.read_text().replace("covariance: HC3", "covariance: HC2"))
    write_export(folder, "spring.csv", answers("spring", n_responses=44))
    assert page("Plan").tables["Deviations from the plan"]["key"].tolist() == ["model.covariance"]
    bring_up_to_date(folder)
    changed = page("Compare").tables["What the latest run changed"].set_index("variant")
    assert changed.loc["main", "differing"] == "spec_hash, data_hash"
    assert changed["n_obs_after"].sub(changed["n_obs_before"]).eq(4).all()
    assert page("Releases").tables["Published"]["signed_off_by"].tolist() == ["Bo"]


def test_a_file_carried_away_holds_what_is_shown_and_no_formula():
    rows = pd.DataFrame({"name": ["=1+1", "@x", "plain", "-x", "+x"], "value": [-1.5, 2.0, float("nan"), 0.1, 1e-9]})
    text = as_csv(rows).decode("utf-8-sig")
    assert text.splitlines() == ["name,value", "'=1+1,-1.5", "'@x,2.0", "plain,", "'-x,0.1", "'+x,1e-09"]


def test_tables_without_rows_stay_so():
    fits = pd.DataFrame(columns=["model", "variant", "is_declared", "is_current", "fitted_at", "fit_id"])
    assert changes(fits, pd.DataFrame(columns=["fit_id", "term", "estimate"])).empty
    assert by_reason(pd.DataFrame(columns=["wave", "respondent_group", "item", "reason", "share"])).empty


def test_progress_of_a_wave_is_drawn_for_every_group_from_the_first_day_to_the_last():
    days = pd.DataFrame(
        {"respondent_group": ["FRL", "FRL", "TOP"], "day": ["2026-02-01", "2026-02-03", "2026-02-02"],
         "n_complete_so_far": [3, 7, 0]}
    )  # fmt: skip
    drawn = progress_chart(days, "autumn").to_dict()["encoding"]
    assert drawn["color"]["scale"]["domain"] == ["FRL", "TOP"]
    assert drawn["x"]["scale"]["domain"] == ["2026-02-01T00:00:00", "2026-02-03T00:00:00"]
    assert drawn["y"]["scale"]["domain"] == [0, 7]


def test_a_specification_is_shown_without_what_it_leaves_open():
    said = {"name": "h1", "panel": None, "waves": [], "regressors": [{"variable": "x", "of": None}, "z"]}
    said |= {"power": 0, "population": {"waves": []}}
    assert said_in(said) == {"name": "h1", "regressors": [{"variable": "x"}, "z"], "power": 0}
