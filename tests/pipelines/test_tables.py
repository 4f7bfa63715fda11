"""Table descriptions: sound, documented with their grain, and strict about what they accept."""

import pandas as pd
import pytest
from pandera.errors import SchemaError, SchemaErrors
from pilot_study import pilot_study

from pipelines.tables import core, fieldwork, out, raw, released
from pipelines.tables.base import DAY, DUCKDB_TYPES, NUMBER, SMALL, TEXT, ColumnOf, Table

EVERY_TABLE = (*raw.TABLES, *core.TABLES, *out.TABLES, *fieldwork.TABLES, *released.TABLES)
NAMES_OF_PEOPLE_AND_UNITS = {"response_id", "respondent_key", "organisation_id", "unit_id", "row_number", "file_sha256"}
PEOPLE = Table(
    "core.people",
    "One row a person",
    ("name",),
    {
        "name": ColumnOf(TEXT, "Name"),
        "code": ColumnOf(SMALL, "Code", may_be_missing=True, is_among=(1, 2)),
        "share": ColumnOf(NUMBER, "Share", may_be_missing=True, least=0, most=1),
        "born_on": ColumnOf(DAY, "Date of birth", may_be_missing=True),
    },
)


def ids(table):
    return f"{'released ' if table in released.TABLES else ''}{table.name}"


def people(**columns):
    return pd.DataFrame({"name": ["a", "b"], "code": [1, None], "share": [0, 1], "born_on": [None, None], **columns})


@pytest.mark.parametrize("table", EVERY_TABLE, ids=ids)
def test_a_table_says_its_grain_key_and_the_meaning_of_every_column(table):
    assert table.grain.startswith("One row a")
    assert set(table.key) <= set(table.columns)
    assert all(column.meaning for column in table.columns.values())
    assert all(column.kind in DUCKDB_TYPES for column in table.columns.values())
    assert not any(table.columns[name].may_be_missing for name in table.key)


@pytest.mark.parametrize("table", EVERY_TABLE, ids=ids)
def test_an_empty_table_has_its_types_and_keeps_its_rules(table):
    empty = table.empty()
    assert list(empty.columns) == list(table.columns)
    table.schema().validate(empty)


@pytest.mark.parametrize("table", released.TABLES, ids=ids)
def test_a_released_table_has_no_column_of_a_person_or_a_unit(table):
    assert not NAMES_OF_PEOPLE_AND_UNITS & set(table.columns)


def test_no_table_of_fieldwork_is_released():
    assert not {table.name for table in fieldwork.TABLES} & {table.name for table in released.TABLES}


@pytest.mark.parametrize("tables", [raw.TABLES, core.TABLES, out.TABLES, fieldwork.TABLES, released.TABLES])
def test_no_two_tables_have_the_same_name(tables):
    assert len({table.name for table in tables}) == len(tables)


def test_tables_made_from_a_study_say_their_grain_too(tmp_path):
    study = pilot_study(tmp_path)
    for table in (core.answers(study), core.scores(study), core.analysis(study)):
        assert table.grain.startswith("One row a")
        table.schema().validate(table.empty())


def test_a_frame_is_given_exactly_the_table_s_columns_in_its_order_and_types():
    typed = PEOPLE.typed(people(surplus=9)[["surplus", "born_on", "share", "code", "name"]].set_index("surplus"))
    assert list(typed.columns) == ["name", "code", "share", "born_on"]
    assert [str(kind) for kind in typed.dtypes[:3]] == ["str", "Int16", "Float64"]
    assert typed.index.tolist() == [0, 1]


def test_a_frame_without_a_column_is_refused():
    with pytest.raises(KeyError, match="share"):
        PEOPLE.typed(people().drop(columns="share"))


@pytest.mark.parametrize(
    "columns",
    [{"code": [3, 1]}, {"share": [-0.1, 0]}, {"share": [1.1, 0]}, {"name": ["a", "a"]}, {"name": ["a", None]}],
    ids=["outside the closed list", "below the least", "above the most", "key twice", "key missing"],
)
def test_the_schema_refuses_what_the_description_excludes(columns):
    PEOPLE.schema().validate(PEOPLE.typed(people()))
    with pytest.raises((SchemaError, SchemaErrors)):
        PEOPLE.schema().validate(PEOPLE.typed(people(**columns)))
