"""KoboToolbox: the JSON of ``/data`` is the truth, as exports leave out submissions of form versions they do not know.

An edited submission has a new ``_uuid``; what stays is ``meta/rootUuid``, where there is one, and the response is known
by that.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from instruments.faults import EnvironmentFault
from pipelines.pulling.delivery import Delivery, of_records
from pipelines.pulling.http import Connection
from pipelines.pulling.patience import Clock
from pipelines.pulling.questions import Questions, questions_in
from pipelines.pulling.secrets import Secret
from pipelines.pulling.state import Pieces
from pipelines.pulling.submissions import group_of, texts, with_everybody, within_a_repetition
from pipelines.sections.pulling import Pull

PAGE = "1000"
MOST_PAGES = 10_000
OWN = ("_id", "_uuid", "_submission_time", "_validation_status", "__version__", "_submitted_by", "start", "end")
_ROOT = "meta/rootUuid"
_PARENT, _INDEX = "_submission__uuid", "_index"
OF_REPETITIONS = (_INDEX, "_parent_table_name", "_submission__id", _PARENT, "_submission__submission_time")
_OF_THE_PLATFORM = frozenset(
    {"_attachments", "_geolocation", "_tags", "_notes", "_validation_status", "_supplementalDetails"}
)


class Kobo:
    """One form (asset) in KoboToolbox."""

    structure_suffix = ".xlsx"

    def __init__(self, pull: Pull, secret: Secret, clock: Clock) -> None:
        self._connection = Connection(pull.url, {"Authorization": f"Token {secret.text}"}, secret, clock)
        self._asset = f"/api/v2/assets/{pull.survey}"
        self._repeat, self._left_out = pull.repeat, frozenset(pull.leave_out)
        self._columns: tuple[str, ...] = ()
        self._groups: frozenset[str] = frozenset()

    def structure(self) -> bytes:
        """Fetch the form as an XLSForm."""
        return self._connection.get(f"{self._asset}.xls")

    def questions(self, structure: Path) -> Questions:
        """Return what the form asks, and know its columns and repeated groups from now on."""
        found = questions_in(structure)
        held = {name: each for name, each in found.items() if each.repeated_block == self._repeat}
        self._columns = tuple(each.path or name for name, each in held.items())
        self._groups = frozenset(each.repeated_block for each in found.values()) - {""}
        return found

    def listed(self) -> dict[str, str]:
        """Fetch the id of every submission."""
        params = {"fields": json.dumps(["_uuid", _ROOT]), "format": "json", "limit": PAGE}
        return dict.fromkeys((_identity(each) for page in self._pages(params, None) for each in page), "")

    def delivered(self, pieces: Pieces, token: str) -> Delivery:
        """Fetch every submission, page by page."""
        del token
        params = {"format": "json", "limit": PAGE, "sort": '{"_id": 1}'}
        found = [each for page in self._pages(params, pieces) for each in page]
        if self._repeat:
            return self._repetitions(found)
        records = [_record(each, self._groups | _OF_THE_PLATFORM) for each in found]
        return of_records(records, (*OWN, *(name for name in self._columns if name not in OWN)), "_uuid")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _repetitions(self, submissions: Sequence[Mapping[str, Any]]) -> Delivery:
        """Return the repetitions of the group of every submission."""
        records = {_identity(each): self._of_group(each) for each in submissions}
        every = [record for of_submission in records.values() for record in of_submission]
        return with_everybody(of_records(every, (*self._columns, *OF_REPETITIONS), _PARENT, (_INDEX,)), records)

    def _of_group(self, submission: Mapping[str, Any]) -> list[dict[str, str]]:
        """Return the repetitions of the group of a submission, numbered from 1."""
        lists = {name: value for name, value in submission.items() if isinstance(value, list) and value}
        around = [name for name in lists if any(path.startswith(f"{name}/") for path in self._columns)]
        if any(group_of(name) != self._repeat for name in around):
            raise within_a_repetition(self._repeat)
        repeated = [entry for name, value in lists.items() if group_of(name) == self._repeat for entry in value]
        return [
            {
                **dict(texts(entry, self._left_out)),
                _INDEX: str(number),
                "_parent_table_name": self._repeat,
                "_submission__id": str(submission.get("_id", "")),
                _PARENT: _identity(submission),
                "_submission__submission_time": str(submission.get("_submission_time", "")),
            }
            for number, entry in enumerate(repeated, start=1)
        ]

    def _pages(self, params: Mapping[str, str], pieces: Pieces | None) -> Iterator[list[dict[str, Any]]]:
        address, given = f"{self._asset}/data/", dict(params)
        for number in range(MOST_PAGES):
            page = self._page(f"page-{number:05d}.json", address, given, pieces)
            yield page["results"]
            if not page.get("next"):
                return
            address, given = str(page["next"]), {}
        raise EnvironmentFault(f"{self._connection.base}{self._asset}: the pages have no end; pull again later")

    def _page(self, name: str, address: str, params: Mapping[str, str], pieces: Pieces | None) -> dict[str, Any]:
        def fetch() -> bytes:
            return self._connection.get(address, params)

        content = fetch() if pieces is None else pieces.kept(name, fetch)
        try:
            page = json.loads(content)
        except ValueError:
            page = None
        if not isinstance(page, dict) or not isinstance(page.get("results"), list):
            if pieces is not None:
                pieces.forget()
            raise EnvironmentFault(f"{self._connection.base}{self._asset}/data/: expected a page of submissions")
        return page


def _identity(submission: Mapping[str, Any]) -> str:
    known = submission.get(_ROOT) or submission.get("_uuid")
    if not known:
        raise EnvironmentFault("KoboToolbox delivers a submission without _uuid; export the form by hand")
    return str(known).removeprefix("uuid:")


def _record(submission: Mapping[str, Any], passed_over: frozenset[str]) -> dict[str, str]:
    status = submission.get("_validation_status")
    label = str(status.get("uid", "")) if isinstance(status, dict) else ""
    return {**dict(texts(submission, passed_over)), "_validation_status": label, "_uuid": _identity(submission)}
