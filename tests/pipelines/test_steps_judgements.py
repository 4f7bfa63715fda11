"""Codings → judgements, agreement, what holds, the recode queue and variables."""

import math

import numpy as np
import pandas as pd
import pytest

from models.coding.agreement import cohen_kappa
from pipelines.steps.codings import read_codings, with_waves
from pipelines.steps.judgements import agreement, judge, recode_queue, resolve
from pipelines.steps.themes import themes
from pipelines.tables.coding import AGREEMENT, RECODE_QUEUE
from tests.pipelines.test_steps_codings import coding, file_of, second_version

NAN = math.nan


def answers_of(*keys: tuple[str, str], text: str = "three little words") -> pd.DataFrame:
    return pd.DataFrame([{"response_id": r, "item": i, "wave": "w1", "text": text} for r, i in keys])


def coded(how, answers: pd.DataFrame, **given: dict[tuple[str, str], str]) -> pd.DataFrame:
    """Codings of people: (response, item) → ids between blanks, ``id@version`` for another version."""
    files = [
        file_of(
            [
                {"response_id": r, "item": i, "code": code, "scheme_version": version or "1", "note": "a new one"}
                for (r, i), codes in of_person.items()
                for code, _, version in (each.partition("@") for each in codes.split())
            ],
            person,
        )
        for person, of_person in given.items()
    ]
    return with_waves(read_codings(files, how), answers)


STORY = [(f"s/{n}", "story") for n in range(6)]
ANSWERS = answers_of(*STORY, ("s/0", "reason"))


def test_what_both_say_holds_what_they_differ_in_waits_and_the_third_person_decides():
    how = coding()
    anna = dict(zip(STORY, ["A1", "A1", "none", "A1", "A1 A2"], strict=False))
    bo = dict(zip(STORY, ["A1", "none", "none", "A2"], strict=False))
    found = coded(how, ANSWERS, anna=anna, bo=bo, carl={STORY[3]: "A2"})
    judged = judge(found, how)
    held = pd.DataFrame(resolve(judged, how), index=judged.answers["response_id"], columns=list(judged.codes))
    assert held["A1"].tolist() == pytest.approx([1, NAN, 0, 0, 1], nan_ok=True)
    assert held["A2"].tolist() == [0, 0, 0, 1, 1]


def test_a_code_for_unprompted_answers_is_not_judged_of_a_prompted_question():
    how = coding()
    judged = judge(coded(how, ANSWERS, anna={("s/0", "reason"): "A1"}), how)
    by_code = dict(zip(judged.codes, judged.present[0, 0], strict=True))
    assert by_code == pytest.approx({"A1": 1, "A2": 0, "A3": NAN, "X1": 0, "X2": 0}, nan_ok=True)


def test_codings_from_before_a_change_do_not_count_for_the_changed_code_only():
    how = coding(second_version())
    judged = judge(coded(how, ANSWERS, anna={STORY[0]: "A1 A3", STORY[1]: "A1@2"}), how)
    by_answer = [dict(zip(judged.codes, judged.present[n, 0], strict=True)) for n in range(2)]
    assert by_answer[0] == pytest.approx({"A1": NAN, "A4": NAN, "A3": 1, "X1": 0, "X2": 0}, nan_ok=True)
    assert by_answer[1] == {"A1": 1, "A4": 0, "A3": 0, "X1": 0, "X2": 0}


def test_the_queue_lists_changed_added_and_removed_codes_and_proposals_until_they_are_coded_again():
    how = coding(second_version())
    found = coded(how, ANSWERS, anna={STORY[0]: "A1 A2", STORY[1]: "X2@2"}, bo={STORY[0]: "A1 A1@2"})
    queue = recode_queue(found, how.scheme)
    RECODE_QUEUE.schema().validate(queue)
    rows = queue[["response_id", "coder", "code", "reason", "was_given"]].to_numpy().tolist()
    assert rows == [
        ["s/0", "anna", "A1", "changed", True],
        ["s/0", "anna", "A2", "removed", True],
        ["s/0", "anna", "A4", "added", False],
        ["s/1", "anna", "X2", "proposal", True],
    ]
    assert queue["note"].tolist()[-1] == "a new one"


