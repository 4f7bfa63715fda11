"""Every page in both languages: nothing breaks, nothing hidden is shown, everything that must be said is said."""

import json
from pathlib import Path

import build_release
import pandas as pd
import pytest

from dashboard.launch import ADDRESS, SERVED, streamlit_arguments
from dashboard.pointer import FOLDER_VARIABLE
from dashboard.wording import WORDINGS
from instruments.validation import STATUS_LABELS

DRAWN = ("overview", "perspectives", "units", "results")
PAGES = (*DRAWN, "integration", "method", "take-away")


@pytest.mark.parametrize("page", DRAWN)
@pytest.mark.parametrize("language", WORDINGS)
def test_page_opens_with_charts_tables_and_the_notice_of_invented_data(
    open_page, tmp_path: Path, page: str, language: str
):
    build_release.publish(tmp_path)
    seen = open_page(page, lang=language, scale="collective_leadership")
    assert any(WORDINGS[language]["synthetic"] in warning for warning in seen.warnings)
    assert {"en": "Making sense of co-production", "da": "Demonstrationsundersøgelse om samskabelse"}[
        language
    ] in seen.text
    assert len(seen.frames) >= 2
    assert seen.charts.count('"alt"') >= 2
    assert STATUS_LABELS["draft"][language] in seen.text


def test_real_data_carry_no_notice_of_invented_data(open_page, tmp_path: Path):
    build_release.publish(tmp_path, is_synthetic=False)
    assert open_page().warnings == []


def test_overview_says_first_in_words_who_answered_and_what_changed(open_page, tmp_path: Path):
    build_release.publish(tmp_path)
    text = open_page().text
    assert "**Who answered** (Spring 2026): Top managers 42%, Frontline staff 37%." in text
    assert "**Frontline staff** since Autumn 2025: up on Collective leadership, Administrative burden; down on" in text
    assert "not shown on 1" in text
    assert "1 of 2 models as written show a clear connection" in text
    assert "42% of about 260 invited" in text
    assert "Response rate not known" in text


@pytest.mark.parametrize(
    ("language", "limit"),
    [("en", "No figure names a single cause."), ("da", "Intet tal peger på én årsag.")],
)
def test_overview_says_what_its_figures_do_not_say(open_page, tmp_path: Path, language: str, limit: str):
    build_release.publish(tmp_path)
    seen = open_page(lang=language)
    assert limit in seen.text
    assert WORDINGS[language]["limits"] in [box.label for box in seen.app.expander]


def test_danish_page_writes_decimal_commas_in_words_tables_and_axes(open_page, tmp_path: Path):
    build_release.publish(tmp_path)
    seen = open_page("results", lang="da")
    assert "0,28 point (0,19 til 0,38)" in seen.text
    assert "0,284" in seen.tables
    assert '"decimal": ","' in seen.charts
    assert "0.284" not in seen.text + seen.tables


@pytest.mark.parametrize(("language", "said"), [("da", "Uden kontrolvariable"), ("en", "Without control variables")])
def test_variants_of_a_model_have_their_titles_in_the_language_of_the_page(
    open_page, tmp_path: Path, language: str, said: str
):
    build_release.publish(tmp_path)
    seen = open_page("results", lang=language)
    assert f"**{said}**" in seen.text
    assert "without controls" not in seen.text
    assert "top managers only" in seen.text


def test_results_say_what_goes_together_how_sure_and_how_to_repeat_it(open_page, tmp_path: Path):
    build_release.publish(tmp_path)
    seen = open_page("results")
    assert "Higher “Identity work” goes together with higher “Collective leadership”" in seen.text
    assert "The sign is as expected." in seen.text
    assert "No clear difference in “Vertical integration”" in seen.text
    assert "**Confirmatory**" in seen.text
    assert "**Exploratory**" in seen.text
    assert "robust to dependence within clusters" in seen.text
    for fit in build_release.release_tables()["out.fits"].to_dict("records"):
        assert all(fit[name] in seen.text for name in ("fit_id", "spec_hash", "data_hash", "digest"))


