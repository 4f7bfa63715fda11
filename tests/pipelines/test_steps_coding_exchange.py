"""Codings with segments and notes go into a project and come back; other programs' changes are understood or told."""

from dataclasses import replace

import pandas as pd
import pytest

from pipelines.steps.coding_exchange import guid, project, rows_of_project
from pipelines.steps.codings import CodingError, read_codings, with_waves
from tests.pipelines.test_steps_codings import coding, file_of

ANSWERS = pd.DataFrame(
    [("s/1", "story", "w1", "ab æø\r\n😀 cd"), ("s/2", "story", "w1", "second")],
    columns=["response_id", "item", "wave", "text"],
)
ROWS = [
    {"response_id": "s/1", "code": "A1", "segment": "3..5"},
    {"response_id": "s/1", "code": "X2", "segment": "", "note": "laughter & tears"},
    {"response_id": "s/2", "code": "none", "round": "training"},
]


@pytest.fixture
def sent():
    codings = with_waves(read_codings([file_of(ROWS)], coding()), ANSWERS)
    return project(ANSWERS, codings, coding(), "small")


def back(given):
    return rows_of_project(given, "p.qdpx", ANSWERS, coding(), "small")


def test_segments_notes_and_rounds_come_back(sent):
    (found,) = back(sent)
    rows = found.rows.sort_values(["response_id", "code"]).to_dict("records")
    kept = [{key: row[key] for key in ("response_id", "code", "segment", "note", "round")} for row in rows]
    assert kept == [
        {"response_id": "s/1", "code": "A1", "segment": "3..5", "note": "", "round": "main"},
        {"response_id": "s/1", "code": "X2", "segment": "", "note": "laughter & tears", "round": "main"},
        {"response_id": "s/2", "code": "none", "segment": "", "note": "", "round": "training"},
    ]
    assert (found.coder, set(found.rows["scheme_version"])) == ("anna", {"1"})


def test_new_ids_of_sources_and_codes_are_found_by_name(sent):
    def renamed(code):
        return replace(code, guid=guid("new", code.guid), children=tuple(map(renamed, code.children)))

    sources = tuple(
        replace(
            each,
            guid=guid("new", each.guid),
            codings=tuple(replace(one, code=guid("new", one.code)) for one in each.codings),
        )
        for each in sent.sources
    )
    changed = replace(sent, codes=tuple(map(renamed, sent.codes)), sources=sources)
    pd.testing.assert_frame_equal(back(changed)[0].rows, back(sent)[0].rows)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda sent: replace(sent, users=dict.fromkeys(sent.users, "dora")),
            "has a user that the study does not know",
        ),
        (lambda sent: replace(sent, codes=()), "has a code that the study does not know"),
        (
            lambda sent: replace(sent, sources=tuple(replace(each, text="x") for each in sent.sources)),
            "has another text",
        ),
        (
            lambda sent: replace(sent, sources=tuple(replace(each, guid="0", name="mine") for each in sent.sources)),
            "is no answer of the study",
        ),
    ],
)
def test_what_is_not_of_the_study_is_told(sent, change, said):
    with pytest.raises(CodingError, match=said):
        back(change(sent))
