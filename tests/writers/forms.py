"""Answers → exports of Microsoft Forms, in several languages, and of Google Forms."""

from collections.abc import Mapping, Sequence

MICROSOFT_HEADERS: Mapping[str, tuple[str, ...]] = {
    "en": ("ID", "Start time", "Completion time", "Email", "Name", "Last modified time"),
    "da": ("ID", "Starttidspunkt", "Fuldførelsestidspunkt", "Mail", "Navn", "Tidspunkt for seneste ændring"),
    "de": ("ID", "Startzeit", "Fertigstellungszeit", "E-Mail", "Name", "Zeitpunkt der letzten Änderung"),
    "sv": ("ID", "Starttid", "Slutförandetid", "E-post", "Namn", "Tid för senaste ändring"),
    "nb": ("ID", "Starttidspunkt", "Fullføringstidspunkt", "E-postadresse", "Navn", "Tidspunkt for siste endring"),
    "fr": ("ID", "Heure de début", "Heure de fin", "Adresse de messagerie", "Nom",
           "Heure de la dernière modification"),
}  # fmt: skip


def microsoft_rows(
    language: str, questions: Sequence[str], answers: Sequence[Mapping[str, object]], *, moments: Sequence[str] = ()
) -> list[list[str]]:
    """Write one header row and the answers; a list of ticked options becomes ``A;B;``."""
    rows = [[*MICROSOFT_HEADERS[language], *questions]]
    times = moments or ("2026-03-14 09:00:00", "2026-03-14 09:08:30")
    for number, answer in enumerate(answers, start=1):
        own = [str(number), *times, "anonymous", "", ""]
        rows.append([*own, *(_microsoft_cell(answer.get(question, "")) for question in questions)])
    return rows


def google_rows(
    time_stamp: str, questions: Sequence[str], answers: Sequence[Mapping[str, object]], moments: Sequence[str]
) -> list[list[str]]:
    """Write one header row and the answers; ticked options are joined by a comma and a blank."""
    rows = [[time_stamp, *questions]]
    for moment, answer in zip(moments, answers, strict=True):
        rows.append([moment, *(_google_cell(answer.get(question, "")) for question in questions)])
    return rows


def _microsoft_cell(answer: object) -> str:
    return "".join(f"{each};" for each in answer) if isinstance(answer, list | tuple) else str(answer)


def _google_cell(answer: object) -> str:
    return ", ".join(map(str, answer)) if isinstance(answer, list | tuple) else str(answer)
