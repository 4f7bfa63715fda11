"""Coding files: what a row may say, and everything that is wrong with them at once, with file, row and column."""

import pandas as pd
import pytest
import yaml

from instruments.codings.spec import CodingScheme
from instruments.spec_file import json_like
from pipelines.load_coding import StudyCoding
from pipelines.sections.coding import Coding
from pipelines.steps.codings import CodingError, CodingFile, read_codings, with_waves
from pipelines.tables.coding import CODINGS
from tests.coded_study import SCHEME

COLUMNS = ["response_id", "item", "code", "coder", "scheme_version"]
SECOND = """\
  - {version: "2", because: clearer, changed: [A1], added: [A4], removed: [A2]}
codes:
  A4:
    name: LATE
    family: A
    definition: New
    include: new
    exclude: old
    example: new
    version: "2"
    provenance: [{author: we}]
"""


def scheme_of(text: str) -> CodingScheme:
    return CodingScheme.model_validate(json_like(yaml.safe_load(text)))


def second_version() -> CodingScheme:
    """A1 has another meaning, A2 is gone, A4 is new."""
    head, codes = SCHEME.replace('version: "1"\ntitle', 'version: "2"\ntitle').split("codes:\n")
    one, rest = codes.split("  A2:\n")
    _, rest = rest.split("  A3:\n")
    return scheme_of(head + SECOND + one.replace('version: "1"', 'version: "2"') + "  A3:\n" + rest)


def coding(scheme: CodingScheme | None = None) -> StudyCoding:
    spec = Coding(scheme="acts", items=("story", "reason"), coders=("anna", "bo"), adjudicator="carl")
    return StudyCoding(spec, scheme or scheme_of(SCHEME), frozenset({"story"}))


def file_of(rows: list[dict[str, str]], coder: str = "anna") -> CodingFile:
    filled = {"response_id": "s/1", "item": "story", "coder": coder, "scheme_version": "1"}
    table = pd.DataFrame([{**filled, **row} for row in rows], dtype="str").fillna("")
    table.index = pd.RangeIndex(2, 2 + len(table))
    return CodingFile(f"codings/{coder}.csv", coder, table)


def test_codes_may_be_given_by_id_or_name_in_any_letters():
    found = read_codings(
        [file_of([{"code": "a1"}, {"code": " inhibit "}, {"response_id": "s/2", "code": "NONE"}])], coding()
    )
    assert found["code"].tolist() == ["A1", "A2", "none"]
    assert found["round"].tolist() == ["main"] * 3
    assert set(found["role"]) == {"coder"}
    assert set(read_codings([file_of([{"code": "A1"}], "carl")], coding())["role"]) == {"adjudicator"}


def test_the_coders_words_lose_what_identifies_people():
    found = read_codings([file_of([{"code": "X2", "note": "like anna@example.org says"}])], coding())
    assert found["note"].tolist() == ["like [email] says"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"code": "A9"}], "codings/anna.csv: row 2, column code: no code of the scheme"),
        ([{"code": "FORWRD"}], "did you mean 'FORWARD'?"),
        ([{"code": ""}], "row 2, column code: no code of the scheme"),
        ([{"code": "A1", "item": "stori"}], "row 2, column item: no coded question; did you mean 'story'?"),
        ([{"code": "A1", "response_id": ""}], "row 2, column response_id: empty"),
        ([{"code": "A1", "coder": "bo"}], "row 2, column coder: expected anna"),
        ([{"code": "A1", "scheme_version": "7"}], "row 2, column scheme_version: the scheme has no version"),
        ([{"code": "A1", "segment": "9..3"}], "row 2, column segment: expected first and last-plus-one"),
        ([{"code": "A1", "round": "trial"}], "row 2, column round: expected training or main"),
        ([{"code": "A1"}, {"code": "A1"}], "row 3: the same code of the same answer stands above"),
        ([{"code": "A1"}, {"code": "none"}], "row 3, column code: none stands beside other codes"),
        ([{"code": "X1"}, {"code": "A1"}], "row 3, column code: X1 stands beside other codes"),
        ([{"code": "X2"}], "row 2, column note: empty; X2 (NEW) proposes a code"),
        ([{"code": "A3", "item": "reason"}], "row 2, column code: A3 (UNPROMPTED) is for unprompted answers only"),
    ],
)
def test_what_a_row_may_not_say_is_refused_with_place_and_remedy(rows, said):
    with pytest.raises(CodingError) as refused:
        read_codings([file_of(rows)], coding())
    assert said in str(refused.value)


def test_columns_must_be_the_known_ones():
    rows = pd.DataFrame({"response_id": ["s/1"], "item": ["story"], "codes": ["A1"], "coder": ["anna"]})
    with pytest.raises(CodingError) as refused:
        read_codings([CodingFile("codings/anna.csv", "anna", rows)], coding())
    assert "there is no column code;" in str(refused.value)
    assert "the column 'codes' is not known; did you mean 'code'?" in str(refused.value)


def test_every_fault_of_every_file_is_told_at_once_up_to_twenty():
    bad = [file_of([{"code": "A9", "response_id": f"s/{n}"} for n in range(15)], coder) for coder in ("anna", "bo")]
    with pytest.raises(CodingError) as refused:
        read_codings(bad, coding())
    lines = str(refused.value).splitlines()
    assert (len(lines), lines[-1]) == (21, "and 10 more")
    assert {line.split(":")[0] for line in lines[:-1]} == {"codings/anna.csv", "codings/bo.csv"}


def test_a_version_has_the_codes_it_had():
    new = coding(second_version())
    read_codings([file_of([{"code": "A2"}])], new)
    for version, code in (("2", "A2"), ("1", "A4")):
        with pytest.raises(CodingError, match=f"version {version} had no code {code}"):
            read_codings([file_of([{"code": code, "scheme_version": version}])], new)


def test_an_answer_that_is_gone_leaves_its_codings_without_a_wave_and_a_segment_ends_within_its_answer():
    answers = pd.DataFrame({"response_id": ["s/1"], "item": ["story"], "wave": ["w1"], "text": ["0123456789"]})
    found = read_codings(
        [file_of([{"code": "A1", "segment": "2..10"}, {"code": "A1", "response_id": "s/9"}])], coding()
    )
    placed = with_waves(found, answers)
    assert placed["wave"].isna().tolist() == [False, True]
    CODINGS.schema().validate(placed)
    long = read_codings([file_of([{"code": "A1", "segment": "2..11"}])], coding())
    with pytest.raises(CodingError, match="end after the end of their answer"):
        with_waves(long, answers)
    assert with_waves(read_codings([], coding()), answers).empty
