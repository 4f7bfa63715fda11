"""What a letter tells → sections of sentences and tables in a language, as the reports have them; and plain text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.board_report.pdf import pdf_of
from pipelines.board_report.value import Cell, Figure, Kind, Report, Section, Table
from pipelines.board_report.words import MISSING, Wording, wording_of
from pipelines.load import Study
from pipelines.steps.release_texts import release_texts
from pipelines.telling.letter.danish import DANISH
from pipelines.telling.letter.english import ENGLISH
from pipelines.telling.letter.figures import Count, Progress
from pipelines.telling.letter.gathering import Letter
from pipelines.telling.wording import in_language

WORDINGS: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "da": DANISH}
GAP = 2


@dataclass(frozen=True)
class Written:
    """A letter in a language.

    Attributes:
        pdf: As PDF, after PDF/UA-1.
        text: As plain text.
    """

    pdf: bytes
    text: str


@dataclass(frozen=True)
class _Writer:
    study: Study
    letter: Letter
    wording: Wording

    def say(self, key: str, **values: object) -> str:
        return WORDINGS[self.wording.language][key].format(**values)

    def wave(self, name: str) -> str:
        return in_language(self.study.spec.waves[name].title, self.wording.language) or name

    def group(self, name: str) -> str:
        return in_language(self.study.spec.respondent_groups[name], self.wording.language) or name

    def count(self, count: Count | None) -> Cell:
        if count is None:
            return MISSING
        fewer = self.say("fewer", n=self.study.spec.release.least_cell_size)
        return fewer if count.value is None else Figure(count.value, "count")

    def share(self, value: float | None, kind: Kind = "share") -> Cell:
        return MISSING if value is None else Figure(value, kind)

    def written(self, cell: Cell) -> str:
        return self.wording.figure(cell)

    def heads(self, *keys: str) -> tuple[str, ...]:
        return tuple(self.say(key) for key in keys)


def write_letter(study: Study, letter: Letter, language: str) -> Written:
    """Write a letter; the same bytes for the same figures.

    Args:
        study: The study.
        letter: What it tells.
        language: ``en`` or ``da``.
    """
    wording = wording_of(language, release_texts(study, ()))
    report = report_of(study, letter, wording)
    return Written(pdf_of(report, wording), text_of(report, wording))


def report_of(study: Study, letter: Letter, wording: Wording) -> Report:
    """Put the sections of a letter together."""
    writer = _Writer(study, letter, wording)
    title = in_language(study.spec.title, wording.language) or study.name
    return Report(
        title=writer.say("title", date=wording.day(letter.day.isoformat())),
        subtitle=title,
        language=wording.language,
        published_on=letter.day.isoformat(),
        warning=wording.say("synthetic") if study.spec.is_synthetic else "",
        sections=(_in_short(writer), _who(writer), _quality(writer), _open(writer)),
        has_contents=False,
    )


def _in_short(writer: _Writer) -> Section:
    letter = writer.letter
    findings = [_found(writer, row) for row in letter.progress]
    findings = findings or [writer.say("undated" if letter.quality else "nothing")]
    n_open = len(letter.open)
    findings.append(writer.say("short_open", n=n_open) if n_open else writer.say("short_nothing_open"))
    return Section("in_short", writer.say("in_short"), findings=tuple(findings))


def _found(writer: _Writer, row: Progress) -> str:
    of = {"wave": writer.wave(row.wave), "group": writer.group(row.group)}
    share, before = (writer.written(writer.share(each)) for each in (row.share, row.share_week_before))
    if row.share is None or row.share_week_before is None:
        n, before = (writer.written(writer.count(each)) for each in (row.answered, row.week_before))
        return writer.say("short_count", n=n, before=before, **of)
    if row.goal is None:
        return writer.say("short_share", share=share, before=before, **of)
    key = "short_goal_reached" if row.share >= row.goal else "short_goal_missed"
    return writer.say(key, share=share, before=before, goal=writer.written(writer.share(row.goal)), **of)


def _who(writer: _Writer) -> Section:
    rows = [
        (
            row.wave,
            (
                writer.group(row.group),
                writer.count(row.invited),
                writer.count(row.answered),
                writer.count(row.week_before),
                *(writer.share(each) for each in (row.share, row.share_week_before, row.goal)),
            ),
        )
        for row in writer.letter.progress
    ]
    heads = writer.heads("group", "invited", "answered", "week_before", "share", "share_week_before", "goal")
    notes = (writer.say("few_note", n=writer.study.spec.release.least_cell_size),)
    table = Table(writer.say("who_caption"), heads, _under_waves(writer, rows), notes=notes)
    return Section("who", writer.say("who"), (writer.say("who_reading"),), tables=(table,) if rows else ())


def _quality(writer: _Writer) -> Section:
    rows = [
        (
            row.wave,
            (
                writer.group(row.group),
                *(writer.count(each) for each in (row.analysed, row.flagged, row.broken_off)),
                writer.share(row.share_missing),
            ),
        )
        for row in writer.letter.quality
    ]
    heads = writer.heads("group", "analysed", "flagged", "broken_off", "share_missing")
    tables = [Table(writer.say("quality_caption"), heads, _under_waves(writer, rows))] if rows else []
    rejected = [(row.wave, (row.rule.replace("_", " "), Figure(row.n, "count"))) for row in writer.letter.rejected]
    if rejected:
        heads, notes = writer.heads("rule", "n_rejected"), (writer.say("rejected_reading"),)
        tables.append(Table(writer.say("rejected_caption"), heads, _under_waves(writer, rejected), notes=notes))
    return Section("quality", writer.say("quality"), (writer.say("quality_reading"),), tables=tuple(tables))


def _under_waves(writer: _Writer, rows: Sequence[tuple[str, tuple[Cell, ...]]]) -> tuple[tuple[Cell, ...], ...]:
    """Put the title of every wave over its rows."""
    waves = dict.fromkeys(wave for wave, _ in rows)
    return tuple(
        each for wave in waves for each in ((writer.wave(wave),), *(row for of_wave, row in rows if of_wave == wave))
    )


def _open(writer: _Writer) -> Section:
    findings = tuple(
        writer.say(each.subject, n=writer.written(writer.count(each.n)), names=", ".join(each.names))
        for each in writer.letter.open
    )
    lines = () if findings else (writer.say("nothing_open"),)
    return Section("open", writer.say("open"), lines, findings)


def text_of(report: Report, wording: Wording) -> str:
    """Write a letter as plain text, its tables in columns of equal width."""
    lines = [report.title, report.subtitle, *(["", report.warning] if report.warning else [])]
    for section in report.sections:
        lines += ["", section.title, "-" * len(section.title), *section.lines]
        lines += [f"- {each}" for each in section.findings]
        for table in section.tables:
            lines += ["", table.caption, *_columns(table, wording), *table.notes]
    return "\n".join([*lines, "", WORDINGS[wording.language]["no_data"]]) + "\n"


def _columns(table: Table, wording: Wording) -> Iterator[str]:
    rows = [table.heads, *(tuple(wording.figure(cell) for cell in row) for row in table.rows)]
    widths = [max(map(len, column)) for column in zip(*(row for row in rows if len(row) > 1), strict=True)]
    for row in rows:
        if len(row) == 1:
            yield row[0]
            continue
        cells = [
            cell.rjust(width) if place >= table.n_labels else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield (" " * GAP).join(cells).rstrip()
