"""LimeSurvey exports → reading plan: CSV with headings of any style, VV files, responses in LimeSurvey's own XML.

Headers are taken apart in ``limesurvey_headings``, found in the survey's structure in ``limesurvey_lookup``; what cells
of a column mean is in ``limesurvey_cells``. Put here how these come together.
"""

from collections.abc import Sequence

from instruments.counted import counted
from pipelines.readers.bind import bind_plan
from pipelines.readers.headers import listed, unique_names
from pipelines.readers.limesurvey.cells import Form, planned_column, reads_conversions
from pipelines.readers.limesurvey.headings import Heading, Headings, is_limesurvey, read_headings
from pipelines.readers.limesurvey.lookup import Lookup, look_up
from pipelines.readers.plan import Head, KeyName, PlannedColumn, ReadingError, ReadingPlan, Request, Unreached
from pipelines.readers.structure import Structure

_KEYS_OF: dict[str, tuple[KeyName, ...]] = {
    "id": ("response_id",),
    "submitdate": ("ended_at", "is_finished"),
    "startlanguage": ("language",),
    "startdate": ("started_at",),
    "datestamp": ("recorded_at",),
    "lastpage": ("last_page",),
    "interviewtime": ("response_seconds",),
}
_VV_ESCAPES = {"{newline}": "\n", "{cr}": "\r", "{tab}": "\t", "{quote}": '"', "{lbrace}": "{"}
_MASKED_EQUATION = {"'=": "="}
_NO_SUBMISSION_DATE = "the export has no submission date, so it does not say who reached the end"
_CONVERTED = (
    "cells of multiple choices hold numbers: 1 is read as ticked, 2 and 0 as not ticked, which is what LimeSurvey "
    "proposes when it converts Y and N; export the codes Y and N when other numbers were chosen"
)
_LEAST_SHARE_FOUND = 0.5
_STATISTICS_FILES = ("spss", "stata")


class LimeSurveyReader:
    """Reader of LimeSurvey exports."""

    platform = "limesurvey"

    def recognises(self, head: Head) -> bool:
        """Say whether LimeSurvey's own columns, or headers made of codes with sub-question codes, are there.

        What LimeSurvey writes for statistical packages is left to their readers, as its labels are in the file.
        """
        return head.container not in _STATISTICS_FILES and bool(head.rows) and is_limesurvey(head)

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan.

        Raises:
            ReadingError: When the header rows contradict the study, or required items have no column.
        """
        headings = read_headings(head)
        _check_header_rows(head, headings, request)
        structure = request.structure or head.structure
        known = structure if structure is not None and structure.platform == self.platform else None
        found = look_up(headings.each, known.columns if known else ())
        form = Form(head, headings, found, known)
        columns = _columns(form)
        keys = _keys(headings.each, columns)
        plan = ReadingPlan(
            platform=self.platform,
            layout=headings.layout,
            encoding=head.encoding,
            delimiter=head.delimiter,
            decimal=request.source.decimal if request.source else ".",
            time_zone="",
            header_rows=headings.n_rows,
            columns=columns,
            keys=keys,
            unreached=_unreached(head, headings, columns, keys, known),
            escapes=_VV_ESCAPES if headings.layout == "vv" else {},
            leading_escapes={} if headings.layout in ("vv", "xml") else _MASKED_EQUATION,
            warnings=_warnings(form, columns, keys),
        )
        return bind_plan(plan, head, request)


def _check_header_rows(head: Head, headings: Headings, request: Request) -> None:
    if request.source and request.source.header_rows not in (None, headings.n_rows):
        what = "a VV file has two header rows" if headings.n_rows > 1 else "a LimeSurvey export has one header row"
        raise ReadingError(head.file_name, f"{what}; leave header_rows out")


def _columns(form: Form) -> tuple[PlannedColumn, ...]:
    names = unique_names([heading.name for heading in form.headings.each])
    return tuple(planned_column(form, position, name) for position, name in enumerate(names, start=1))


def _keys(headings: Sequence[Heading], columns: Sequence[PlannedColumn]) -> dict[KeyName, str]:
    keys: dict[KeyName, str] = {}
    for heading, column in zip(headings, columns, strict=True):
        for key in _KEYS_OF.get(heading.own, ()):
            keys.setdefault(key, column.name)
    return keys


def _unreached(
    head: Head,
    headings: Headings,
    columns: Sequence[PlannedColumn],
    keys: dict[KeyName, str],
    structure: Structure | None,
) -> Unreached:
    """Say whether the last page tells what was not reached: pages are known, and the rows seen agree with them."""
    pages = [each.page for each in structure.questions.values() if each.page is not None] if structure else []
    if not pages or "last_page" not in keys or "is_finished" not in keys:
        return ""
    place_of = {column.name: column.position - 1 for column in columns}
    last, submitted = place_of[keys["last_page"]], place_of[keys["is_finished"]]
    blanks = next(column.blanks for column in columns if column.name == keys["is_finished"])
    rows = [row for row in head.rows[headings.n_rows :] if len(row) == len(columns)]
    seen = [int(row[last]) for row in rows if row[last].strip().isdecimal()]
    ends = [
        int(row[last])
        for row in rows
        if row[last].strip().isdecimal() and row[submitted].strip() and row[submitted].strip() not in blanks
    ]
    agrees = max(seen, default=0) <= max(pages) and (not ends or max(ends) == max(pages))
    return "after_last_page" if agrees else ""


def _warnings(form: Form, columns: Sequence[PlannedColumn], keys: dict[KeyName, str]) -> tuple[str, ...]:
    warnings: list[str] = [] if "is_finished" in keys else [_NO_SUBMISSION_DATE]
    if form.structure is not None:
        warnings += [*form.structure.warnings, *_misfits(form.headings.each, form.found, columns)]
    if reads_conversions(form, columns):
        warnings.append(_CONVERTED)
    return tuple(warnings)


def _misfits(headings: Sequence[Heading], found: Lookup, columns: Sequence[PlannedColumn]) -> list[str]:
    """Say which headers the structure does not know, and which it knows several times."""
    asked = [place for place, each in enumerate(headings) if each.header and not each.own and not each.is_time]
    missing = [columns[place].name for place in asked if found.columns[place] is None]
    missing = [name for name in missing if name not in found.unclear and name.casefold() not in found.unclear]
    misfits: list[str] = []
    if found.unclear:
        misfits.append(
            f"these headers stand for several questions, or several stand for one, so none was taken: "
            f"{listed(found.unclear)}; export with question codes as headings"
        )
    if len(missing) > _LEAST_SHARE_FOUND * len(asked):
        misfits.append(
            f"the structure knows only {len(asked) - len(missing)} of {counted(len(asked), 'column')}; "
            "is it of this survey?"
        )
    elif missing:
        misfits.append(f"the structure does not know these columns: {listed(missing)}")
    return misfits
