"""What happens on which night of a fieldwork, and of what people are to be told because of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Accident = Literal[
    "unreachable",
    "broken",
    "truncated",
    "dropped",
    "asks_otherwise",
    "decided",
    "spoiled",
    "mended",
    "killed_pull",
    "killed_run",
    "full_disk",
    "mail_is_out",
    "hook_is_out",
]
OUTAGES = ("unreachable", "broken", "truncated")
HOURS_UNTIL_LATE = 60
LATE_ON = 3
"""The night of an outage, counted from 1, on which an export is late: more than 60 hours after the last."""


@dataclass(frozen=True)
class Scenario:
    """A fieldwork.

    Attributes:
        n_days: Nights it lasts.
        release_every: Nights from one release to the next.
        accidents: Night, the first being 0, → what goes wrong.
    """

    n_days: int
    release_every: int
    accidents: Mapping[int, Accident] = field(default_factory=dict)

    def on(self, night: int) -> Accident | None:
        """Return what goes wrong on a night."""
        return self.accidents.get(night)

    def releases_on(self, night: int) -> bool:
        """Tell whether a release is due."""
        return night > 0 and night % self.release_every == 0

    def runs_whole_on(self, night: int) -> bool:
        """Tell whether results are made too, and not only the tables of responses."""
        return night % self.release_every in (0, self.release_every // 2) or night == self.n_days - 1

    def told(self) -> list[tuple[int, str]]:
        """List night and kind of every event that people are to be told of, in the order they happen."""
        found: list[tuple[int, str]] = []
        n_out = 0
        for night in range(self.n_days):
            accident, before = self.on(night), self.on(night - 1)
            if n_out and accident not in OUTAGES:
                found += [(night, "recovered")] * (2 if n_out >= LATE_ON else 1)
            n_out = n_out + 1 if accident in OUTAGES else 0
            found += [(night, "failed_run")] if n_out == 1 else []
            found += [(night, "late_export")] if n_out == LATE_ON else []
            found += [(night, "recovered")] if before == "full_disk" else []
            found += [(night, kind) for kind in TOLD_AT_ONCE.get(accident, ())]
            found += [(night, "finished_release")] if self.releases_on(night) else []
        return found


TOLD_AT_ONCE: Mapping[str | None, tuple[str, ...]] = {
    "asks_otherwise": ("changed_question",),
    "decided": ("recovered",),
    "spoiled": ("blocked_validation",),
    "mended": ("recovered",),
    "full_disk": ("failed_run",),
}
FIVE_DAYS = Scenario(5, 3, {2: "dropped"})
SIXTY_DAYS = Scenario(
    60,
    14,
    {
        4: "broken",
        8: "dropped",
        10: "asks_otherwise",
        12: "decided",
        16: "killed_pull",
        19: "spoiled",
        20: "mended",
        23: "unreachable",
        24: "unreachable",
        25: "unreachable",
        28: "mail_is_out",
        31: "asks_otherwise",
        32: "decided",
        35: "truncated",
        38: "killed_run",
        42: "hook_is_out",
        46: "full_disk",
        51: "killed_pull",
    },
)
