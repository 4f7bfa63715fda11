"""Microsoft Forms exports → reading plan: localised columns of its own, then one column a question, labels only."""

import re
from collections.abc import Mapping
from dataclasses import replace

from pipelines.readers.bind import bind_plan
from pipelines.readers.first_cells import texts_below
from pipelines.readers.plain_tables.date_order import with_time_formats
from pipelines.readers.plain_tables.generic_columns import (
    first_row,
    keys_by_header,
    refuse_stated_header_rows,
    revised,
    table_plan,
)
from pipelines.readers.plan import Head, KeyName, PlannedColumn, ReadingPlan, Request, fold

_STARTS = frozenset(
    {"start time", "starttidspunkt", "startzeit", "starttid", "heure de début", "begintijd", "hora de inicio"}
)
_ENDS = frozenset(
    {
        "completion time", "fuldførelsestidspunkt", "sluttidspunkt", "afslutningstidspunkt", "fertigstellungszeit",
        "endzeit", "slutförandetid", "sluttid", "fullføringstidspunkt", "fullføringstid", "heure de fin",
    }
)  # fmt: skip
_CHANGES = frozenset(
    {
        "last modified time", "tidspunkt for seneste ændring", "seneste ændringstidspunkt", "sidst ændret",
        "zeitpunkt der letzten änderung", "uhrzeit der letzten änderung", "tid för senaste ändring",
        "senast ändrad", "tidspunkt for siste endring", "heure de la dernière modification",
    }
)  # fmt: skip
_KEYS: Mapping[str, KeyName] = {
    "id": "response_id",
    **dict.fromkeys(_STARTS, "started_at"),
    **dict.fromkeys(_ENDS, "ended_at"),
    **dict.fromkeys(_CHANGES, "recorded_at"),
}
_EMAILS = frozenset(
    {"email", "e-mail", "mail", "mailadresse", "e-post", "e-postadresse", "e-mailadresse", "adresse de messagerie"}
)
_NAMES = frozenset({"name", "navn", "namn", "nom"})
_OTHERS = frozenset(
    {
        "total points", "quiz feedback", "grade posted time", "language", "sprog", "sprache", "språk", "langue",
        "point i alt", "samlede point", "quizfeedback", "gesamtpunktzahl", "totalt antal poäng",
        "totalt antall poeng", "total des points",
    }
)  # fmt: skip
_SCORE = re.compile(r"(points|point|punkte|poäng|poeng|feedback|kommentarer?|tilbakemelding|återkoppling) [-–] .+")
_SEPARATOR = ";"


class MicrosoftFormsReader:
    """Reader of Microsoft Forms exports, in the language of whoever exported them."""

    platform = "microsoft_forms"

    def recognises(self, head: Head) -> bool:
        """Say whether the first three columns are the id, the start and the completion, in a known language."""
        names = [fold(name) for name in first_row(head)[:3]]
        return len(names) == 3 and names[0] == "id" and names[1] in _STARTS and names[2] in _ENDS  # noqa: PLR2004

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan.

        Raises:
            ReadingError: When the header rows contradict the study, or required items have no column.
        """
        refuse_stated_header_rows(head, request, "Microsoft Forms", 1)
        plan = table_plan(head, request, self.platform, first_row(head))
        n_own = _own_columns(plan)
        plan = revised(plan, lambda each: _as_own(each) if each.position <= n_own else _as_question(each, head))
        keys = keys_by_header(plan.columns[:n_own], _KEYS)
        plan = replace(plan, layout="one_header_row", keys=keys)
        return with_time_formats(bind_plan(plan, head, request), head, request)


def _own_columns(plan: ReadingPlan) -> int:
    """Count the columns at the beginning that Forms itself writes; a question further right may be called alike."""
    own = frozenset(_KEYS) | _EMAILS | _NAMES | _OTHERS
    n_own = 0
    while n_own < len(plan.columns) and fold(plan.columns[n_own].question_text) in own:
        n_own += 1
    return n_own


def _as_own(column: PlannedColumn) -> PlannedColumn:
    name = fold(column.question_text)
    if name in _OTHERS:
        return replace(column, role="score" if "point" in name or "punkt" in name else "metadata")
    return replace(column, role="identifier" if name == "id" else "metadata", is_personal_data=name in _EMAILS | _NAMES)


def _as_question(column: PlannedColumn, head: Head) -> PlannedColumn:
    if not column.question_text:
        return column
    if _SCORE.fullmatch(fold(column.question_text)):
        return replace(column, role="score")
    texts = texts_below(head, 1, column.position)
    is_cut = bool(texts) and all(text.endswith(_SEPARATOR) for text in texts)
    return replace(column, separator=_SEPARATOR if is_cut else "")
