"""The page of method and protection says what the release says of itself, in plain words, and names nobody."""

import build_release
import pandas as pd
import pytest

from dashboard.wording import WORDINGS
from instruments.validation import STATUS_LABELS


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Behind every figure stand at least 10 people", "Draft, not validated**", "synthetic: every answer"]),
        ("da", ["Bag hvert tal står mindst 10 personer", "Udkast, ikke valideret**", "syntetiske: alle svar"]),
    ],
)
def test_the_page_is_written_from_the_release(open_page, tmp_path, language, said):
    build_release.publish(tmp_path, number=7)
    seen = open_page("method", lang=language)
    assert [text for text in said if text not in seen.text + seen.tables] == []
    facts = dict(seen.frames[0].itertuples(index=False))
    assert facts[WORDINGS[language]["fact_number"]] == "7"
    assert facts[WORDINGS[language]["fact_date"]] == {"en": "22 November 2026", "da": "22. november 2026"}[language]
    assert facts[WORDINGS[language]["fact_languages"]] == "English, Dansk"
    assert facts[WORDINGS[language]["fact_tables"]] == "5"
    assert WORDINGS[language]["inference_not_marked"] in seen.text
    for fit in build_release.release_tables()["out.fits"]["fit_id"]:
        assert fit in seen.tables


def test_another_least_number_and_a_group_without_inference_are_said(open_page, tmp_path):
    tables = build_release.release_tables()
    manifest = tables["meta.manifest"]
    manifest.loc[manifest["key"] == "least_cell_size", "value"] = "25"
    flag = pd.DataFrame([{"key": "no_inference", "value": "FRL"}, {"key": "sign_off", "value": "Ida Hansen"}])
    tables["meta.manifest"] = pd.concat([manifest, flag], ignore_index=True)
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables))
    seen = open_page("method", lang="en")
    assert "at least 25 people" in seen.text
    assert "No inference to a population: Frontline staff" in seen.text
    assert "Ida Hansen" not in seen.everything


def test_it_counts_what_is_not_shown(open_page, tmp_path):
    build_release.publish(tmp_path)
    tables = build_release.release_tables()
    expected = [
        [str(len(tables[name])), str(int(tables[name]["is_hidden"].sum()))]
        for name in ("out.response_rates", "out.scale_means", "out.distributions", "out.unit_means")
    ]
    counted = next(frame for frame in open_page("method", lang="en").frames if "In the release" in frame)
    assert counted[["In the release", "Of these not shown"]].to_numpy().tolist() == expected


def test_every_status_has_what_may_be_said_with_it(open_page, tmp_path):
    tables = build_release.release_tables()
    tables["meta.scales"]["status"] = [*list(STATUS_LABELS)[1:], "draft"][: len(tables["meta.scales"])]
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables))
    seen = open_page("method", lang="en")
    assert seen.text.count("What may be said with a score: ") == 4
    assert "What may be said with a score: –" not in seen.text