@pytest.mark.parametrize(
    ("language", "planned", "cells", "short"),
    [
        (
            "en",
            "**Confirmatory**: planned and locked before the data came",
            ["Confirmatory", "Exploratory"],
            "1 of the 2 were planned and locked before the data came",
        ),
        (
            "da",
            "**Bekræftende**: planlagt og låst, før data kom",
            ["Bekræftende", "Udforskende"],
            "1 af de 2 var planlagt og låst, før data kom",
        ),
    ],
)
def test_confirmatory_and_exploratory_results_never_stand_together_without_the_mark(
    open_page, tmp_path: Path, language: str, planned: str, cells: list[str], short: str
):
    build_release.publish(tmp_path)
    marked = f"({cells[1].lower()})"
    seen = open_page("results", lang=language)
    assert planned in seen.text
    assert WORDINGS[language]["because_changed_after_lock"] in seen.text
    series = json.dumps(seen.charts_drawn[0], ensure_ascii=False)
    assert marked in series
    assert marked not in json.dumps(seen.charts_drawn[1], ensure_ascii=False), "all of this model are exploratory"
    first, second = (set(frame[WORDINGS[language]["label"]]) for frame in seen.frames[:2])
    assert (first, second) == (set(cells), {cells[1]})
    assert short in open_page("overview", lang=language).text


def test_figures_of_a_group_that_was_not_drawn_at_random_say_so(open_page, tmp_path: Path):
    tables = build_release.release_tables()
    flag = pd.DataFrame([{"key": "no_inference", "value": "FRL"}])
    tables["meta.manifest"] = pd.concat([tables["meta.manifest"], flag], ignore_index=True)
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables))
    said = "No inference to a population: Frontline staff"
    seen = open_page("overview", group="FRL")
    of_figures = [each.value for each in seen.app.caption if each.value.startswith("Status of the questions")]
    assert len(of_figures) == len(seen.charts_drawn) >= 2
    assert all(said in caption for caption in of_figures)
    assert said in next(each.value for each in seen.app.markdown if each.value.startswith("- **Who answered**"))
    assert not any(said in caption.value for caption in open_page("overview", group="CIT").app.caption)
    assert sum(said in caption.value for caption in open_page("results").app.caption) == 2
    assert "Ingen slutning til en population: Frontmedarbejdere" in open_page("results", lang="da").text


def test_results_say_how_far_the_scales_behind_organisation_means_are_validated(open_page, tmp_path: Path):
    tables = build_release.release_tables()
    estimates = tables["out.estimates"]
    estimates["term"] = estimates["term"].replace("identity_work", "burden_organisation_mean")
    tables["meta.scales"].loc[tables["meta.scales"]["scale"] == "burden", "status"] = "cognitively_interviewed"
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables))
    assert "tried in interviews, not validated: Administrative burden" in open_page("results").text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "- Identity work (Frontline staff): may not be averaged to the organisation: members"),
        ("da", "må ikke regnes sammen for organisationen: medlemmer af samme organisation er for uenige"),
    ],
)
def test_results_say_why_scores_are_to_be_read_with_care(open_page, tmp_path: Path, language: str, said: str):
    build_release.publish(tmp_path)
    assert said in open_page("results", lang=language).text


def test_hidden_figures_are_never_shown_even_if_a_release_held_them(open_page, tmp_path: Path):
    tables = build_release.release_tables()
    rates, means, bands = (tables[f"out.{name}"] for name in ("response_rates", "scale_means", "distributions"))
    rates.loc[rates["is_hidden"], ["n_invited", "n_responses", "n_organisations"]] = 77635
    means.loc[means["is_hidden"], "n_obs"] = 77635
    means.loc[means["is_hidden"], ["mean", "conf_low", "conf_high", "alpha", "omega"]] = 4.4477
    bands["percent"] = bands["percent"].where(~bands["is_hidden"], 77)
    bands["n_obs"] = bands["n_obs"].where(~bands["is_hidden"], 77635)
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables))
    seen = open_page(scale="collective_leadership")
    assert [
        planted for planted in ("77635", "77,635", "4.45", "4.44", "77%", ": 77") if planted in seen.everything
    ] == []
    for where in (seen.text, seen.tables, seen.charts):
        assert "not shown" in where


@pytest.mark.parametrize(
    "query", [{"lang": "xx"}, {"group": "' OR 1=1 --"}, {"scale": "none"}, {"wave": "1"}, {"a": "b"}]
)
def test_unknown_query_values_give_the_defaults(open_page, tmp_path: Path, query: dict[str, str]):
    build_release.publish(tmp_path)
    assert open_page(**query).everything == open_page().everything


