"""ODK Central: the list of submissions, and all of them as CSV; deleted ones are in neither."""

from contextlib import closing
from pathlib import Path
from typing import cast
from urllib.parse import quote

from instruments.faults import EnvironmentFault
from pipelines.pulling.delivery import Delivery, of_records, rows_of_csv
from pipelines.pulling.http import Connection
from pipelines.pulling.patience import Clock
from pipelines.pulling.questions import Questions
from pipelines.pulling.secrets import Secret
from pipelines.pulling.state import Pieces
from pipelines.pulling.submissions import questions_of_form
from pipelines.sections.pulling import Pull

KEY = "KEY"


class OdkCentral:
    """One form in ODK Central."""

    structure_suffix = ".xlsx"

    def __init__(self, pull: Pull, secret: Secret, clock: Clock) -> None:
        signing_in = Connection(pull.url, {}, secret, clock)
        with closing(signing_in):
            session = signing_in.post_json("/v1/sessions", {"email": pull.user, "password": secret.text})
        token = session.get("token") if isinstance(session, dict) else None
        if not isinstance(token, str):
            raise EnvironmentFault(f"{pull.url}: signed in, but was given no session; is url right?")
        self._connection = Connection(pull.url, {"Authorization": f"Bearer {token}"}, secret, clock)
        self._form = f"/v1/projects/{pull.project}/forms/{quote(pull.survey, safe='')}"

    def structure(self) -> bytes:
        """Fetch the form as an XLSForm."""
        return self._connection.get(f"{self._form}.xlsx")

    def questions(self, structure: Path) -> Questions:
        """Return what the form asks."""
        return questions_of_form(structure)

    def listed(self) -> dict[str, str]:
        """Fetch the id of every submission."""
        listed = self._connection.get_json(f"{self._form}/submissions")
        if not isinstance(listed, list):
            raise EnvironmentFault(f"{self._connection.base}{self._form}/submissions: expected a list of submissions")
        return dict.fromkeys((str(each["instanceId"]) for each in cast("list[dict[str, object]]", listed)), "")

    def delivered(self, pieces: Pieces, token: str) -> Delivery:
        """Fetch every submission."""
        del token
        path = pieces.folder / "submissions.csv"
        if not path.is_file():
            self._connection.save(f"{self._form}/submissions.csv", path)
        rows = rows_of_csv(path.read_bytes(), f"{self._connection.base}{self._form}/submissions.csv")
        if not rows or KEY not in rows[0]:
            pieces.forget()
            raise EnvironmentFault(f"{self._connection.base}{self._form}: expected submissions with a column {KEY}")
        return of_records((dict(zip(rows[0], row, strict=True)) for row in rows[1:]), rows[0], KEY)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
