"""A fieldwork of weeks with every accident: nothing is lost, doubled or told twice, and every release is intact."""

from pathlib import Path

import pytest

from tests.soak import proofs
from tests.soak.living import lived
from tests.soak.scenario import TEN_DAYS, Scenario


@pytest.mark.slow
@pytest.mark.parametrize("scenario", [pytest.param(TEN_DAYS, id="ten days")])
def test_a_fieldwork_with_accidents_ends_with_everything_in_its_place(tmp_path: Path, scenario: Scenario):
    with lived(tmp_path / "soak", scenario) as fieldwork:
        proofs.prove_responses(fieldwork)
        proofs.prove_deletions(fieldwork)
        proofs.prove_events(fieldwork, scenario)
        proofs.prove_releases(fieldwork, scenario)
        proofs.prove_soundness(fieldwork)
