"""KoboToolbox: the JSON of ``/data`` is the truth, as exports leave out submissions of form versions they do not know.

An edited submission has a new ``_uuid``; what stays is ``meta/rootUuid``, where there is one, and the response is known
by that.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from instruments.faults import EnvironmentFault
from pipelines.pulling.delivery import Delivery, of_records
from pipelines.pulling.http import Connection
from pipelines.pulling.patience import Clock
from pipelines.pulling.questions import Questions
from pipelines.pulling.secrets import Secret
from pipelines.pulling.state import Pieces
from pipelines.pulling.submissions import questions_of_form, texts
from pipelines.sections.pulling import Pull

PAGE = "1000"
MOST_PAGES = 10_000
OWN = ("_id", "_uuid", "_submission_time", "_validation_status", "__version__", "_submitted_by", "start", "end")
_ROOT = "meta/rootUuid"
_OF_THE_PLATFORM = frozenset(
    {"_attachments", "_geolocation", "_tags", "_notes", "_validation_status", "_supplementalDetails"}
)


class Kobo:
    """One form (asset) in KoboToolbox."""

    structure_suffix = ".xlsx"

    def __init__(self, pull: Pull, secret: Secret, clock: Clock) -> None:
        self._connection = Connection(pull.url, {"Authorization": f"Token {secret.text}"}, secret, clock)
        self._asset = f"/api/v2/assets/{pull.survey}"
        self._columns: tuple[str, ...] = ()

    def structure(self) -> bytes:
        """Fetch the form as an XLSForm."""
        return self._connection.get(f"{self._asset}.xls")

    def questions(self, structure: Path) -> Questions:
        """Return what the form asks, and know its columns from now on."""
        found = questions_of_form(structure)
        self._columns = tuple(each.path or name for name, each in found.items())
        return found

    def listed(self) -> dict[str, str]:
        """Fetch the id of every submission."""
        params = {"fields": json.dumps(["_uuid", _ROOT]), "format": "json", "limit": PAGE}
        return dict.fromkeys((_identity(each) for page in self._pages(params, None) for each in page), "")

    def delivered(self, pieces: Pieces, token: str) -> Delivery:
        """Fetch every submission, page by page."""
        del token
        params = {"format": "json", "limit": PAGE, "sort": '{"_id": 1}'}
        records = [_record(each) for page in self._pages(params, pieces) for each in page]
        return of_records(records, (*OWN, *(name for name in self._columns if name not in OWN)), "_uuid")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

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


def _record(submission: Mapping[str, Any]) -> dict[str, str]:
    status = submission.get("_validation_status")
    label = str(status.get("uid", "")) if isinstance(status, dict) else ""
    return {**dict(texts(submission, _OF_THE_PLATFORM)), "_validation_status": label, "_uuid": _identity(submission)}
