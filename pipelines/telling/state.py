"""What is known of a study at a moment, as far as somebody may be told of it: the value that events are found from.

Put here the values only; reading them from files and tables is for ``looking``, comparing them for ``changes``.
"""

import datetime as dt
from dataclasses import dataclass, field, replace

from pydantic import TypeAdapter

from pipelines.telling.event import Place

WHOLE_RUN = ("", "")
"""Stands where step and wave stand, for a run as a whole."""
PULL = "pull"
"""Stands where a step stands, for fetching the responses of a source."""


@dataclass(frozen=True)
class Blocked:
    """A wave that did not pass its last validation.

    Attributes:
        digest: Of all its failures: the same failures have the same.
        n_failures: How many.
        places: Where, most failures first.
    """

    digest: str
    n_failures: int
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Rate:
    """How many of a wave and group have answered, day by day.

    Attributes:
        wave: Wave.
        group: Respondent group.
        n_invited: Invited units.
        first_day: First day in the field, ISO.
        shares: Share of the invited who had answered by the end of each day from the first, 0 to 1.
        n_days: Days the wave is in the field; None where its end is not known.
    """

    wave: str
    group: str
    n_invited: int
    first_day: str
    shares: tuple[float, ...]
    n_days: int | None = None

    def share_on(self, day: int) -> float:
        """Return the share by the end of a day, the first being 0; days without answers change nothing."""
        return self.shares[min(day, len(self.shares) - 1)]

    def days_until(self, moment: dt.datetime) -> int:
        """Return the number of the last whole day in the field, the first being 0; negative before it ended."""
        day = (moment.date() - dt.date.fromisoformat(self.first_day)).days - 1
        return day if self.n_days is None else min(day, self.n_days - 1)


@dataclass(frozen=True)
class Reliability:
    """One coefficient of a scale.

    Attributes:
        scale: Scale.
        group: Respondent group.
        wave: Wave.
        coefficient: ``alpha`` or ``omega``.
        estimate: Its value.
        conf_low: Lower end of its 95 % interval.
        conf_high: Upper end of its 95 % interval.
        n_obs: Responses behind it.
    """

    scale: str
    group: str
    wave: str
    coefficient: str
    estimate: float
    conf_low: float
    conf_high: float
    n_obs: int


@dataclass(frozen=True)
class State:
    """What is known at a moment.

    Attributes:
        at: The moment, ISO with offset.
        blocked: Wave → why it is blocked.
        rates: By wave and group.
        reliabilities: By scale, group, wave and coefficient, of every analysed response.
        releases: Number of every release on record.
        failing: Steps that failed when they were last tried, and have not succeeded since.
        late: Source → when its last export came, ISO, or empty for never; sources whose next export is late.
        changed: Questions that changed on the platform and wait for a person.
        has_tables: Whether the tables have been looked at.
    """

    at: str
    blocked: dict[str, Blocked] = field(default_factory=dict[str, Blocked])
    rates: tuple[Rate, ...] = ()
    reliabilities: tuple[Reliability, ...] = ()
    releases: tuple[int, ...] = ()
    failing: tuple[Place, ...] = ()
    late: dict[str, str] = field(default_factory=dict[str, str])
    changed: tuple[Place, ...] = ()
    has_tables: bool = False

    @property
    def moment(self) -> dt.datetime:
        """The moment as a time, UTC."""
        return dt.datetime.fromisoformat(self.at).astimezone(dt.UTC)


@dataclass(frozen=True)
class RunReport:
    """What a run did, as far as somebody may be told.

    Attributes:
        failed: Steps that failed: step, wave and fault.
        done: Step and wave of every step that succeeded; two empty names for the run as a whole.
    """

    failed: tuple[Place, ...] = ()
    done: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class PullReport:
    """What came of fetching responses, as far as somebody may be told.

    Attributes:
        sources: Every source that was tried.
        failed: Sources that could not be fetched: source, wave and fault.
        changed: Sources of which a question changed: source and wave.
    """

    sources: frozenset[str]
    failed: tuple[Place, ...] = ()
    changed: tuple[Place, ...] = ()


STATE = TypeAdapter(State)


def after_run(state: State, report: RunReport) -> State:
    """Return a state with the failures of a run, and without those that it put right."""
    touched = {*report.done, *((each.step, each.wave) for each in report.failed)}
    kept = [each for each in state.failing if (each.step, each.wave) not in touched]
    return replace(state, failing=tuple(dict.fromkeys([*kept, *report.failed])))


def after_pull(state: State, report: PullReport) -> State:
    """Return a state with what came of fetching the sources that were tried, and what is known of the others."""
    others = [each for each in state.failing if each.step != PULL or each.source not in report.sources]
    undecided = [each for each in state.changed if each.source not in report.sources]
    return replace(state, failing=(*others, *report.failed), changed=(*undecided, *report.changed))
