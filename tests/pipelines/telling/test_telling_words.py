"""Messages say what, where and what to do, in both languages alike, and never a word of data."""

import datetime as dt
import json
import string
from dataclasses import fields
from typing import get_args

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.faults import DataError, FaultKind, UsageError
from pipelines.sections.telling import EventKind
from pipelines.steps.validation import BlockingFailure
from pipelines.tables import fieldwork, out, raw
from pipelines.tables.base import Table
from pipelines.tables.releases import RELEASES
from pipelines.telling import wording
from pipelines.telling.changes import events_between
from pipelines.telling.event import Event, Place, event_of
from pipelines.telling.letter import content
from pipelines.telling.letter.figures import Subject
from pipelines.telling.looking import look, report_of_run
from pipelines.telling.state import State, after_run
from tests.telling_study import telling_study

AT = "2026-03-02T03:00:00+00:00"
KINDS = (*get_args(EventKind), "test", "letter")
HOSTILE = (
    "Jens Hansen", "jens.hansen@kommune.example", "010190-1234", "+45 12 34 56 78", "<script>alert(1)</script>",
    "line\r\nBcc: all@example.org", "\u202egnitaL", "my boss bullies me", "../../etc/passwd", "{name}", "%s",
)  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return telling_study(tmp_path_factory.mktemp("words") / "small")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("wordings", [wording.WORDINGS, content.WORDINGS], ids=["messages", "letter"])
def test_languages_have_the_same_keys_and_placeholders(wordings):
    english, danish = wordings["en"], wordings["da"]
    assert list(english) == list(danish)
    assert {key: placeholders(text) for key, text in english.items()} == {
        key: placeholders(text) for key, text in danish.items()
    }


def test_every_kind_of_event_fault_and_open_question_has_words():
    english = wording.WORDINGS["en"]
    wanted = {name for kind in KINDS for name in (kind, f"{kind}_said")}
    wanted |= {f"remedy_{each}" for each in (*KINDS, *get_args(FaultKind)) if each != "failed_run"}
    assert wanted <= set(english)
    assert set(get_args(Subject)) <= set(content.WORDINGS["en"])


@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_message_says_what_where_and_what_to_do(study, kind, language):
    place = Place(
        wave="autumn", group="FRL", source="autumn_staff", file="0123456789ab", table="core.rejects", column="TW_1",
        fault="data" if kind == "failed_run" else None, n=3,
    )  # fmt: skip
    words = wording.told(study, event_of(kind, "small", AT, [place]), language)
    say = wording.WORDINGS[language]
    assert "\n" not in words.subject
    assert words.subject.startswith("small: ")
    assert "autumn (Autumn)" in words.text
    assert "0123456789ab…" in words.text
    assert say["what_to_do"] in words.text
    assert "STUDY" in words.text or kind in ("recovered", "test", "letter", "late_export", "changed_question")
    assert say["synthetic"] in words.text


def test_rates_and_reliabilities_are_written_as_the_language_does(study):
    rate = Place(wave="spring", group="FRL", measure="response_rate", was=0.385, now=0.31, against="autumn")
    alpha = Place(scale="trust", measure="alpha", was=0.85, now=0.7)
    texts = [
        wording.told(study, event_of("drifting_reliability", "small", AT, [rate, alpha]), each).text
        for each in ("en", "da")
    ]
    assert "answered 31%; 38% in wave autumn on the same day in the field" in texts[0]
    assert "alpha 0.70; 0.85 at the last run" in texts[0]
    assert "har svaret: 31\N{NO-BREAK SPACE}%; 38\N{NO-BREAK SPACE}% i runden autumn" in texts[1]
    assert "alfa 0,70; 0,85 ved sidste kørsel" in texts[1]


hostile = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(categories=("L", "N", "P")), min_size=8, max_size=30)
)


class Tables:
    """A warehouse in which some tables have rows."""

    def __init__(self, *rows: tuple[Table, dict[str, object]]) -> None:
        self.rows: dict[str, list[dict[str, object]]] = {}
        for table, row in rows:
            self.rows.setdefault(table.name, []).append(row)

    def read(self, table: Table) -> pd.DataFrame:
        return table.typed(pd.DataFrame(self.rows[table.name])) if table.name in self.rows else table.empty()


