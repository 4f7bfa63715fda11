"""Who codes which answer: the protocol's numbers, a draw that follows from names, and work that is not done again."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.codings.spec import Protocol
from pipelines.steps.coding_plan import n_coded_twice, plan_coding
from pipelines.steps.coding_sheets import lay_out
from tests.coded_study import SCHEME
from tests.pipelines.test_steps_codings import coding, scheme_of

PROTOCOL = Protocol(because="as taught")
NOTHING = pd.DataFrame({"response_id": [], "item": [], "coder": [], "round": []}, dtype="str")


def answers(n: int, wave: str = "w1", item: str = "story", first: int = 0) -> pd.DataFrame:
    ids = [f"s/{number}" for number in range(first, first + n)]
    return pd.DataFrame({"response_id": ids, "item": item, "wave": wave, "text": "words"})


def plan(rows: pd.DataFrame, done: pd.DataFrame = NOTHING, training: int = 0) -> pd.DataFrame:
    how = coding(scheme_of(SCHEME.replace("training: 5", f"training: {training}")))
    return plan_coding(rows, done, how, "small", ["w1", "w2"])


@pytest.mark.parametrize(
    ("n", "is_first", "expected"),
    [
        (1, True, 1),
        (150, True, 150),
        (151, True, 150),
        (500, True, 150),
        (501, True, 151),
        (1000, True, 300),
        (1000, False, 100),
        (5, False, 1),
    ],
)
def test_so_many_answers_are_coded_twice(n, is_first, expected):
    assert n_coded_twice(PROTOCOL, n, is_first=is_first) == expected


@given(st.integers(1, 5000))
def test_never_more_than_there_are_and_never_fewer_than_the_protocol_asks(n):
    twice = n_coded_twice(PROTOCOL, n, is_first=True)
    assert min(n, 150) <= twice <= n
    assert twice >= 0.3 * n


def test_every_answer_has_a_coder_and_the_share_has_two_and_the_draw_knows_no_order():
    made = plan(answers(600))
    per_answer = made.groupby("response_id")["coder"].agg(["size", "nunique"])
    assert (per_answer["size"] == per_answer["nunique"]).all()
    assert per_answer["size"].value_counts().to_dict() == {1: 420, 2: 180}
    alone = made[~made["is_double"]]["coder"].value_counts()
    assert alone.min() > 170  # 210 expected; three binomial standard deviations are 31
    shuffled = plan(answers(600).sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(made, shuffled)


def test_training_is_coded_by_all_takes_a_fifth_at_most_and_stays_once_begun():
    made = plan(answers(1000), training=30)
    trained = made[made["round"] == "training"]
    assert trained["response_id"].nunique() == 30
    assert set(trained.groupby("response_id")["coder"].nunique()) == {2}
    assert plan(answers(50), training=30).query("round == 'training'")["response_id"].nunique() == 10
    done = trained.head(2)
    again = plan(pd.concat([answers(1000), answers(500, first=1000)]), done, training=30)
    assert set(again.query("round == 'training'")["response_id"]) == set(done["response_id"])


def test_a_later_wave_is_coded_twice_for_drift_only():
    made = plan(pd.concat([answers(100), answers(100, "w2", first=100)]))
    twice = made[made["is_double"]].drop_duplicates("response_id")
    assert (twice["response_id"].map(lambda each: int(each[2:])) >= 100).sum() == 10
    assert len(twice) == 110


def test_whoever_coded_an_answer_keeps_it_when_more_answers_arrive():
    made = plan(answers(300))
    once = made[~made["is_double"]]
    other = once.assign(coder=once["coder"].map({"anna": "bo", "bo": "anna"}))
    again = plan(answers(900), other)
    held = again.merge(other[["response_id", "coder"]], on=["response_id", "coder"])
    assert len(held) == len(other)


def test_a_text_that_a_spreadsheet_would_calculate_is_shown_as_text():
    rows = pd.DataFrame({"response_id": ["s/0", "s/1"], "item": "story", "round": "main"})
    texts = answers(2).assign(text=["=1+1", "+ fine"])
    assert lay_out(rows, texts, "1")["text"].tolist() == ["'=1+1", "'+ fine"]
