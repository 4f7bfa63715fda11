"""REDCap: the list of records first, then records in batches, because large requests lose records without a word."""

from collections.abc import Sequence
from pathlib import Path

from instruments.faults import DataError
from pipelines.pulling.delivery import Delivery, of_records, rows_of_csv
from pipelines.pulling.http import Connection
from pipelines.pulling.patience import Clock
from pipelines.pulling.questions import Questions, questions_in
from pipelines.pulling.secrets import Secret
from pipelines.pulling.state import Pieces
from pipelines.sections.pulling import Pull

BATCH = 200
EVENT, INSTRUMENT, INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
_SETTINGS = {
    "content": "record",
    "type": "flat",
    "rawOrLabel": "raw",
    "rawOrLabelHeaders": "raw",
    "exportCheckboxLabel": "false",
    "exportSurveyFields": "true",
    "exportBlankForGrayFormStatus": "true",
}


class Redcap:
    """One project in REDCap, which its token names."""

    structure_suffix = ".csv"

    def __init__(self, pull: Pull, secret: Secret, clock: Clock) -> None:
        self._connection = Connection(pull.url, {}, secret, clock)
        self._path = "/" if pull.url.endswith("/") else ""
        self._token = secret.text
        self._place = f"POST {pull.url}"
        self._record = ""

    def structure(self) -> bytes:
        """Fetch the data dictionary; its first field is the id of a record."""
        content = self._asked({"content": "metadata"})
        rows = rows_of_csv(content, self._place)
        if len(rows) < 2 or "field_name" not in rows[0]:  # noqa: PLR2004 - a header and a field
            raise DataError(f"{self._place}: expected a data dictionary, found none; has the project any field?")
        self._record = rows[1][rows[0].index("field_name")]
        return content

    def questions(self, structure: Path) -> Questions:
        """Return what the data dictionary asks."""
        return questions_in(structure)

    def listed(self) -> dict[str, str]:
        """Fetch the id of every record; a record may have rows of several events and repetitions."""
        return dict.fromkeys(self._delivery([self._records(fields=[self._field()])]).rows, "")

    def delivered(self, pieces: Pieces, token: str) -> Delivery:
        """Fetch every record, a batch of records at a time."""
        del token
        field = self._field()
        listed = rows_of_csv(pieces.kept("records.csv", lambda: self._records(fields=[field])), self._place)
        records = list(dict.fromkeys(row[0] for row in listed[1:]))
        batches = [records[start : start + BATCH] for start in range(0, len(records), BATCH)]
        contents = [
            pieces.kept(f"batch-{number:05d}.csv", lambda batch=batch: self._records(records=batch))
            for number, batch in enumerate(batches)
        ]
        return self._delivery(contents)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _field(self) -> str:
        if not self._record:
            self.structure()
        return self._record

    def _records(self, fields: Sequence[str] = (), records: Sequence[str] = ()) -> bytes:
        wanted = {f"fields[{number}]": name for number, name in enumerate(fields)}
        wanted |= {f"records[{number}]": name for number, name in enumerate(records)}
        return self._asked({**_SETTINGS, **wanted})

    def _delivery(self, contents: Sequence[bytes]) -> Delivery:
        """Join batches; a batch without repetitions has no columns for them."""
        tables = [table for content in contents if (table := rows_of_csv(content, self._place))]
        columns = tuple(dict.fromkeys(name for table in tables for name in table[0]))
        records = [dict(zip(table[0], row, strict=True)) for table in tables for row in table[1:]]
        return of_records(records, columns, self._field(), (EVENT, INSTRUMENT, INSTANCE))

    def _asked(self, fields: dict[str, str]) -> bytes:
        sent = {"token": self._token, "format": "csv", "returnFormat": "json", **fields}
        return self._connection.post_form(self._path, sent)
