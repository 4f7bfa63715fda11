"""Thousands of answers are judged, laid out and exchanged in one pass, and as each answer by itself would be."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments.codings.refi_qda_writing import write_project
from pipelines.commands.coding_exchange import read_qdpx
from pipelines.readers.plan import ReadingError
from pipelines.steps.coded_shares import saturation
from pipelines.steps.coding_exchange import project, rows_of_project
from pipelines.steps.coding_plan import plan_coding
from pipelines.steps.coding_sheets import FILE, new_rows
from pipelines.steps.codings import CodingFile, read_codings, with_waves
from pipelines.steps.judgements import judge, recode_queue
from tests.pipelines.test_steps_codings import coding, file_of, second_version

MANY = 3000


def answers_of(keys) -> pd.DataFrame:
    return pd.DataFrame([{"response_id": r, "item": i, "wave": "w1", "text": "words"} for r, i in keys])


def file_with(rows, coder) -> CodingFile:
    return CodingFile(f"codings/{coder}.csv", coder, rows.assign(coder=coder, note="", segment="", round="main")[FILE])


GIVEN = st.dictionaries(
    st.tuples(st.sampled_from(["s/1", "s/2", "s/3"]), st.sampled_from(["story", "reason"]), st.sampled_from("12")),
    st.sets(st.sampled_from(["A1", "X2"]), min_size=1),
)


@settings(max_examples=30, deadline=None)
@given(GIVEN, GIVEN)
def test_every_judgement_is_what_the_latest_coding_of_the_person_says(anna, bo):
    how = coding(second_version())
    told = {"anna": anna, "bo": bo}
    files = [
        file_of(
            [
                {"response_id": r, "item": i, "scheme_version": version, "code": code, "note": "new"}
                for (r, i, version), codes in of_person.items()
                for code in sorted(codes)
            ],
            person,
        )
        for person, of_person in told.items()
        if of_person
    ]
    keys = sorted({key[:2] for of_person in told.values() for key in of_person})
    judged = judge(with_waves(read_codings(files, how), answers_of(keys or [("s/9", "story")])), how)
    assert list(zip(judged.answers["response_id"], judged.answers["item"], strict=True)) == keys
    for place, key in enumerate(keys):
        for number, person in enumerate(judged.people):
            versions = [version for version in "21" if (*key, version) in told.get(person, {})]
            for code, value in zip(judged.codes, judged.present[place, number], strict=True):
                is_open = not versions or how.scheme.is_outdated(code, versions[0]) or not how.may_have(code, key[1])
                said = np.nan if is_open else float(code in told[person][*key, versions[0]])
                np.testing.assert_equal(value, said)


def test_thousands_of_answers_take_a_moment():
    how = coding()
    keys = [(f"s/{n}", "story") for n in range(MANY)]
    answers = answers_of(keys)
    rows = pd.DataFrame(keys, columns=["response_id", "item"]).assign(scheme_version="1")
    codes = [rows.assign(code=["A1" if n % step else "none" for n in range(MANY)]) for step in (2, 3)]
    files = [file_with(each, person) for each, person in zip(codes, how.spec.coders, strict=True)]
    began = time.process_time()
    codings = with_waves(read_codings(files, how), answers)
    codings.loc[codings["response_id"].isin(["s/1", "s/2"]), "round"] = "training"
    responses = answers.assign(respondent_group="ALL", started_at=range(MANY))
    curve = saturation(responses, judge(codings, how), how)
    assert recode_queue(codings, how.scheme).empty
    assert len(plan_coding(answers, codings, how, "many", ["w1"])) == 2 * MANY
    back = rows_of_project(project(answers, codings, how, "many"), "p.qdpx", answers, how, "many")
    assert [len(new_rows(each, file.rows)) for each, file in zip(back, files, strict=True)] == [0, 0]
    assert [len(new_rows(each, file.rows.head(1))) for each, file in zip(back, files, strict=True)] == [MANY - 1] * 2
    assert time.process_time() - began < 6
    assert curve["n_codes"].tolist() == [0] + [1] * (MANY - 1)


def test_a_saturation_curve_counts_each_code_once_in_the_order_of_the_respondents():
    how = coding()
    codes = {"s/1": "A1", "s/2": "A1 A2", "s/3": "none", "s/4": "A3"}
    rows = [{"response_id": r, "code": code} for r, given in codes.items() for code in given.split()]
    answers = answers_of([(r, "story") for r in codes])
    codings = with_waves(read_codings([file_of(rows)], how), answers)
    responses = answers.assign(respondent_group="ALL", started_at=[4, 3, 2, 1])
    curve = saturation(responses, judge(codings, how), how)
    assert curve[["n_respondents", "n_new", "n_codes"]].to_numpy().tolist() == [
        [1, 1, 1],
        [2, 0, 1],
        [3, 2, 3],
        [4, 0, 3],
    ]


def test_a_project_of_more_answers_than_an_export_has_files_comes_back(tmp_path):
    how = coding()
    answers = answers_of([(f"s/{n}", "story") for n in range(1200)])
    codings = with_waves(read_codings([file_of([{"code": "A1"}])], how), answers)
    path = tmp_path / "p.qdpx"
    path.write_bytes(write_project(project(answers, codings, how, "many")))
    assert len(read_qdpx(path).sources) == 1200


def test_a_project_of_too_many_members_is_refused(tmp_path, monkeypatch):
    how = coding()
    answers = answers_of([(f"s/{n}", "story") for n in range(12)])
    codings = with_waves(read_codings([file_of([{"code": "A1"}])], how), answers)
    path = tmp_path / "p.qdpx"
    path.write_bytes(write_project(project(answers, codings, how, "many")))
    monkeypatch.setattr("pipelines.commands.coding_exchange.MOST_SOURCES", 10)
    with pytest.raises(ReadingError, match="13 members, more than 10"):
        read_qdpx(path)
