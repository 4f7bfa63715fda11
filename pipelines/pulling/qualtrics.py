"""Qualtrics, API v3: exports are asked for, waited for, fetched as a zip; later ones hold what was modified since.

The survey's definition is that of ``survey-definitions``. Endpoints: the platform's page "Export responses".
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from instruments.faults import DataError, EnvironmentFault
from pipelines.pulling.delivery import Delivery, rows_of_csv
from pipelines.pulling.http import Connection
from pipelines.pulling.patience import Clock, Refused
from pipelines.pulling.questions import Questions, questions_in
from pipelines.pulling.secrets import Secret
from pipelines.pulling.state import Pieces
from pipelines.pulling.zipped import only_member
from pipelines.sections.pulling import Pull

HEADER_ROWS = 3
RECORD_ID = "_recordId"
MOST_POLLS, LONGEST_POLL = 400, 10.0
MOST_DAMAGED = 2
_SEEN_UNANSWERED = -99
_ANSWERS: Mapping[str, Any] = {
    "format": "csv",
    "useLabels": False,
    "breakoutSets": True,
    "includeDisplayOrder": True,
    "seenUnansweredRecode": _SEEN_UNANSWERED,
    "multiselectSeenUnansweredRecode": _SEEN_UNANSWERED,
    "sortByLastModifiedDate": True,
}
_IDS: Mapping[str, Any] = {
    "format": "csv",
    "questionIds": [],
    "embeddedDataIds": [],
    "surveyMetadataIds": [RECORD_ID],
}


class Qualtrics:
    """One survey in Qualtrics."""

    structure_suffix = ".qsf"

    def __init__(self, pull: Pull, secret: Secret, clock: Clock, scratch: Path) -> None:
        self._connection = Connection(pull.url, {"X-API-TOKEN": secret.text}, secret, clock)
        self._clock, self._scratch = clock, scratch
        self._survey = pull.survey
        self._exports = f"/API/v3/surveys/{pull.survey}/export-responses"

    def structure(self) -> bytes:
        """Fetch the survey's definition."""
        return self._connection.get(f"/API/v3/survey-definitions/{self._survey}")

    def questions(self, structure: Path) -> Questions:
        """Return what the definition asks."""
        return questions_in(structure)

    def listed(self) -> dict[str, str]:
        """Fetch id and last modification of every response, by an export of nothing else.

        The column of modifications comes with the order that is asked for; without it, nothing is known of them.
        """
        try:
            rows = self._listed({**_IDS, "sortByLastModifiedDate": True})
        except Refused:
            rows = self._listed(_IDS)
        column, modified = _id_column(rows, self._exports), _modification_column(rows)
        return {row[column]: "" if modified is None else row[modified] for row in rows[HEADER_ROWS:]}

    def delivered(self, pieces: Pieces, token: str) -> Delivery:
        """Fetch what was modified since a token; everything where the platform does not know the token any more."""
        if token:
            try:
                return self._delivered(pieces, {"continuationToken": token}, is_whole=False)
            except Refused:
                pieces.forget()
        return self._delivered(pieces, {"allowContinuation": True}, is_whole=True)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _listed(self, body: Mapping[str, Any]) -> list[tuple[str, ...]]:
        pieces = Pieces(self._scratch)
        pieces.forget()
        rows, _ = self._exported(pieces, "ids", dict(body))
        pieces.forget()
        return rows

    def _delivered(self, pieces: Pieces, more: Mapping[str, Any], *, is_whole: bool) -> Delivery:
        kind = "all" if is_whole else "since"
        rows, token = self._exported(pieces, kind, {**_ANSWERS, **more})
        column = _id_column(rows, self._exports)
        by_id = {row[column]: (row,) for row in rows[HEADER_ROWS:]}
        return Delivery(tuple(rows[:HEADER_ROWS]), by_id, token, is_whole)

    def _exported(self, pieces: Pieces, name: str, body: dict[str, Any]) -> tuple[list[tuple[str, ...]], str]:
        """Return the rows of an export and its continuation token; what a killed pull asked for is taken up again."""
        is_taken_up = (pieces.folder / f"{name}.json").is_file()
        try:
            return self._fetched(pieces, name, body)
        except Refused:
            if not is_taken_up:
                raise
            # The platform keeps an export for some days only.
            pieces.forget()
            return self._fetched(pieces, name, body)

    def _fetched(self, pieces: Pieces, name: str, body: dict[str, Any]) -> tuple[list[tuple[str, ...]], str]:
        place, archive = f"{self._connection.base}{self._exports}", pieces.folder / f"{name}.zip"
        made = json.loads(pieces.kept(f"{name}.json", lambda: json.dumps(self._made(body)).encode()))
        content = self._unpacked(archive, f"{self._exports}/{made.get('fileId')}/file", place)
        rows = rows_of_csv(content, place)
        if len(rows) < HEADER_ROWS:
            raise DataError(f"{place}: expected three header rows, found {len(rows)}; pull again")
        return rows, str(made.get("continuationToken") or "")

    def _unpacked(self, archive: Path, path: str, place: str) -> bytes:
        """Fetch an archive and return its file; a damaged one is fetched again."""
        for _ in range(MOST_DAMAGED):
            if not archive.is_file():
                self._connection.save(path, archive)
            try:
                return only_member(archive, place)
            except EnvironmentFault:
                self._clock.sleep(1.0)
        self._connection.save(path, archive)
        return only_member(archive, place)

    def _made(self, body: dict[str, Any]) -> dict[str, Any]:
        """Ask for an export and wait until it is made."""
        result = _result(self._connection.post_json(self._exports, body))
        progress = result.get("progressId")
        pause = 1.0
        for _ in range(MOST_POLLS):
            status = result.get("status")
            if status == "complete":
                return result
            if status == "failed":
                raise EnvironmentFault(f"{self._connection.base}: the platform failed to make the export; pull again")
            self._clock.sleep(pause)
            pause = min(LONGEST_POLL, pause * 2)
            result = _result(self._connection.get_json(f"{self._exports}/{progress}"))
        raise EnvironmentFault(f"{self._connection.base}: the export is still not made; pull again later")


def _result(document: object) -> dict[str, Any]:
    result = cast("dict[str, Any]", document).get("result") if isinstance(document, dict) else None
    return cast("dict[str, Any]", result) if isinstance(result, dict) else {}


def _id_column(rows: list[tuple[str, ...]], place: str) -> int:
    """Find the column of response ids by its ImportId, as headers are not unique."""
    for column, text in enumerate(rows[HEADER_ROWS - 1]):
        if RECORD_ID in text:
            return column
    raise DataError(f"{place}: the export has no column of response ids")


def _modification_column(rows: list[tuple[str, ...]]) -> int | None:
    """Find the column of last modifications by its name or ImportId."""
    names = (f"{name} {own_name}".lower() for name, own_name in zip(rows[0], rows[HEADER_ROWS - 1], strict=True))
    return next((column for column, text in enumerate(names) if "lastmodified" in text), None)
