"""What is hidden, has nobody, or is not the reader's looks and costs alike (P15 of the design): text, log lines, work.

Work is counted, not timed: the questions asked of the release file and the rows that came back.
"""

import logging
from dataclasses import dataclass
from unittest.mock import patch

import build_release
import pytest
from test_pages_without_a_rule import ONE_UNIT, order_of_hidden

from dashboard import open_release, sign_in
from dashboard.permission import WHOLE_RELEASE, Permission
from dashboard.views import opening, units

WHERE = {"lang": "en", "instrument": "collective_leadership", "wave": "autumn"}
SHOWN = "Org 01"


@dataclass
class Run:
    """One page run from nothing.

    Attributes:
        text: What the reader meets.
        log: What was logged, at any level, and printed.
        work: Questions asked of the file, with the rows that came back.
    """

    text: str
    log: list[str]
    work: list[tuple[str, tuple[tuple[str, str], ...], int]]


@pytest.fixture
def run(open_page, tmp_path, caplog, capfd):
    """Open the page of organisations, nothing remembered, as somebody who asks for one of them."""
    build_release.publish(tmp_path)
    open_page("units", **WHERE)  # a file is checked once, by whoever comes first

    def run_it(viewer: Permission = WHOLE_RELEASE, **address: str) -> Run:
        work = []

        def answered(release, permitted, values):
            rows = ask(release, permitted, values)
            work.append((permitted, values, len(rows)))
            return rows

        ask = open_release._answered.__wrapped__
        for kept in (open_release._answered, units._means, units._cells, units._names, opening.open_page):
            kept.cache_clear()
        caplog.clear()
        capfd.readouterr()
        seen_by = patch.object(sign_in, "viewer", lambda: sign_in.Viewer(viewer, has_signed_in=False))
        with caplog.at_level(logging.INFO), patch.object(open_release, "_answered", answered), seen_by:
            seen = open_page("units", **WHERE, **address)
        printed = capfd.readouterr()
        log = [each.getMessage() for each in caplog.records]
        return Run(seen.everything, [*log, *printed.out.splitlines(), *printed.err.splitlines()], work)

    return run_it


def hidden_units(open_page) -> list[str]:
    return order_of_hidden(open_page)[1]


def alike(runs: list[Run]) -> list[tuple[bool, bool, bool]]:
    """Tell of every run but the first whether text, log lines and work are those of the first."""
    first, *others = runs
    return [(each.text == first.text, each.log == first.log, each.work == first.work) for each in others]


def test_organisations_hidden_for_whatever_reason_give_the_same_page_by_the_same_work(run, open_page):
    runs = [run(unit=unit) for unit in hidden_units(open_page)]
    assert len(runs) >= 2
    assert runs[0].work
    assert set(alike(runs)) == {(True, True, True)}


OTHERS = ["Org 02", "Org 99", build_release.ORGANISATIONS[0], "' OR 1=1 --"]


def test_an_organisation_of_others_is_answered_like_one_that_does_not_exist(run):
    assert set(alike([run(ONE_UNIT), *(run(ONE_UNIT, unit=asked) for asked in OTHERS)])) == {(True, True, True)}


@pytest.mark.parametrize("asked", ["Org 01", "Org 99"])
def test_no_log_line_names_what_was_asked_for(run, asked):
    assert not [line for line in run(unit=asked).log if asked in line]


def said_aloud(page, group, wave, instrument, unit):
    logging.getLogger("dashboard").warning("nothing of %s", unit)


def asked_again(page, group, wave, instrument, unit):
    page.release.ask("FROM {unit_means} SELECT n_obs WHERE unit = $unit", unit=unit)


@pytest.mark.parametrize(
    ("telling", "differs"), [(said_aloud, (True, False, True)), (asked_again, (True, True, False))]
)
def test_without_the_rule_hidden_organisations_differ_in_log_lines_or_work(run, open_page, telling, differs):
    hidden = hidden_units(open_page)[:2]
    with patch.object(units, "_show_card", telling):
        assert alike([run(unit=unit) for unit in hidden]) == [differs]
