"""How a page finds its words: the dashboard's own sentences by key, and the study's texts by what they name.

The sentences themselves are in ``english``, ``danish``, their ``_pages`` and their ``_sign_in``; those that the board
report shares are in its ``rows_of_fits``, ``found_english`` and ``found_danish``. A finding says what goes together,
never what brings what about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.danish import DANISH
from dashboard.danish_pages import DANISH_PAGES
from dashboard.danish_sign_in import DANISH_SIGN_IN
from dashboard.english import ENGLISH
from dashboard.english_pages import ENGLISH_PAGES
from dashboard.english_sign_in import ENGLISH_SIGN_IN
from instruments.validation import LADDER, STATUS_LABELS
from pipelines.board_report.found_danish import FOUND_DANISH
from pipelines.board_report.found_english import FOUND_ENGLISH
from pipelines.board_report.rows_of_fits import DANISH_ROWS, ENGLISH_ROWS

WORDINGS: Mapping[str, Mapping[str, str]] = {
    "en": {**ENGLISH, **ENGLISH_PAGES, **ENGLISH_SIGN_IN, **ENGLISH_ROWS, **FOUND_ENGLISH},
    "da": {**DANISH, **DANISH_PAGES, **DANISH_SIGN_IN, **DANISH_ROWS, **FOUND_DANISH},
}
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True)
class Words:
    """One language: the dashboard's own wording and the study's texts.

    Attributes:
        language: ``en`` or ``da``.
        titles: The study's texts by kind and name.
    """

    language: str
    titles: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def say(self, key: str, **values: object) -> str:
        """Return a wording with its placeholders filled."""
        return WORDINGS[self.language][key].format(**values)

    def title(self, kind: str, name: str) -> str:
        """Return the study's text for a name, or the name where the study has none."""
        return self.titles.get((kind, name), name)

    def status(self, status: str) -> str:
        """Return the validation status in words, or as written where it is not a known one."""
        return STATUS_LABELS.get(status, {}).get(self.language, status)

    def claim(self, status: str) -> str:
        """Return what may be said with a score of questions of a status, at the lowest level that has it."""
        return next((rung.claim[self.language] for rung in LADDER if rung.status == status), "")
