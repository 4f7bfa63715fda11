"""Every source of a study that is pulled: one after the other, and what fails in one stops no other."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from instruments.faults import DataError, EnvironmentFault, UsageError
from pipelines.load import Study
from pipelines.lock import Waiting, exclusive, no_message
from pipelines.pulling.of_source import Pulled, SourcePull, Wishes
from pipelines.pulling.patience import Clock
from pipelines.pulling.remembered import record_failure
from pipelines.store import Store

NO_WISHES, SYSTEM_CLOCK = Wishes(), Clock()
Failure = DataError | UsageError | EnvironmentFault | OSError


@dataclass
class PulledStudy:
    """What a pull of a study did.

    Attributes:
        pulled: What was done, by source.
        failures: Source and error of every source that failed; of these nothing was taken.
    """

    pulled: list[Pulled] = field(default_factory=list[Pulled])
    failures: list[tuple[str, Failure]] = field(default_factory=list[tuple[str, Failure]])


def pulled_sources(study: Study, wave: str | None = None) -> list[str]:
    """List the sources that are pulled, of one wave or all.

    Raises:
        UsageError: When there is no such wave.
    """
    if wave is not None and wave not in study.spec.waves:
        raise UsageError(f"there is no wave {wave}; the study has {', '.join(study.spec.waves)}")
    named = study.sources().items()
    return [name for name, source in named if source.pull is not None and wave in (None, source.wave)]


def pull_study(
    study: Study,
    wave: str | None = None,
    wishes: Wishes = NO_WISHES,
    clock: Clock = SYSTEM_CLOCK,
    on_wait: Waiting = no_message,
    on_source: Callable[[str], None] = no_message,
) -> PulledStudy:
    """Fetch from every platform what is new, changed and gone.

    Args:
        study: The study.
        wave: Only sources of this wave.
        wishes: What a person asks beyond the usual.
        clock: Waits.
        on_wait: Told whom a second pull waits for.
        on_source: Told of every source as it begins.

    Raises:
        UsageError: When the study pulls nothing.
    """
    names = pulled_sources(study, wave)
    if not names:
        raise UsageError("no source has a section pull; write one in study.yaml (how-to page: pull from a platform)")
    done = PulledStudy()
    with exclusive(study.warehouse / "pull.lock", "sensemaking pull", on_wait):
        for name in names:
            on_source(name)
            try:
                done.pulled.append(SourcePull(study, name, wishes, clock).bring_up_to_date())
            except (DataError, UsageError, EnvironmentFault, OSError) as error:
                done.failures.append((name, error))
                _remember_failure(study, name, error, clock)
    return done


def _remember_failure(study: Study, name: str, error: Failure, clock: Clock) -> None:
    """Remember a failure; where that fails too, as on a full disk, the first one is what a person is told."""
    source = study.sources()[name]
    platform = source.pull.platform if source.pull is not None else ""
    place = {"source": name, "wave": source.wave}
    with suppress(EnvironmentFault, OSError):
        record_failure(Store(study.warehouse), place, platform, error, clock.now())
