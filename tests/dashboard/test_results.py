"""Models with many terms: the chart keeps to what is of interest and to scales, the table has every term."""

import build_release
import pandas as pd
import pytest

from dashboard.wording import WORDINGS
from pipelines.tables.units_of_estimates import UNITS
from tests.fits_of_every_kind import tables_of_every_kind, tables_without_ends


def _publish_with(tmp_path, n_backgrounds: int) -> None:
    """Add terms of backgrounds to the model as written."""
    tables = build_release.release_tables()
    estimates = tables["out.estimates"]
    one = estimates[(estimates["model"] == "h1") & (estimates["variant"] == "main")].iloc[[-1]]
    added = [one.assign(term=f"area[number_{k}]", position=100 + k) for k in range(n_backgrounds)]
    tables["out.estimates"] = pd.concat([estimates, *added], ignore_index=True)
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables))


@pytest.mark.parametrize("language", WORDINGS)
def test_backgrounds_of_a_model_of_many_terms_stand_in_the_table_only(open_page, tmp_path, language):
    _publish_with(tmp_path, 12)
    seen = open_page("results", lang=language)
    assert "number_7" not in seen.charts
    assert "number_7" in seen.tables
    assert WORDINGS[language]["terms_in_the_table"].format(count=12) in seen.text
    assert {"en": "Identity work", "da": "Identitetsarbejde"}[language] in seen.charts


def test_a_model_of_few_terms_is_drawn_whole(open_page, tmp_path):
    _publish_with(tmp_path, 2)
    seen = open_page("results", lang="en")
    assert "number_1" in seen.charts
    assert "stand in the table." not in seen.text


@pytest.mark.parametrize("language", WORDINGS)
def test_a_variant_whose_model_as_written_is_withheld_says_so(open_page, tmp_path, language):
    tables = build_release.release_tables()
    for name in ("out.fits", "out.estimates"):
        rows = tables[name]
        tables[name] = rows[(rows["model"] != "h1") | (rows["variant"] == "without_controls")]
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables))
    said = WORDINGS[language]["without_main"]
    named = {"en": "Without control variables", "da": "Uden kontrolvariable"}[language]
    assert said.format(variant=named) in open_page("results", lang=language).text


@pytest.mark.parametrize("language", WORDINGS)
def test_the_page_explains_its_words_and_ends_its_sentences(open_page, tmp_path, language):
    _publish_with(tmp_path, 12)
    seen = open_page("results", lang=language)
    words = WORDINGS[language]
    assert all(words[f"{what}_reading"] in seen.text for what in ("terms", "product", "model_line", "corrected"))
    assert f". {words['terms_in_the_table'].format(count=12)}" in seen.text
    assert words["without_main"].partition("{")[0] not in seen.text


TITLES = {
    "h1": {"en": "Identity work and collective leadership", "da": "Identitetsarbejde og kollektivt lederskab"},
    "h2": {"en": "Frontline staff and vertical integration", "da": "Frontmedarbejdere og vertikal integration"},
}


@pytest.mark.parametrize("language", WORDINGS)
@pytest.mark.parametrize("model", [*TITLES, "h3", "' OR 1=1 --", ""])
def test_one_model_can_be_looked_at_alone_and_one_that_is_not_there_gives_all(open_page, tmp_path, language, model):
    build_release.publish(tmp_path)
    seen = open_page("results", lang=language, model=model)
    heads = [each.value for each in seen.app.subheader]
    assert heads == [titles[language] for name, titles in TITLES.items() if model in (name, *({model} - set(TITLES)))]
    (choice,) = seen.app.selectbox
    assert choice.options == [WORDINGS[language]["every_model"], *(titles[language] for titles in TITLES.values())]


def test_where_there_is_one_model_there_is_nothing_to_choose(open_page, tmp_path):
    tables = build_release.release_tables()
    for name in ("out.fits", "out.estimates"):
        tables[name] = tables[name][tables[name]["model"] == "h1"]
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables))
    seen = open_page("results", lang="en")
    assert not seen.app.selectbox
    assert [each.value for each in seen.app.subheader] == [TITLES["h1"]["en"]]


FOUND = {
    "en": (
        "higher odds of “Wrote of citizens unprompted”: one point more goes with odds 1.33 times as high (1.26 to "
        "1.40).",
        "a difference of 9 percentage points (4 to 14)",
        "0.11 points at its end (0.06 to 0.16)",
        "1.33 times as many (1.26 to 1.40)",
    ),
    "da": (
        "højere odds for “Skrev uopfordret om borgere”: ét point mere følges med odds, der er 1,33 gange så høje (1,26 "
        "til 1,40).",
        "en forskel på 9 procentpoint (4 til 14)",
        "0,11 point i enden (0,06 til 0,16)",
        "1,33 gange så mange (1,26 til 1,40)",
    ),
}


@pytest.mark.parametrize("language", WORDINGS)
def test_every_kind_of_fit_is_said_drawn_and_listed_in_what_it_is_counted_in(open_page, tmp_path, language):
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables_of_every_kind()))
    seen = open_page("results", lang=language)
    words = WORDINGS[language]
    assert all(each in seen.text for each in FOUND[language])
    for unit in set(UNITS.values()) - {"points"}:
        assert words[f"{unit}_unit_reading"] in seen.text
        assert words[f"unit_{unit}"] in seen.tables
    assert seen.app.subheader[0].value == words["in_short"]
    (in_short,) = [each.value for each in seen.app.markdown if each.value.startswith("- **")]
    headline, _, *others = FOUND[language]
    assert [each for each in (headline, *others) if each not in in_short] == []
    assert len(in_short.splitlines()) == tables_of_every_kind()["out.fits"]["model"].nunique()
    assert {"en": "Odds of “Wrote", "da": "Odds for “Skrev"}[language] in seen.charts


NOTHING_SAID = {"en": "Nothing can be said of a connection", "da": "Der kan intet siges om en sammenhæng"}


@pytest.mark.parametrize("language", WORDINGS)
def test_an_interval_without_ends_is_said_and_listed_and_not_drawn(open_page, tmp_path, language):
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables_without_ends()))
    seen = open_page("results", lang=language, model="corrected_means")
    assert NOTHING_SAID[language] in seen.text
    assert WORDINGS[language]["in_short"] not in [each.value for each in seen.app.subheader]
    assert "\N{MINUS SIGN}\N{INFINITY}" in seen.tables
    assert "Infinity" not in seen.charts
