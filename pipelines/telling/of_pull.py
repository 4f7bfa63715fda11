"""What came of fetching responses → what may be told of it: sources and kinds of failures, and no error's own words."""

from instruments.faults import fault_kind
from pipelines.load import Study
from pipelines.pulling.of_study import PulledStudy
from pipelines.pulling.questions import QuestionsChanged
from pipelines.telling.event import Place
from pipelines.telling.state import PULL, PullReport


def report_of_pull(study: Study, done: PulledStudy) -> PullReport:
    """Say of fetching responses what may be told.

    Args:
        study: The study.
        done: What came of it.
    """
    waves = {name: source.wave for name, source in study.spec.sources.items()}
    changed = [name for name, error in done.failures if isinstance(error, QuestionsChanged)]
    failed = [(name, fault_kind(error)) for name, error in done.failures if name not in changed]
    return PullReport(
        frozenset({*(each.source for each in done.pulled), *(name for name, _ in done.failures)}),
        tuple(Place(step=PULL, source=name, wave=waves[name], fault=fault) for name, fault in failed),
        tuple(Place(source=name, wave=waves[name]) for name in changed),
    )