@given(text=hostile)
def test_no_text_of_data_ever_stands_in_what_is_known_of_a_study(study, text):
    """File names, headers, rules and keys of the tables hold what people wrote: none gets past the look at them."""
    failure = {
        "wave": "spring", "table_name": text, "column_name": text, "rule": text, "file_sha256": text,
        "row_number": 2, "response_id": text,
    }  # fmt: skip
    check = {"check_name": text, "wave": "spring", "passed": False, "n_failures": 1, "checked_at": pd.Timestamp(AT)}
    file = {"file_sha256": text, "source": text, "file_name": text}
    alpha = {
        "scale": text, "respondent_group": text, "wave": text, "exclusions": "", "coefficient": "alpha",
        "estimate": 0.5, "conf_low": 0.4, "conf_high": 0.6, "n_obs": 99, "n_items": 3, "reason": text,
    }  # fmt: skip
    tables = Tables((raw.CHECKS, check), (raw.FAILURES, failure), (raw.KEPT_FILES, file), (out.RELIABILITY, alpha))
    state = look(study, tables, None, pd.Timestamp(AT).to_pydatetime())
    (event,) = events_between("small", State(AT), state, study.spec.tell.limits, ["autumn", "spring"])
    assert event.kind == "blocked_validation"
    assert state.reliabilities == ()
    refuse(study, event, text)


@given(text=hostile, kind=st.sampled_from([DataError, UsageError, OSError, KeyError, ValueError]))
def test_no_words_of_an_error_ever_stand_in_a_message(study, text, kind):
    report = report_of_run(study, [("core/scores", text, kind(text))], [])
    failing = after_run(State(AT), report)
    (event,) = events_between("small", State(AT), failing, study.spec.tell.limits, ["autumn", "spring"])
    refuse(study, event, text)


def test_rates_are_read_by_day_until_the_last_day_that_is_over(study):
    day = {"respondent_group": "FRL", "n_started": 5, "n_complete": 4, "n_partial": 0, "n_break_off": 1}
    so_far = {"n_started_so_far": 9, "n_complete_so_far": 9}
    rates = dict.fromkeys(out.RESPONSE_RATES.columns, 0) | {
        "wave": "spring", "respondent_group": "FRL", "n_invited": 100, "eligible_share_by": "all",
    }  # fmt: skip
    days = [
        {**day, **so_far, "wave": "spring", "day": dt.date(2026, 2, 27 + n), "share_of_invited_so_far": share}
        for n, share in enumerate((0.1, 0.25))
    ]
    today = {**days[0], "day": dt.date(2026, 3, 2), "share_of_invited_so_far": 0.5}
    tables = Tables((out.RESPONSE_RATES, rates), *((fieldwork.FIELDWORK_BY_DAY, each) for each in (today, *days)))
    (rate,) = look(study, tables, None, pd.Timestamp(AT).to_pydatetime()).rates
    assert (rate.first_day, rate.shares, rate.n_invited) == ("2026-02-27", (0.1, 0.25), 100)


def refuse(study, event: Event, text: str) -> None:
    """Fail when a text stands in a message, however it goes out; digits and signs alone are in many."""
    for language in ("en", "da"):
        words = wording.told(study, event, language)
        document = json.dumps(wording.document(study, event, language, event.key), ensure_ascii=False)
        assert text not in words.subject + words.text + document


def test_a_blocked_validation_is_no_failed_run(study):
    failure = BlockingFailure("spring", raw.FAILURES.empty())
    assert report_of_run(study, [("core/responses", "spring", failure)], []).failed == ()


def test_places_have_no_field_for_free_text():
    """Whoever adds a field has to say here how it is kept free of data."""
    from_specifications = {"wave", "group", "source", "column", "scale", "step", "against"}
    of_the_software = {"table", "rule", "fault", "measure", "what"}
    figures_days_and_hashes = {"file", "was", "now", "n", "since"}
    assert {each.name for each in fields(Place)} == from_specifications | of_the_software | figures_days_and_hashes


def test_releases_are_known_by_number_alone(study):
    row = {
        "release": 4, "file": "r.duckdb", "sha256": "x", "published_at": pd.Timestamp(AT),
        "signed_off_by": "Jens Hansen",
        "policy_json": "{}", "policy_sha256": "x", "rows_hash": "x", "sizes_json": "{}", "schema_version": 5,
        "embargo_until": "", "supersedes": 0, "hidden_json": "", "software_version": "",
    }  # fmt: skip
    state = look(study, Tables((RELEASES, row)), None, pd.Timestamp(AT).to_pydatetime())
    assert state.releases == (4,)
    assert "Hansen" not in str(state)
