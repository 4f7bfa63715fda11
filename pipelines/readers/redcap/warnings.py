"""What a person should know before relying on the plan of a REDCap export: what it does not say, and how to say it."""

from collections import Counter
from collections.abc import Sequence

from pipelines.readers.headers import listed
from pipelines.readers.plan import Head, PlannedColumn, fold
from pipelines.readers.redcap.columns import OPTION, UNTICKED, RedcapColumn
from pipelines.readers.structure import Structure

_NOT_BEGUN = frozenset({"0", "incomplete"})
_EVENTS = (
    "every row is a record and an event, and which form completes an event the export does not say; "
    "give identifiers.is_finished, and only when a source is one event"
)
_FORMS = (
    "the export has several forms and no survey among them, so it does not say which one completes a record; "
    "give identifiers.is_finished"
)
_NO_DICTIONARY = (
    "without the data dictionary the options of check boxes are known by their headers alone, where a code such as -1 "
    "is spelled _1; give the dictionary as structure"
)


def warnings_of(
    head: Head,
    found: Sequence[RedcapColumn],
    columns: Sequence[PlannedColumn],
    structure: Structure | None,
    *,
    says_finished: bool,
) -> tuple[str, ...]:
    """Say what is missing or doubtful.

    Args:
        head: The beginning of the file.
        found: Its columns.
        columns: The same columns as planned.
        structure: The dictionary.
        says_finished: Whether a column says who finished.
    """
    warnings = list(structure.warnings) if structure else []
    kinds = {column.kind for column in found}
    if "event" in kinds:
        warnings.append(_EVENTS)
    elif "complete" in kinds and not says_finished:
        warnings.append(_FORMS)
    if structure is None and "option" in kinds:
        warnings.append(_NO_DICTIONARY)
    if structure is not None:
        strangers = [column.header for column, each in zip(found, columns, strict=True) if each.role == "unknown"]
        warnings += _of_strangers(strangers, structure)
    return (*warnings, *_of_unopened_forms(head, found))


def _of_strangers(strangers: Sequence[str], structure: Structure) -> list[str]:
    """Name the columns that the dictionary does not know, and those that look like missing data codes."""
    warnings: list[str] = []
    options = [name for name in strangers if OPTION in name and name.split(OPTION)[0] in structure.questions]
    if options:
        codes = Counter(name.split(OPTION, 1)[1] for name in options)
        warnings.append(
            f"check boxes have columns that the dictionary does not know: {listed(options)}; missing data codes of the "
            f"project are spelled so ({listed(list(codes))}): give their reasons under missing"
        )
    others = [name for name in strangers if name not in options]
    return [*warnings, *([f"the dictionary does not know these columns: {listed(others)}"] if others else [])]


def _of_unopened_forms(head: Head, found: Sequence[RedcapColumn]) -> list[str]:
    """Count rows whose check boxes say "not ticked" on a form that may never have been opened."""
    forms: list[str] = []
    for form in dict.fromkeys(column.form for column in found if column.kind == "option" and column.form):
        status = [index for index, column in enumerate(found) if column.kind == "complete" and column.form == form]
        answers = [
            index
            for index, column in enumerate(found)
            if index > 0 and column.form == form and column.kind in ("field", "option", "timestamp")
        ]
        n_rows = sum(
            _is_empty(row, status, _NOT_BEGUN) and _is_empty(row, answers, UNTICKED | {""}) for row in head.rows[1:]
        )
        forms += [f"{form} ({n_rows} of {len(head.rows) - 1})"] if status and n_rows else []
    if not forms:
        return []
    return [
        f"rows have the status Incomplete and no answer on these forms: {listed(forms)}; if they were never opened, "
        "their check boxes were not left unticked: export again with blank values for the gray status of instruments"
    ]


def _is_empty(row: Sequence[str], places: Sequence[int], texts: frozenset[str]) -> bool:
    return all(fold(row[index] if index < len(row) else "") in texts for index in places)