def test_agreement_counts_answers_coded_twice_outside_the_training_round():
    how = coding()
    keys = [(f"s/{n}", "story") for n in range(40)]
    draw = np.random.default_rng(3)
    first = draw.random(40) < 0.4
    second = np.where(draw.random(40) < 0.15, ~first, first)
    answers = answers_of(*keys)
    found = coded(
        how,
        answers,
        anna={key: "A1" if given else "none" for key, given in zip(keys, first, strict=True)},
        bo={key: "A1" if given else "none" for key, given in zip(keys[:30], second, strict=False)},
        carl=dict.fromkeys(keys, "A1"),
    )
    found.loc[found["response_id"].isin(["s/0", "s/1"]), "round"] = "training"
    figures = agreement(judge(found, how), how, "small")
    AGREEMENT.schema().validate(figures)
    row = figures.set_index(["item", "code"]).loc[("", "A1")]
    expected = cohen_kappa(np.array([first[2:30], second[2:30]], dtype=float).T)
    assert row["n_answers"] == 28
    assert row["kappa"] == pytest.approx(expected.estimate)
    assert row["alpha_low"] < row["alpha"] < row["alpha_high"]
    never = figures.set_index(["item", "code"]).loc[("story", "A2")]
    assert (never["verdict"], never["n_used"], never["percent_agreement"]) == ("undefined", 0, 1.0)
    again = agreement(judge(found.sample(frac=1, random_state=1), how), how, "small")
    pd.testing.assert_frame_equal(figures, again)


def test_agreement_over_all_codes_takes_every_answer_and_code_for_a_judgement():
    how = coding()
    keys = [(f"s/{n}", "story") for n in range(10)]
    found = coded(how, answers_of(*keys), anna=dict.fromkeys(keys, "A1"), bo=dict.fromkeys(keys, "A2"))
    row = agreement(judge(found, how), how, "small").set_index(["item", "code"]).loc[("", "")]
    assert (row["n_answers"], row["n_used"]) == (10, 10)
    assert row["percent_agreement"] == pytest.approx(3 / 5)


def table(how, found: pd.DataFrame, answers: pd.DataFrame, missing: pd.DataFrame) -> pd.DataFrame:
    responses = pd.DataFrame({"response_id": [f"s/{n}" for n in range(6)], "wave": "w1"})
    return themes(responses, answers, missing, judge(found, how), how).set_index("response_id")


def test_no_answer_is_never_coded_nought():
    how = coding()
    answers = answers_of(*STORY[:3], ("s/0", "reason"))
    missing = pd.DataFrame(
        [("s/3", "story", "seen_unanswered"), ("s/4", "story", "not_administered"), ("s/1", "reason", "not_reached")],
        columns=["response_id", "item", "reason"],
    )
    agreed = {STORY[0]: "A1", STORY[1]: "none", ("s/0", "reason"): "A2"}
    made = table(how, coded(how, answers, anna=agreed, bo=agreed), answers, missing)
    assert made["code_A1_story"].tolist() == pytest.approx([1, 0, NAN, NAN, NAN, NAN], nan_ok=True)
    assert made["answered_story"].tolist() == pytest.approx([1, 1, 1, 0, NAN, NAN], nan_ok=True)
    assert made["answered_reason"].tolist() == pytest.approx([1, NAN, NAN, NAN, NAN, NAN], nan_ok=True)
    assert made["log_words_story"].tolist() == pytest.approx([math.log(3)] * 3 + [NAN] * 3, nan_ok=True)
    assert made["log_words"].tolist()[:2] == pytest.approx([math.log(6), math.log(3)])


def test_over_all_questions_a_code_is_there_or_not_or_unknown_while_an_answer_waits():
    how = coding()
    answers = answers_of(*STORY[:4], *((f"s/{n}", "reason") for n in range(4)))
    anna = {("s/0", "story"): "A1", ("s/1", "story"): "none", ("s/2", "story"): "none", ("s/2", "reason"): "none"}
    anna |= {("s/3", "story"): "A3"}
    made = table(
        how, coded(how, answers, anna=anna), answers, pd.DataFrame({"response_id": [], "item": [], "reason": []})
    )
    assert made["code_A1"].tolist() == pytest.approx([1, NAN, 0, NAN, NAN, NAN], nan_ok=True)
    assert made["code_A3"].tolist() == pytest.approx([0, 0, 0, 1, NAN, NAN], nan_ok=True)
    assert "code_A3_reason" not in made
