"""What has been published of a study and what has become of it: shown, superseded, under embargo or withdrawn.

Put here what follows from the record in the warehouse; what the folder of releases says is for ``release_pointer``.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.embargo import is_out
from pipelines.store import Store
from pipelines.tables.releases import RELEASES, WITHDRAWALS

Status = Literal["current", "superseded", "under embargo", "withdrawn"]


@dataclass(frozen=True)
class Withdrawal:
    """That a release was withdrawn.

    Attributes:
        at: When.
        signed_off_by: Who answers for it.
        because: Why.
    """

    at: dt.datetime
    signed_off_by: str
    because: str


@dataclass(frozen=True)
class Published:
    """A release on record.

    Attributes:
        number: Its number, from 1.
        file: Name of its file.
        sha256: Of the file, in hexadecimal.
        schema_version: Of the tables in it.
        published_at: When.
        signed_off_by: Who answers for it.
        policy_sha256: Of the policy.
        embargo_until: First day on which it may be shown, ISO; empty without an embargo.
        supersedes: Release that was shown when it was published; 0 for none or unknown.
        hidden_cells: Table → cells withheld; None where that was not recorded.
        software_version: Of the software that made it; empty where that was not recorded.
        withdrawal: None where it was not withdrawn.
    """

    number: int
    file: str
    sha256: str
    schema_version: int
    published_at: dt.datetime
    signed_off_by: str
    policy_sha256: str
    embargo_until: str
    supersedes: int
    hidden_cells: Mapping[str, int] | None
    software_version: str
    withdrawal: Withdrawal | None

    def may_be_shown(self, day: dt.date) -> bool:
        """Tell whether it is neither withdrawn nor under embargo on a day."""
        return self.withdrawal is None and is_out(self.embargo_until, day)


def published(store: Store) -> list[Published]:
    """Return every release on record, in their order."""
    withdrawn = {int(row["release"]): _withdrawal(row) for row in store.read(WITHDRAWALS).to_dict("records")}
    return [
        Published(
            number=int(row["release"]),
            file=str(row["file"]),
            sha256=str(row["sha256"]),
            schema_version=int(row["schema_version"]),
            published_at=row["published_at"].to_pydatetime(),
            signed_off_by=str(row["signed_off_by"]),
            policy_sha256=str(row["policy_sha256"]),
            embargo_until=str(row["embargo_until"]),
            supersedes=int(row["supersedes"]),
            hidden_cells=json.loads(row["hidden_json"]) if row["hidden_json"] else None,
            software_version=str(row["software_version"]),
            withdrawal=withdrawn.get(int(row["release"])),
        )
        for row in store.read(RELEASES).sort_values("release").to_dict("records")
    ]


def _withdrawal(row: Mapping[Any, Any]) -> Withdrawal:
    return Withdrawal(row["withdrawn_at"].to_pydatetime(), str(row["signed_off_by"]), str(row["because"]))


def reasons_of_withdrawal(store: Store) -> dict[int, str]:
    """Return number → why it was withdrawn, of every withdrawn release."""
    found = store.read(WITHDRAWALS)
    return dict(zip(found["release"].astype(int), found["because"].astype(str), strict=True))


def shown_on(releases: Sequence[Published], day: dt.date) -> Published | None:
    """Return the newest release that is neither withdrawn nor under embargo on a day; None without any."""
    return max((each for each in releases if each.may_be_shown(day)), key=lambda each: each.number, default=None)


def superseded_by(release: Published, releases: Sequence[Published], day: dt.date) -> int | None:
    """Return the first later release that may be shown on a day; None without any."""
    later = (each.number for each in releases if each.number > release.number and each.may_be_shown(day))
    return min(later, default=None)


def status_of(release: Published, releases: Sequence[Published], day: dt.date) -> Status:
    """Tell what has become of a release by a day."""
    if release.withdrawal is not None:
        return "withdrawn"
    if superseded_by(release, releases, day) is not None:
        return "superseded"
    return "current" if release.may_be_shown(day) else "under embargo"
