"""A small study with a measurement specification: its faults, a model marked or blocked, what a release shows."""

import duckdb
import pytest
from small_study import add_measurement, build_small_study

from instruments.faults import SpecError
from pipelines.assets import measurement
from pipelines.commands.run import run_study
from pipelines.load import load_study
from pipelines.release import publish
from pipelines.steps.measurement_uses import CONDITIONS_NOT_MET
from pipelines.store import Store
from pipelines.tables import out

SPEC = """\
name: together
kind: measurement
title: {{en: Teamwork and trust}}
scales: [teamwork, trust]
estimator: ml
clusters: false
comparisons:
  - {{over: wave}}
gates:
  reliability: {{coefficient: alpha, at_least: {at_least}}}
  when_not_met: {when_not_met}
"""


def measured_study(folder, at_least=0.99, when_not_met="mark"):
    build_small_study(folder)
    return specify(folder, at_least, when_not_met)


def specify(folder, at_least, when_not_met, *, compares=False):
    text = SPEC.format(at_least=at_least, when_not_met=when_not_met)
    text = text if compares else text.replace("comparisons:\n  - {over: wave}\n", "")
    if "measurement:" in (folder / "study.yaml").read_text():
        (folder / "models" / "together.yaml").write_text(text)
    else:
        add_measurement(folder, text)
    return load_study(folder)


def conditions_of(store):
    diagnostics = store.read(out.DIAGNOSTICS)
    return diagnostics[diagnostics["diagnostic"] == CONDITIONS_NOT_MET]


@pytest.mark.slow
def test_unmet_conditions_mark_or_block_a_model_and_a_new_threshold_judges_it_again(tmp_path, monkeypatch):
    study = measured_study(tmp_path)
    store, outcome = Store(study.warehouse), run_study(study)
    assert not outcome.failures
    marked = conditions_of(store)
    assert marked[["value", "verdict"]].drop_duplicates().to_numpy().tolist() == [[2.0, "look"]]
    assert any("the model trust (" in each and "conditions of measurement" in each for each in outcome.warnings)
    with monkeypatch.context() as of_many:
        of_many.setattr(measurement, "MOST_TOLD", 0)
        assert any("conditions of measurement are not met: trust; " in each for each in measurement.notes(study, store))
    with duckdb.connect(publish(study, store, "Test").path, read_only=True) as released:
        shown = released.execute("SELECT scale, over, verdict, compared FROM out.comparisons ORDER BY scale").fetchall()
        missed = released.execute("SELECT DISTINCT conditions_not_met FROM out.fits").fetchall()
        told = released.execute("SELECT fit_id, scale, measure, verdict FROM out.conditions").fetchall()
    assert [row[:2] for row in shown] == [("teamwork", "wave"), ("trust", "wave")]
    assert {row[2:] for row in shown} == {("not_looked_at", "")}
    assert missed == [(2,)]
    assert {row[1:] for row in told} == {("teamwork", "alpha", "not_met"), ("trust", "alpha", "not_met")}
    assert len(told) == 2 * len({row[0] for row in told})

    blocked = specify(tmp_path, 0.99, "block")
    warnings = run_study(blocked).warnings
    assert set(store.read(out.REFUSALS)["model"]) == {"trust"}
    assert store.read(out.REFUSALS)["reason"].str.contains("alpha of trust in FRL is 0").all()
    assert any("was not estimated: a score of this model may not be used" in each for each in warnings)

    run_study(specify(tmp_path, 0.1, "block"))
    assert store.read(out.REFUSALS).empty
    met = conditions_of(store)["value"]
    assert (met == 0).any()


FAULTS = {
    "unknown_scale": ("[teamwork, trust]", "[teamwork, trsut]", "the study has no scale 'trsut'"),
    "unknown_comparison": ("over: wave", "over: wavee", "'wavee' does not name groups of responses"),
    "unknown_groups_of_items": (
        "estimator: ml", "estimator: ml\nitem_functioning: {over: [wavee]}", "'wavee' does not name groups",
    ),
    "groups_of_items_twice": (
        "estimator: ml", "estimator: ml\nitem_functioning: {over: [wave, wave]}", "names the same groups twice",
    ),
    "scale_twice": ("[teamwork, trust]", "[trust, trust]", "a scale is named twice"),
    "unknown_key": ("estimator", "estimater", "unknown key; did you mean 'estimator'?"),
    "unknown_level": ("{over: wave}", "{over: wave, level: scaler}", "did you mean 'scalar'?"),
    "share_in_percent": ("at_least: 0.7", "at_least: 70", "expected less than 1, found 70"),
    "thresholds_of_continuous_items": ("{over: wave}", "{over: wave, level: threshold}", "only ordered items have"),
    "clusters_of_normal_responses": (
        "clusters: false", "clusters: true", "estimator ml takes responses as independent",
    ),
    "unknown_wave": ("estimator: ml", "estimator: ml\nwaves: [summer]", "summer"),
    "unknown_group": ("estimator: ml", "estimator: ml\nrespondent_groups: [TOP]", "TOP"),
    "stranger_in_a_pair": (
        "estimator: ml", "estimator: ml\nresiduals_together: [[TW_1, XX_1]]", "'XX_1' is no item of these scales",
    ),
    "part_of_no_scale": (
        "estimator: ml", "estimator: ml\nsecond_order: {all: [teamwork, voice]}", "has the part 'voice'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_of_a_specification_is_told_with_its_file_and_line(tmp_path, case):
    right, wrong, message = FAULTS[case]
    build_small_study(tmp_path)
    specify(tmp_path, 0.7, "mark", compares=True)
    path = tmp_path / "models" / "together.yaml"
    text = path.read_text()
    assert right in text
    path.write_text(text.replace(right, wrong))
    with pytest.raises(SpecError) as caught:
        load_study(tmp_path)
    told = [fault for fault in caught.value.faults if message in fault.message]
    assert told
    assert all(str(fault.path).endswith("together.yaml") and fault.line >= 1 for fault in told)
