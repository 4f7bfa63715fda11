"""Every viewer sees rows of the release and nothing else, so viewers who pool what they see know no more than it."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import build_release
import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import queries
from dashboard.open_release import NotPermittedError, Release
from dashboard.permission import ROWS, WHOLE_RELEASE, Permission
from pipelines.tables.released import TABLES

NUMBERS = count()
NAMES = st.sampled_from(["Org 01", "Org 02", "north", "", "all", "Ålborg", "' OR 1=1 --"])
LEVELS = st.sampled_from(["all", "region", "organisation"])
UNITS = st.dictionaries(st.tuples(LEVELS, NAMES), st.floats(1, 5).map(lambda mean: round(mean, 2)), max_size=8)
READERS = st.lists(st.frozensets(NAMES, max_size=3), min_size=1, max_size=4)
QUESTIONS: dict[str, Callable[[Release], pd.DataFrame]] = {
    "response_rates": queries.response_rates,
    "scales": queries.scales,
    "scale_means": queries.scale_means,
    "units": queries.units,
    "unit_groups": queries.unit_groups,
    "unit_means": lambda release: queries.unit_means(release, "FRL", "spring"),
    "comparisons": queries.comparisons,
    "conditions": queries.conditions,
    "distributions": lambda release: queries.distributions(release, "collective_leadership", "FRL", "spring"),
    "fits": queries.fits,
    "estimates": queries.estimates,
    "texts": lambda release: pd.DataFrame([(*key, text) for key, text in queries.texts(release, "da").items()]),
    "manifest": lambda release: pd.DataFrame(list(queries.manifest(release).items())),
}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    tables = build_release.release_tables()
    with duckdb.connect() as found:
        found.execute("CREATE SCHEMA meta; CREATE SCHEMA out")
        for table in TABLES:
            build_release._write_table(found, table, tables.get(table.name, table.empty()))
        found.execute("INSERT INTO meta.texts VALUES ('region_title', 'north', 'da', 'Nord')")
        yield found


def opened(connection: duckdb.DuckDBPyConnection, permission: Permission) -> Release:
    """Open what the tables hold now as a release of its own: a published one never changes."""
    return Release(
        Path(),
        "r000001",
        f"{next(NUMBERS):064x}",
        1,
        "2026-11-22T10:00:00+00:00",
        queries.SUPPORTED_SCHEMA_VERSION,
        connection,
        permission,
    )


def of_units(*units: str) -> Permission:
    return Permission(whole_release=False, units=frozenset(units))


def rows_of(frame: pd.DataFrame) -> Counter:
    return Counter(tuple(map(str, row)) for row in frame.itertuples(index=False))


def test_every_table_of_a_release_has_rows_for_somebody_and_every_question_is_tried():
    assert set(ROWS) == {table.name.partition(".")[2] for table in TABLES}
    asked = {name for name, each in vars(queries).items() if getattr(each, "__module__", "") == queries.__name__}
    about_files = {"Shown", "ReleaseReader", "reader_of", "open_current", "_refuse_unless_fit_to_show", "_properties"}
    assert asked - about_files == {*QUESTIONS, "hidden_counts"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(units=UNITS, readers=READERS)
def test_what_all_roles_see_together_is_within_the_release(connection, units, readers):
    """P17: executives and readers of units who collude know what one executive knows, which passed the audit."""
    known = pd.DataFrame([(*key, "") for key in units], columns=["level", "unit", "region"])  # noqa: F841 - read by SQL
    means = build_release._unit_means(1).head(1).drop(columns=["level", "unit", "mean"])  # noqa: F841 - read by SQL
    cells = pd.DataFrame([(*key, mean) for key, mean in units.items()], columns=["level", "unit", "mean"])  # noqa: F841
    connection.execute("DELETE FROM meta.units; INSERT INTO meta.units BY NAME SELECT * FROM known")
    connection.execute("DELETE FROM out.unit_means")
    connection.execute(
        "INSERT INTO out.unit_means BY NAME SELECT * REPLACE ('FRL' AS respondent_group, 'spring' AS wave) "
        "FROM means CROSS JOIN cells"
    )
    whole = {name: rows_of(ask(opened(connection, WHOLE_RELEASE))) for name, ask in QUESTIONS.items()}
    for own in readers:
        seen = {name: ask(opened(connection, of_units(*own))) for name, ask in QUESTIONS.items()}
        assert [name for name, rows in seen.items() if rows_of(rows) - whole[name]] == []
        expected = {
            (level, unit) for level, unit in units if level == "all" or (level == "organisation" and unit in own)
        }
        assert set(zip(seen["unit_means"]["level"], seen["unit_means"]["unit"], strict=True)) == expected
        assert set(zip(seen["units"]["level"], seen["units"]["unit"], strict=True)) == expected


def test_readers_of_units_see_all_that_is_about_everybody_and_no_region(connection):
    whole, own = opened(connection, WHOLE_RELEASE), opened(connection, of_units("Org 01"))
    different = {name for name, ask in QUESTIONS.items() if rows_of(ask(whole)) != rows_of(ask(own))}
    assert different <= {"units", "unit_groups", "unit_means", "texts"}
    assert ("region_title", "north") in queries.texts(whole, "da")
    assert ("region_title", "north") not in queries.texts(own, "da")


def test_withheld_figures_are_counted_among_those_that_a_viewer_sees(connection):
    own = opened(connection, of_units("Org 01"))
    counts = queries.hidden_counts(own).set_index("kind")
    seen = own.ask("FROM {unit_means}")
    assert counts.loc["unit_means", "figures"] == len(seen)
    assert counts.loc["unit_means", "withheld"] == seen["is_hidden"].sum()
    connection.execute("DELETE FROM out.unit_means")
    emptied = opened(connection, of_units("Org 01"))
    assert queries.hidden_counts(emptied).set_index("kind").loc["unit_means", "withheld"] == 0


@pytest.mark.parametrize("permission", [None, True, "executive"])
def test_a_question_without_a_permission_is_no_question(connection, permission):
    with pytest.raises(AttributeError):
        queries.response_rates(opened(connection, permission))


@pytest.mark.parametrize(
    "question",
    [
        "FROM out.unit_means",
        'FROM "out".unit_means',
        "FROM OUT . unit_means",
        "SELECT * FROM {fits} WHERE 1 < (SELECT count(*) FROM out.unit_means)",
        "FROM query_table('out.unit_means')",
        "FROM meta.units",
        "FROM {answers}",
    ],
)
def test_a_question_that_goes_round_the_permission_is_refused(connection, question: str):
    with pytest.raises(NotPermittedError):
        opened(connection, WHOLE_RELEASE).ask(question)


def test_pages_that_nobody_thought_of_are_for_those_who_see_the_whole_release():
    assert not of_units("Org 01").may_open("take_away")
    assert of_units("Org 01").may_open("units")
    assert WHOLE_RELEASE.may_open("take_away")
