"""The weekly letter: right counts against the week before, no small numbers of people, once a week by mail."""

import dataclasses
import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.board_report.value import Figure
from pipelines.board_report.words import wording_of
from pipelines.commands import letters
from pipelines.load import load_study
from pipelines.report_tables.numerals import NO_BREAK
from pipelines.steps.release_texts import release_texts
from pipelines.store import Store
from pipelines.telling.delivery import deliver
from pipelines.telling.letter.content import report_of, write_letter
from pipelines.telling.letter.figures import Count, OpenQuestion, Progress, Quality, Rejected, progress, quality, told
from pipelines.telling.letter.gathering import Letter, gather, waves_in_field
from pipelines.telling.letter.sending import last_due, put_letter
from pipelines.telling.outbox import Outbox
from tests.command_line import done, sensemaking
from tests.taking_messages import mail_server
from tests.telling_study import telling_study

MONDAY = dt.date(2026, 3, 9)
FIELD = "{title: {en: Spring}, starts_on: 2026-03-01, ends_on: 2026-03-20}"
LETTER = Letter(
    MONDAY,
    ("spring",),
    (Progress("spring", "FRL", Count(200), Count(60), Count(30), 0.3, 0.15, 0.5),),
    (Quality("spring", "FRL", Count(50), Count(None), Count(0), 0.042),),
    (Rejected("spring", "not_a_number", 3),),
    (OpenQuestion("stray_files", Count(2)), OpenQuestion("unknown_columns", Count(1), ("spring_staff",))),
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    study = telling_study(tmp_path_factory.mktemp("letter") / "small")
    path = study.folder / "study.yaml"
    path.write_text(path.read_text().replace("{title: {en: Spring}}", FIELD))
    return load_study(study.folder)


def days(n_complete, n_partial, first=dt.date(2026, 3, 1), group="FRL"):
    pairs = list(zip(n_complete, n_partial, strict=True))
    return pd.DataFrame(
        {
            "wave": "spring",
            "respondent_group": group,
            "day": [first + dt.timedelta(days=n) for n in range(len(pairs))],
            "n_complete": [complete for complete, _ in pairs],
            "n_partial": [partial for _, partial in pairs],
        }
    )


def test_answers_are_counted_until_the_day_before_and_a_week_earlier():
    n = [20, 10, 5, 5, 5, 5, 5, 5, 99]
    (row,) = progress(days(n, [1] * 9), {("spring", "FRL"): 200}, {"FRL": 0.5}, MONDAY, 10)
    assert (row.answered, row.week_before) == (Count(68), Count(21))
    assert (row.share, row.share_week_before, row.goal) == (68 / 200, 21 / 200, 0.5)


def test_a_group_that_nobody_of_has_answered_is_there():
    (row,) = progress(days([], []), {("spring", "FRL"): 200}, {}, MONDAY, 10)
    assert (row.answered, row.share) == (Count(0), 0)


def test_without_a_list_of_invited_there_are_counts_and_no_shares():
    (row,) = progress(days([30], [0]), {}, {}, MONDAY, 10)
    assert (row.invited, row.answered, row.share) == (None, Count(30), None)


@given(
    n=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=15),
    invited=st.one_of(st.none(), st.integers(1, 400)),
    least=st.integers(5, 20),
)
def test_no_number_of_few_people_is_ever_told_and_no_share_of_them(n, invited, least):
    listed = {} if invited is None else {("spring", "FRL"): invited}
    (row,) = progress(days(*zip(*n, strict=True)), listed, {}, MONDAY, least)
    counts = [each.value for each in (row.answered, row.week_before, row.invited) if each is not None]
    assert all(value is None or value == 0 or value >= least for value in counts)
    for share, count in ((row.share, row.answered), (row.share_week_before, row.week_before)):
        assert share is None or (count.value is not None and row.invited is not None and row.invited.value is not None)


def test_quality_tells_flags_and_break_offs_by_group():
    responses = pd.DataFrame(
        {
            "response_id": [f"r{n}" for n in range(40)],
            "wave": "spring",
            "respondent_group": "FRL",
            "is_analysed": [n < 30 for n in range(40)],
            "disposition": ["complete"] * 30 + ["break_off"] * 10,
        }
    )
    flags = pd.DataFrame({"response_id": [f"r{n}" for n in range(20)] * 2, "is_flagged": [True] * 12 + [None] * 28})
    items = pd.DataFrame(
        {
            "wave": "spring",
            "respondent_group": "FRL",
            "exclusions": ["", "", "strict"],
            "share_missing": [0.1, 0.3, 0.9],
        }
    )
    (row,) = quality(responses, flags, items, ["spring"], 10)
    assert (row.analysed, row.flagged, row.broken_off, row.share_missing) == (Count(30), Count(12), Count(10), 0.2)


def test_few_are_not_told_and_nought_is():
    assert [told(n, 10) for n in (0, 1, 9, 10)] == [Count(0), Count(None), Count(None), Count(10)]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ("Spring, Frontline staff: 30% of the invited have answered, 15% a week before; the goal is 50%.",
                "under 10", "Files in exports/ that belong to no source: 2.", "(sources spring_staff)")),
        ("da", ("Spring, Frontline staff: 30 % af de inviterede har svaret, 15 % en uge før; målet er 50 %.",
                "under 10", "Filer i exports/, der ikke hører til nogen kilde: 2.", "(kilder spring_staff)")),
    ],
)  # fmt: skip
def test_the_letter_says_the_same_as_pdf_and_as_text(study, language, sentences):
    written = write_letter(study, LETTER, language)
    assert written == write_letter(study, LETTER, language), "the same figures give the same bytes"
    for sentence in sentences:
        assert sentence in written.text.replace(NO_BREAK, " ")
    assert written.pdf.startswith(b"%PDF-")
    assert b"pdfuaid" in written.pdf


