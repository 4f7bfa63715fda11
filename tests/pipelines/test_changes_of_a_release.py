"""Waves side by side in a release (P8 of the design): not where their change would tell of the few who joined."""

from contextlib import nullcontext
from unittest.mock import patch

import pandas as pd
import pytest

from pipelines import release
from pipelines.release import preview
from pipelines.release_gates import ReleaseRefused
from pipelines.tables.released import COMPARISONS_RELEASED
from tests.run_steps import bring_up_to_date
from tests.small_study import WAVES, answers, build_small_study, write_export

STEPS = {"out/response_rates", "out/scale_means", "out/distributions", "out/reliability", "core/links"}
IDENTIFIERS = "identifiers: {response_id: id, organisation_id: organisation"
SHOWN = {"respondent_group": "FRL", "over": "wave", "verdict": "shown", "level_asked": "scalar",
         "level_reached": "scalar", "n_differing": 0, "compared": "; ".join(WAVES)}  # fmt: skip
WITHOUT = patch.object(release, "with_waves_apart_that_tell", lambda _number, tables, _slices: tables)


@pytest.fixture(scope="module", params=[6, 14], ids=["few", "many"])
def study_and_store(request, tmp_path_factory):
    """Two waves of 60 people who answer alike, and of 6 or 14 who join in the second."""
    folder = build_small_study(tmp_path_factory.mktemp("waves") / "small", waves=())
    path = folder / "study.yaml"
    path.write_text(path.read_text().replace(IDENTIFIERS, f"{IDENTIFIERS}, respondent_key: person"))
    joined = answers("spring", first=100, n_responses=request.param)
    stayed = answers("autumn", n_responses=60)
    persons = [f"p{place}" for place in range(60)]
    write_export(folder, "autumn.csv", stayed.assign(person=persons))
    again = stayed.assign(id=[f"again-{person}" for person in persons], person=persons)
    late = joined.assign(person=[f"late{place}" for place in range(len(joined))])
    write_export(folder, "spring.csv", pd.concat([again, late], ignore_index=True))
    return request.param, bring_up_to_date(folder, STEPS)


def verdicts(made):
    tables = {table.name: rows for table, rows in made.tables}
    return set(tables[COMPARISONS_RELEASED.name]["verdict"])


@pytest.mark.parametrize("rule", [nullcontext(), WITHOUT], ids=["with", "without"])
def test_without_the_rule_waves_are_set_side_by_side_though_few_joined_and_the_audit_refuses_it(study_and_store, rule):
    n_joined, at = study_and_store
    every = COMPARISONS_RELEASED.typed(pd.DataFrame([{"scale": each, **SHOWN} for each in ("teamwork", "trust")]))
    with rule, patch.object(release, "released_comparisons", lambda *_: every):
        if rule is WITHOUT and n_joined < 10:
            with pytest.raises(ReleaseRefused, match=r"those who joined, which is hidden, .* by the change"):
                preview(*at)
        else:
            assert verdicts(preview(*at)) == ({"too_few"} if n_joined < 10 else {"shown"})