def test_address_chooses_group_scale_wave_and_language(open_page, tmp_path: Path):
    build_release.publish(tmp_path)
    seen = open_page(lang="da", group="CIT", scale="collective_leadership", wave="autumn")
    assert "Svar fra Borgere i Efterår 2025 på spørgsmålene i Kollektivt lederskab" in seen.charts


def test_language_chosen_on_one_page_is_kept_on_the_next(open_page, tmp_path: Path):
    build_release.publish(tmp_path)
    app = open_page(lang="da").app
    app.query_params.clear()
    assert "Hvad der hænger sammen" in open_page("results", app).text


def test_group_chosen_by_hand_is_drawn_and_kept_in_the_address(open_page, tmp_path: Path):
    build_release.publish(tmp_path)
    app = open_page().app
    app.button_group(key="choose_group").set_value("FRL")
    seen = open_page("overview", app)
    assert "Scores of Frontline staff" in seen.charts
    assert app.query_params["group"] == "FRL"


def test_page_over_a_broken_pointer_shows_the_last_good_release_and_says_why(open_page, tmp_path: Path):
    build_release.publish(tmp_path)
    app = open_page().app
    (tmp_path / "current.json").write_text("{")
    seen = open_page("overview", app)
    assert any("last good release, number 1" in warning and "current.json" in warning for warning in seen.warnings)
    assert "Frontline staff" in seen.text


@pytest.mark.parametrize("language", WORDINGS)
def test_page_before_the_first_release_says_what_to_run(open_page, language: str):
    seen = open_page(lang=language)
    assert WORDINGS[language]["nothing_released"] in seen.text
    assert "sensemaking release" in seen.text


def test_page_without_a_folder_says_how_to_start(open_page, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(FOLDER_VARIABLE)
    assert WORDINGS["en"]["no_folder"] in open_page().warnings


@pytest.mark.slow
@pytest.mark.parametrize("emptied", ["out.scale_means", "out.distributions", "out.fits"])
@pytest.mark.parametrize("page", PAGES)
def test_release_without_a_part_still_opens(open_page, tmp_path: Path, emptied: str, page: str):
    tables = build_release.release_tables()
    tables[emptied] = tables[emptied].iloc[:0]
    if emptied == "out.fits":
        tables["out.estimates"] = tables["out.estimates"].iloc[:0]
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables))
    assert open_page(page, scale="collective_leadership").text


def test_study_of_one_wave_without_texts_opens_with_names(open_page, tmp_path: Path):
    tables = build_release.release_tables()
    tables["meta.texts"] = tables["meta.texts"].iloc[:0]
    for name in ("out.response_rates", "out.scale_means", "out.distributions"):
        tables[name] = tables[name][tables[name]["wave"] == "spring"]
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables))
    seen = open_page(scale="collective_leadership")
    assert "collective_leadership" in seen.charts
    assert "since" not in "\n".join(element.value for element in seen.app.caption)


def test_study_texts_cannot_format_the_page(open_page, tmp_path: Path):
    tables = build_release.release_tables()
    title = pd.Series(tables["meta.texts"]["kind"] == "study_title")
    tables["meta.texts"].loc[title, "text"] = "A *bold* [link](http://example.org) :red[study]"
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables))
    assert open_page().app.title[0].value == r"A \*bold\* \[link\](http\://example.org) \:red\[study\]"


def test_dashboard_is_served_to_this_machine_only_without_reports_or_traces():
    arguments = streamlit_arguments(8599)
    assert arguments[:2] == ["run", str(SERVED)]
    assert SERVED.is_file()
    assert {
        f"--server.address={ADDRESS}",
        "--server.port=8599",
        "--server.allowedHosts=127.0.0.1",
        "--server.trustedUserHeaders={}",
        "--server.headless=true",
        "--browser.gatherUsageStats=false",
        "--client.showErrorDetails=none",
        "--runner.magicEnabled=false",
    } <= set(arguments)
    assert ADDRESS == "127.0.0.1"


def test_what_was_shown_of_the_waves_stands_beside_the_scores(open_page, tmp_path: Path):
    build_release.publish(tmp_path)
    shown = open_page(lang="en", group="FRL")
    assert "same loadings and intercepts or thresholds (scalar invariance): " in shown.text
    assert "skalar invarians" in open_page(lang="da", group="FRL").text
