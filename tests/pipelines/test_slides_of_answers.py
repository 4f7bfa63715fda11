"""Slides of how the answers fall: scales with the same answer options share slides, and no answer is lost."""

from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest

from pipelines.board_report.content import report_of
from pipelines.board_report.slides.deck import deck_of
from pipelines.board_report.slides.value import Bars, Deck
from tests.board_reports import invented_release, report
from tests.dashboard.build_release import ITEMS

GROUPS = ("Top managers", "Frontline staff", "Citizens")


def with_questions_of(scales: dict[str, str], n_copies: int = 1) -> Deck:
    """Make slides where questions are of other scales, and are asked so many times."""
    tables = dict(invented_release().tables)
    for name in ("meta.items", "out.distributions"):
        rows, copies = tables[name], range(n_copies)
        tables[name] = pd.concat([rows.assign(item=rows["item"] + "x" * each) for each in copies], ignore_index=True)
    items, texts = tables["meta.items"], tables["meta.texts"]
    of_question = items["item"].str.rstrip("x").map(scales)
    tables["meta.items"] = items.assign(scale=of_question.fillna(items["scale"]))
    of_points = texts[texts["kind"] == "point_label"]
    named = [of_points.assign(name=of_points["name"].str.replace("=", f"{'x' * each}=")) for each in range(1, n_copies)]
    tables["meta.texts"] = pd.concat([texts, *named], ignore_index=True)
    made = replace(invented_release(), tables=tables)
    return deck_of(made, report_of(made, "en"))


def bars_of_answers(made: Deck) -> list[Bars]:
    return [slide.figure for slide in made.parts[-1].slides if isinstance(slide.figure, Bars)]


def test_scales_with_the_same_answer_options_share_slides_and_every_question_stands_after_its_scale():
    titles = [slide.title for slide in with_questions_of({"CL_1": "burden"}).parts[-1].slides]
    together = "Collective leadership; Administrative burden"
    assert titles == [f"Answers of {group}, Spring 2026: {together}" for group in GROUPS]
    for bars in bars_of_answers(with_questions_of({"CL_1": "burden"})):
        assert len(bars.categories) == len(ITEMS)
        of_burden = [each for each in bars.categories if each.startswith("Administrative burden: We settle together")]
        assert len(of_burden) == 1
        others = [each for each in bars.categories if each not in of_burden]
        assert all(each.startswith("Collective leadership: ") for each in others)


def test_scales_with_other_answer_options_do_not_share_a_slide():
    release = invented_release()
    texts, items = release.tables["meta.texts"].copy(), release.tables["meta.items"]
    texts.loc[texts["name"] == "CL_1=5", "text"] = "Always"
    moved = items.assign(scale=items["scale"].mask(items["item"] == "CL_1", "burden"))
    apart = replace(release, tables={**release.tables, "meta.texts": texts, "meta.items": moved})
    shown = bars_of_answers(deck_of(apart, report("en")))
    assert [len(bars.categories) for bars in shown] == [len(ITEMS) - 1, 1] * len(GROUPS)


@pytest.mark.parametrize("n_copies", [1, 2, 3])
def test_no_slide_has_more_than_ten_questions_and_no_answer_is_lost(n_copies: int):
    made = with_questions_of({"CL_1": "burden", "CL_2": "identity_work"}, n_copies)
    shown = bars_of_answers(made)
    assert max(len(bars.categories) for bars in shown) <= 10
    rows = invented_release().tables["out.distributions"]
    latest = rows[(rows["wave"] == "spring") & ~rows["is_hidden"].astype(bool)]
    drawn = Counter(figure.value for bars in shown for figure in bars.figures())
    assert drawn == Counter(latest["percent"].astype(float).tolist() * n_copies)


def test_a_question_of_several_scales_stands_on_one_slide_a_group():
    release = invented_release()
    items = release.tables["meta.items"]
    twice = pd.concat([items, items.assign(scale="burden")], ignore_index=True)
    made = deck_of(replace(release, tables={**release.tables, "meta.items": twice}), report("en"))
    assert made.parts[-1] == deck_of(release, report("en")).parts[-1]