@pytest.mark.parametrize(
    ("quality_of", "said"),
    [((), "Nobody has answered yet."), (LETTER.quality, "When people answered is not known")],
    ids=["nobody", "undated"],
)
def test_answers_without_a_day_are_not_taken_for_none(study, quality_of, said):
    letter = dataclasses.replace(LETTER, progress=(), quality=quality_of)
    assert said in " ".join(write_letter(study, letter, "en").text.split())


@pytest.mark.slow
def test_a_letter_of_answers_without_a_day_is_about_the_wave_that_has_them(tmp_path):
    study = telling_study(tmp_path / "small")
    done(sensemaking("run", study.folder))
    letter = gather(study, Store(study.warehouse), dt.datetime(2199, 3, 9, 7, tzinfo=dt.UTC), dt.date(2199, 3, 9))
    assert letter.waves == ("spring",)
    assert letter.progress == ()
    assert [each.analysed for each in letter.quality] == [Count(40)]


def test_every_figure_of_the_letter_is_one_that_may_be_told(study):
    report = report_of(study, LETTER, wording_of("en", release_texts(study, ())))
    assert sorted(figure.value for figure in report.figures()) == sorted([200, 60, 30, 0.3, 0.15, 0.5, 50, 0, 0.042, 3])
    assert all(isinstance(each, Figure) for each in report.figures())


class TestWhenItIsDue:
    @pytest.mark.parametrize(
        ("moment", "due"),
        [
            ("2026-03-09T06:59:00+00:00", "2026-03-02T07:00:00+00:00"),
            ("2026-03-09T07:00:00+00:00", "2026-03-09T07:00:00+00:00"),
            ("2026-03-15T23:00:00+00:00", "2026-03-09T07:00:00+00:00"),
        ],
    )
    def test_it_is_due_once_a_week(self, study, moment, due):
        assert last_due(study, dt.datetime.fromisoformat(moment)).isoformat() == due

    def test_a_letter_is_about_waves_in_the_field_within_the_week(self, study):
        in_field = {day: waves_in_field(study, dt.date(2026, 3, day)) for day in (1, 2, 27, 28)}
        assert in_field == {1: [], 2: ["spring"], 27: ["spring"], 28: []}


def test_it_goes_out_once_a_week_to_those_who_want_it(tmp_path):
    with mail_server() as mails:
        study = telling_study(tmp_path / "small", mails.port)
        path = study.folder / "study.yaml"
        path.write_text(path.read_text().replace("{title: {en: Spring}}", FIELD))
        study = load_study(study.folder)
        monday = dt.datetime(2026, 3, 9, 7, tzinfo=dt.UTC)
        new = [put_letter(study, monday + dt.timedelta(days=n)) for n in range(8)]
        assert new == [1, 0, 0, 0, 0, 0, 0, 1]
        assert put_letter(study, monday + dt.timedelta(days=60)) == 0, "no wave is in the field"
        deliver(study, monday)
        subjects = [each["Subject"] for each in mails.taken]
        assert subjects == ["small: fieldwork in week 2026-W11", "small: fieldwork in week 2026-W12"]
        text, pdf = mails.taken[0].iter_parts()
        assert "Nobody has answered yet." in text.get_content()
        assert (pdf.get_content_type(), pdf.get_filename()) == ("application/pdf", "small-2026-W11-en.pdf")
        assert pdf.get_content().startswith(b"%PDF-")
        assert len(Outbox(study.warehouse).messages()) == 2


@pytest.mark.slow
def test_the_letter_of_a_finished_study_tells_everybody_and_no_organisation(study, tmp_path):
    done(sensemaking("run", study.folder))
    letter = gather(study, Store(study.warehouse), dt.datetime(2026, 3, 9, 7, tzinfo=dt.UTC), MONDAY)
    assert letter.waves == ("spring",)
    assert [(row.group, row.analysed) for row in letter.quality] == [("FRL", Count(40))]
    assert {each.subject for each in letter.open} <= {"unknown_columns"}
    text = write_letter(study, letter, "en").text
    assert "org" not in text.replace("organisation", "")
    before = gather(study, Store(study.warehouse), dt.datetime(2020, 3, 9, 7, tzinfo=dt.UTC), dt.date(2020, 3, 9))
    assert (before.waves, before.progress, before.quality) == ((), (), ())
    assert "Nobody has answered yet." in write_letter(study, before, "en").text
    document = letters.letter_document(study, tmp_path / "letter.pdf", "da", is_sent=False, replace=False)
    assert (tmp_path / "letter.pdf").read_bytes().startswith(b"%PDF-")
    assert document == {"file": str(tmp_path / "letter.pdf")}


def test_a_letter_without_a_way_or_a_reader_says_what_to_write(study):
    assert sensemaking("letter", study.folder).code == 2
    ended = sensemaking("letter", study.folder, "--out", study.folder / "l.pdf", "--language", "sv")
    assert "expected en or da" in ended.stderr
