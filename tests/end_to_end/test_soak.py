"""A fieldwork of sixty days with every accident: nothing is lost, doubled or told twice, every release is intact.

That these proofs can fail is shown on fieldworks of five days, each without one safeguard of the software.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from pipelines.pulling import of_source, remembered
from pipelines.pulling.reconcile import reconcile
from pipelines.tables.pulling import DELETIONS
from pipelines.telling.outbox import Outbox
from tests.soak import proofs
from tests.soak.living import Fieldwork, lived
from tests.soak.scenario import FIVE_DAYS, SIXTY_DAYS, Scenario


@pytest.fixture(scope="module")
def five_days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fieldwork]:
    """Five days in which one response is left out of what a platform delivers; not to be changed."""
    with lived(tmp_path_factory.mktemp("five") / "soak", FIVE_DAYS) as fieldwork:
        yield fieldwork


def prove_everything(fieldwork: Fieldwork, scenario: Scenario) -> None:
    proofs.prove_responses(fieldwork)
    proofs.prove_deletions(fieldwork)
    proofs.prove_events(fieldwork, scenario)
    proofs.prove_releases(fieldwork, scenario)
    proofs.prove_soundness(fieldwork)


@pytest.mark.slow
@pytest.mark.long
def test_sixty_days_with_every_accident_end_with_everything_in_its_place(tmp_path: Path):
    with lived(tmp_path / "soak", SIXTY_DAYS) as fieldwork:
        prove_everything(fieldwork, SIXTY_DAYS)


@pytest.mark.slow
def test_five_days_with_one_accident_end_with_everything_in_its_place(five_days: Fieldwork):
    prove_everything(five_days, FIVE_DAYS)


@pytest.mark.slow
def test_a_release_that_was_written_to_is_found_out(five_days: Fieldwork, tmp_path: Path):
    copied = replace(five_days, folder=Path(shutil.copytree(five_days.folder, tmp_path / "soak")))
    [path] = (copied.folder / "releases").glob("r*.duckdb")
    path.chmod(0o600)
    with path.open("ab") as file:
        file.write(b"\0")
    with pytest.raises(AssertionError):
        proofs.prove_releases(copied, FIVE_DAYS)


def without_a_record_of_what_was_sent() -> AbstractContextManager[object]:
    return patch.object(Outbox, "replace", lambda *_: None)


def without_a_record_of_deletions() -> AbstractContextManager[object]:
    return patch.object(remembered, "record_deletions", lambda *_: None)


def without_a_memory_of_deletions() -> AbstractContextManager[object]:
    record = remembered.record_deletions

    def forgetful(store, place, gone, there, now) -> None:
        known = store.read(DELETIONS)["response_id"]
        earlier = {each.removeprefix(f"{place['source']}/") for each in known}
        record(store, place, gone, there | (earlier - gone), now)

    return patch.object(remembered, "record_deletions", forgetful)


def without_a_comparison_of_lists() -> AbstractContextManager[object]:
    def trusting(held, listed, delivered, *, is_whole):
        believed = dict.fromkeys(listed.keys() & (held.marks.keys() | delivered.keys()), "")
        return reconcile(held, believed, delivered, is_whole=is_whole)

    return patch.object(of_source, "reconcile", trusting)


def prove_events_of_five_days(fieldwork: Fieldwork) -> None:
    proofs.prove_events(fieldwork, FIVE_DAYS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("without", "proof"),
    [
        (without_a_record_of_what_was_sent, prove_events_of_five_days),
        (without_a_record_of_deletions, proofs.prove_responses),
        (without_a_memory_of_deletions, proofs.prove_deletions),
        (without_a_comparison_of_lists, proofs.prove_responses),
    ],
)
def test_a_fieldwork_without_a_safeguard_is_found_out(
    tmp_path: Path, without: Callable[[], AbstractContextManager[object]], proof: Callable[[Fieldwork], None]
):
    with without(), lived(tmp_path / "soak", FIVE_DAYS) as fieldwork, pytest.raises(AssertionError):
        proof(fieldwork)
