"""Mutation tests of what pages may ask and show (P1, P6, P15, P16, P17 of the design): without a rule, something leaks.

Each case switches one rule off and finds what it keeps; with the rule the same is looked for in vain. ``P6`` besides
is asked of drawn addresses, one after the other.
"""

from collections import Counter
from pathlib import Path
from unittest.mock import patch

import build_release
import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_hostile_releases import FILES
from test_units import rows_of

from dashboard import open_release, queries
from dashboard.open_release import Release
from dashboard.permission import ROWS, WHOLE_RELEASE, Permission
from dashboard.views import page as page_of_dashboard
from dashboard.views import units
from pipelines.tables.released import TABLES

JUNK = ["' OR 1=1 --", "../secure.duckdb", "<script>", "-1", "", "MID", "\u202eBorgere", "everyone"]
KNOWN = {
    "lang": ["en", "da"],
    "group": list(build_release.GROUPS),
    "wave": list(build_release.WAVES),
    "scale": list(build_release.SCALES),
    "unit": list(build_release.ORGANISATIONS),
    "region": ["north", "south", "every"],
    "instrument": list(build_release.SCALES),
    "model": ["h1", "h2", "every"],
    "from": ["1"],
    "is_hidden": [],
}
PAGES = ["overview", "perspectives", "integration", "units", "results"]
ADDRESSES = st.lists(
    st.dictionaries(
        st.sampled_from(list(KNOWN)),
        st.sampled_from(JUNK) | st.sampled_from([value for each in KNOWN.values() for value in each]),
    ),
    min_size=1,
    max_size=3,
)
CRAFTED = [("overview", {"group": "MID"}), ("units", {"unit": "' OR 1=1 --"}), ("units", {"region": "north'; DROP"})]


def said(open_page, page: str, addresses: list[dict[str, str]]) -> list[str]:
    """Return the screens of one reader who opens addresses one after the other."""
    app, screens = None, []
    for address in addresses:
        seen = open_page(page, app, **address)
        app = seen.app
        screens.append(seen.everything)
    return screens


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(page=st.sampled_from(PAGES), addresses=ADDRESSES)
def test_an_address_says_what_it_says_without_what_is_not_in_the_release(open_page, tmp_path, page, addresses):
    """After others, a name that is not there gives the default again; only names of the release are ever asked for."""
    if not (tmp_path / "current.json").exists():
        build_release.publish(tmp_path)
    asked: list[tuple[str, str]] = []

    def written_down(self: Release, question: str, **values: str) -> pd.DataFrame:
        asked.extend(values.items())
        return ask(self, question, **values)

    ask, first = Release.ask, {name: value for name, value in addresses[0].items() if value in KNOWN[name]}
    with patch.object(Release, "ask", written_down):
        screens = said(open_page, page, addresses)
    assert screens[0] == said(open_page, page, [first])[0]
    names = {**KNOWN, "language": KNOWN["lang"]}
    assert [(name, value) for name, value in asked if value and value not in names[name]] == []


@pytest.mark.parametrize(("page", "address"), CRAFTED)
def test_without_the_rule_an_address_asks_for_what_is_not_in_the_release(open_page, tmp_path, page, address):
    build_release.publish(tmp_path)

    def whatever_the_address_says(name: str, _options: object, default: str) -> str:
        return address.get(name, default)

    plain = said(open_page, page, [{}])
    assert said(open_page, page, [address]) == plain
    with patch.object(page_of_dashboard, "chosen", whatever_the_address_says), pytest.raises(AssertionError):
        assert said(open_page, page, [address]) == plain


def test_without_the_rule_a_value_is_read_as_sql(tmp_path: Path):
    build_release.publish(tmp_path)
    release = queries.open_current(tmp_path, WHOLE_RELEASE)

    def written_into(self: Release, question: str, **values: str) -> pd.DataFrame:
        for name, value in values.items():
            question = question.replace(f"${name}", f"'{value}'")
        return ask(self, question)

    ask, crafted = Release.ask, ("collective_leadership' OR 1=1 --", "FRL", "spring")
    assert queries.distributions(release, *crafted).empty
    with patch.object(Release, "ask", written_into):
        assert len(queries.distributions(release, *crafted))


def _without(setting: str):
    return patch.object(
        open_release,
        "LOCKED_DOWN",
        {name: value for name, value in open_release.LOCKED_DOWN.items() if name != setting},
    )


def _to_write():
    connect = duckdb.connect
    return patch.object(open_release.duckdb, "connect", lambda path, *, read_only, config: connect(path, config=config))


LOCKS = {
    "no file of the machine": (_without("enable_external_access"), "FROM read_text('{folder}/answers.csv')"),
    "no other settings": (_without("lock_configuration"), "SET threads = 2"),
    "read-only": (_to_write(), "DELETE FROM out.fits"),
}


