"""Categories and ordered answers from a study's run to the page of results: released, and read beside an answer."""

import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.release import publish
from tests.replicated_study import build_replicated_study
from tests.run_steps import bring_up_to_date

pytestmark = pytest.mark.slow
ASKED = "places"
SAID = {
    "multinomial": "odds of “Roads” beside the answer “Schools” to “Where do you work?”",
    "ordered_logit": "odds of a higher answer to “I trust my colleagues.”: one point more goes with odds",
}


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = build_replicated_study(tmp_path_factory.mktemp("categories") / "small", (ASKED, "agreeing"))
    found, store = bring_up_to_date(study)
    made = publish(found, store, "Test")
    assert made.withheld_fits == {}
    return made.path.parent


@pytest.fixture(scope="module")
def released(releases: Path) -> dict[str, pd.DataFrame]:
    with duckdb.connect(next(releases.glob("r*.duckdb")), read_only=True) as connection:
        return {
            name: connection.sql(f"SELECT * FROM {name}").df() for name in ("out.fits", "out.estimates", "meta.texts")
        }


def test_a_release_holds_odds_of_every_answer_beside_the_first(released: dict[str, pd.DataFrame]):
    fits = released["out.fits"]
    assert set(fits["estimator"]) == {"multinomial", "ordered_logit", "mixed_ordered_logit"}
    estimates = released["out.estimates"]
    own = estimates[estimates["model"] == ASKED]
    assert list(own["term"]) == [
        f"{answer}: {term}" for answer in ("Health", "Roads") for term in ("intercept", "trust")
    ]
    assert own[["average_effect", "average_low", "average_high"]].isna().all(axis=None)
    assert (own["estimate"] == own["estimate"].round(3)).all()


def test_texts_name_the_answer_that_others_are_compared_with(released: dict[str, pd.DataFrame]):
    rows = released["meta.texts"]
    english = rows[rows["language"] == "en"]
    texts = dict(zip(english[["kind", "name"]].itertuples(index=False, name=None), english["text"], strict=True))
    assert texts["outcome_reference", f"{ASKED}/main"] == "Schools"
    assert texts["outcome_title", "area"] == "Where do you work?"
    assert {name for kind, name in texts if kind == "answer_title"} == {f"{ASKED}/Health", f"{ASKED}/Roads"}


def test_the_page_of_results_says_both_in_words(releases: Path, tmp_path: Path, open_page):
    shutil.copytree(releases, tmp_path, dirs_exist_ok=True)
    seen = open_page("results", lang="en")
    for said in SAID.values():
        assert said in seen.text
    assert "Roads" in seen.tables
