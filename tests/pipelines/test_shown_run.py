"""What a run prints of what it wrote: each step while they are few, a line a kind of step when they are many."""

import pandas as pd

from pipelines.commands.run import waves_of_nobody
from pipelines.commands.shown_run import MOST_ROWS, written_rows


def steps_of(n_models):
    waves = [("core/scores", wave, {"core.scores": n}) for wave, n in (("w1", 40), ("w2", 30))]
    fits = [(f"out/fits/h{n}", "", {"out.fits": 2, "out.refusals": int(n == 1)}) for n in range(n_models)]
    return [*waves, ("out/missing", "", {"out.missing": 0}), *fits]


def test_few_steps_are_listed_one_by_one():
    assert written_rows(steps_of(1)) == [
        ("core/scores", "w1", "core.scores 40"),
        ("core/scores", "w2", "core.scores 30"),
        ("out/missing", "", "out.missing 0"),
        ("out/fits/h0", "", "out.fits 2, out.refusals 0"),
    ]


def test_many_steps_are_added_up_by_kind_without_tables_that_stay_empty():
    assert written_rows(steps_of(MOST_ROWS)) == [
        ("core/scores", "w1, w2", "core.scores 70"),
        ("out/missing", "", ""),
        (f"out/fits ({MOST_ROWS})", "", f"out.fits {2 * MOST_ROWS}, out.refusals 1"),
    ]


def test_a_wave_of_which_nothing_is_analysed_is_told_with_what_its_responses_are():
    tests = pd.DataFrame({"wave": "w1", "disposition": "not_eligible", "disposition_code": None}, index=range(3))
    broken_off = pd.DataFrame({"wave": ["w1"], "disposition": ["break_off"], "disposition_code": ["2.12"]})
    whole = pd.DataFrame({"wave": ["w2"], "disposition": ["complete"], "disposition_code": ["1.1"]})
    rows = pd.concat([tests, broken_off, whole], ignore_index=True).assign(is_analysed=[False] * 4 + [True])
    assert waves_of_nobody(rows) == [
        "wave w1: no response is analysed, so there are no scores: 3 test or preview, 1 break off"
    ]
