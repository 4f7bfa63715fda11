"""ODK Central: the list of submissions, and all of them as CSV; deleted ones are in neither."""

from contextlib import closing
from pathlib import Path
from typing import cast
from urllib.parse import quote

from instruments.faults import EnvironmentFault
from pipelines.pulling.delivery import Delivery, Row, of_records, rows_of_csv
from pipelines.pulling.http import Connection
from pipelines.pulling.patience import Clock
from pipelines.pulling.questions import Questions, questions_in
from pipelines.pulling.secrets import Secret
from pipelines.pulling.state import Pieces
from pipelines.pulling.submissions import with_everybody, within_a_repetition
from pipelines.pulling.zipped import members
from pipelines.sections.pulling import Pull

KEY, PARENT_KEY = "KEY", "PARENT_KEY"


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
        self._repeat = pull.repeat
        self._form = f"/v1/projects/{pull.project}/forms/{quote(pull.survey, safe='')}"

    def structure(self) -> bytes:
        """Fetch the form as an XLSForm."""
        return self._connection.get(f"{self._form}.xlsx")

    def questions(self, structure: Path) -> Questions:
        """Return what the form asks."""
        return questions_in(structure)

    def listed(self) -> dict[str, str]:
        """Fetch the id of every submission."""
        listed = self._connection.get_json(f"{self._form}/submissions")
        if not isinstance(listed, list):
            raise EnvironmentFault(f"{self._connection.base}{self._form}/submissions: expected a list of submissions")
        return dict.fromkeys((str(each["instanceId"]) for each in cast("list[dict[str, object]]", listed)), "")

    def delivered(self, pieces: Pieces, token: str) -> Delivery:
        """Fetch every submission, or the repetitions of a group of all of them."""
        del token
        if self._repeat:
            return self._repetitions(pieces)
        path = pieces.folder / "submissions.csv"
        if not path.is_file():
            self._connection.save(f"{self._form}/submissions.csv", path)
        header, *rows = self._table(path.read_bytes(), pieces, KEY)
        return of_records((dict(zip(header, row, strict=True)) for row in rows), header, KEY)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _repetitions(self, pieces: Pieces) -> Delivery:
        """Return the repetitions of the group from the archive that holds a table of each, and one of submissions."""
        place, path = f"{self._connection.base}{self._form}/submissions.csv.zip", pieces.folder / "submissions.zip"
        if not path.is_file():
            self._connection.save(f"{self._form}/submissions.csv.zip?attachments=false", path)
        ending = f"-{self._repeat}.csv"
        content = members(path, place, lambda name: "/" not in name and name.endswith(".csv"))
        of_group = [name for name in content if name.endswith(ending)]
        root = [name for name in content if any(name == each.removesuffix(ending) + ".csv" for each in of_group)]
        if len(of_group) != 1 or len(root) != 1:
            raise EnvironmentFault(f"{place}: expected one table of submissions and one of {self._repeat}; pull again")
        header, *rows = self._table(content[of_group[0]], pieces, PARENT_KEY)
        parents, *submissions = self._table(content[root[0]], pieces, KEY)
        records = [dict(zip(header, row, strict=True)) for row in rows]
        if any("/" in record[PARENT_KEY] for record in records):
            raise within_a_repetition(self._repeat)
        known = [row[parents.index(KEY)] for row in submissions]
        return with_everybody(of_records(records, header, PARENT_KEY, (KEY,)), known)

    def _table(self, content: bytes, pieces: Pieces, column: str) -> list[Row]:
        rows = rows_of_csv(content, f"{self._connection.base}{self._form}/submissions.csv")
        if not rows or column not in rows[0]:
            pieces.forget()
            raise EnvironmentFault(f"{self._connection.base}{self._form}: expected submissions with a column {column}")
        return rows