@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
@pytest.mark.parametrize("lock", LOCKS)
def test_without_a_lock_a_connection_reaches_further_than_the_release(tmp_path: Path, lock: str, is_on: bool):
    build_release.publish(tmp_path)
    (tmp_path / "answers.csv").write_text("5,4,3")
    switched_off, question = LOCKS[lock]
    question = question.format(folder=tmp_path)
    if is_on:
        connection = queries.open_current(tmp_path, WHOLE_RELEASE).connection
        with pytest.raises(duckdb.Error):
            connection.execute(question)
    else:
        with switched_off:
            connection = queries.open_current(tmp_path, WHOLE_RELEASE).connection
        connection.execute(question)
    open_release.connect.cache_clear()
    connection.close()


@pytest.mark.parametrize("case", ["no audit", "a failed audit", "under embargo inside"])
def test_without_the_rule_a_file_is_shown_that_says_it_may_not_be(tmp_path: Path, case: str):
    build_release.publish(tmp_path)
    spoil, reason = FILES[case]
    spoil(tmp_path)
    assert queries.ReleaseReader(tmp_path).shown(WHOLE_RELEASE).trouble == reason
    with patch.object(queries, "_refuse_unless_fit_to_show", lambda _: None):
        assert queries.ReleaseReader(tmp_path).shown(WHOLE_RELEASE).release is not None


def order_of_hidden(open_page) -> tuple[list[str], list[str]]:
    """Return the organisations of the map in order, and those of which nothing is shown."""
    drawn = rows_of(open_page("units", lang="en", instrument="collective_leadership", wave="autumn").charts_drawn[0])
    is_hidden = pd.DataFrame(drawn).groupby("unit", sort=False)["is_hidden"].all()
    return list(is_hidden.index), sorted(is_hidden.index[is_hidden])


def by_name(cells: pd.DataFrame) -> list[str]:
    """Instead of hidden ones last: all by name, so that an order by scores would leave gaps where they stand."""
    return sorted(set(cells["unit"]))


def test_without_the_rule_a_hidden_organisation_stands_among_the_others(open_page, tmp_path: Path):
    build_release.publish(tmp_path)
    order, hidden = order_of_hidden(open_page)
    assert len(hidden) >= 2
    assert order[-len(hidden) :] == hidden
    units._names.cache_clear()
    with patch.object(units, "_in_order", by_name):
        order, hidden = order_of_hidden(open_page)
    units._names.cache_clear()
    assert order[-len(hidden) :] != hidden


ONE_UNIT = Permission(whole_release=False, units=frozenset({"Org 01"}))
OF_UNITS = ("units", "unit_means")


def beyond_the_release(folder: Path, viewer: Permission) -> list[str]:
    """Return the tables of which a viewer is given a row that the file has not, or that is another unit's."""
    open_release._answered.cache_clear()
    release, found = queries.open_current(folder, viewer), []
    for table in TABLES:
        name = table.name.partition(".")[2]
        may_be = f"FROM {table.name}"
        if name in OF_UNITS and not viewer.whole_release:
            may_be += " WHERE level = 'all' OR (level = 'organisation' AND unit = 'Org 01')"
        seen = Counter(map(str, release.ask(f"FROM {{{name}}}").astype("object").itertuples(index=False, name=None)))
        with release.connection.cursor() as cursor:
            kept = Counter(map(str, cursor.execute(may_be).df().astype("object").itertuples(index=False, name=None)))
        found += [name] if seen - kept else []
    return found


ROUND_IT = {
    "P17 rows of others": ("unit_means", "FROM out.unit_means", ONE_UNIT),
    "P17 names of others": ("units", "FROM meta.units", ONE_UNIT),
    "P6 P17 figures that are not those of the file": (
        "scale_means",
        "SELECT * REPLACE (mean + 0.01 AS mean) FROM out.scale_means",
        WHOLE_RELEASE,
    ),
    "P6 P17 figures that are put together": (
        "unit_means",
        "SELECT * REPLACE (avg(mean) OVER (PARTITION BY scale, level) AS mean) FROM out.unit_means",
        WHOLE_RELEASE,
    ),
}


@pytest.mark.parametrize("case", ROUND_IT)
def test_without_the_rule_somebody_sees_more_than_rows_of_the_release_that_are_theirs(tmp_path: Path, case: str):
    build_release.publish(tmp_path)
    name, rows, viewer = ROUND_IT[case]
    assert [beyond_the_release(tmp_path, each) for each in (WHOLE_RELEASE, ONE_UNIT)] == [[], []]
    with patch.dict(ROWS, {name: rows}):
        assert beyond_the_release(tmp_path, viewer) == [name]
