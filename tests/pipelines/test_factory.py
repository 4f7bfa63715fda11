"""A study's Dagster definitions: what there is, what a run leaves behind, and what a failing check stops."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from pipelines.asset_metadata import heading
from pipelines.definitions import STUDIES, build_definitions, defs
from pipelines.factory import NoValuesIOManager, job_name, waves_partition
from pipelines.load import Study, load_study
from tests.small_study import add_measurement, answers, build_small_study, write_export

TOGETHER = """\
name: together
kind: measurement
title: {en: Teamwork and trust}
scales: [teamwork, trust]
estimator: ml
clusters: false
gates: {reliability: {coefficient: alpha, at_least: 0.1}, when_not_met: mark}
"""
ASSETS_OF_THE_SMALL_STUDY = [
    "small/core/analysis",
    "small/core/answers",
    "small/core/contacts",
    "small/core/dyad_keys",
    "small/core/exclusions",
    "small/core/link_candidates",
    "small/core/link_codes",
    "small/core/links",
    "small/core/missing",
    "small/core/open_answers",
    "small/core/open_text_findings",
    "small/core/paradata",
    "small/core/quality_flags",
    "small/core/rejects",
    "small/core/repeats",
    "small/core/responses",
    "small/core/sampled_units",
    "small/core/scores",
    "small/core/unit_variables",
    "small/core/weights",
    "small/out/agreement",
    "small/out/attrition",
    "small/out/attrition_differences",
    "small/out/break_off_items",
    "small/out/distributions",
    "small/out/exclusions",
    "small/out/fieldwork_by_day",
    "small/out/fits/trust",
    "small/out/instrument_changes",
    "small/out/items",
    "small/out/missing",
    "small/out/reliability",
    "small/out/representativity",
    "small/out/response_rates",
    "small/out/response_rates_by_organisation",
    "small/out/scale_means",
    "small/out/screening",
    "small/out/screening_overlap",
    "small/out/weighting",
    "small/out/weighting_cells",
    "small/out/weighting_margins",
    "small/out/weighting_totals",
    "small/raw/columns",
    "small/raw/conservation",
    "small/raw/files",
]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return load_study(build_small_study(tmp_path / "small"))


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def keys_of(definitions: dg.Definitions) -> list[str]:
    return sorted(key.to_user_string() for key in definitions.resolve_all_asset_keys())


def run_wave(study: Study, instance: dg.DagsterInstance, wave: str) -> dg.ExecuteInProcessResult:
    """Run everything of a wave as the job of the study does, whatever its outcome."""
    instance.add_dynamic_partitions(waves_partition(study).name or "", [wave])
    job = build_definitions([study]).resolve_job_def(job_name(study))
    return job.execute_in_process(instance=instance, partition_key=wave, raise_on_error=False)


@dataclass(frozen=True)
class FirstRun:
    """A study whose first wave was run through its job."""

    study: Study
    instance: dg.DagsterInstance
    result: dg.ExecuteInProcessResult


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstRun]:
    study = load_study(build_small_study(tmp_path_factory.mktemp("first") / "small"))
    with dg.DagsterInstance.ephemeral() as ephemeral:
        result = run_wave(study, ephemeral, "autumn")
        assert result.success
        yield FirstRun(study, ephemeral, result)


def steps_that_began(result: dg.ExecuteInProcessResult) -> set[str]:
    return {str(event.step_key) for event in result.all_events if event.event_type_value == "STEP_START"}


def test_definitions_load_and_hold_every_table_the_job_the_schedule_and_the_sensor(study: Study):
    definitions = build_definitions([study])
    dg.Definitions.validate_loadable(definitions)
    assert keys_of(definitions) == ASSETS_OF_THE_SMALL_STUDY
    assert definitions.resolve_job_def("small_run").name == "small_run"
    schedule = definitions.resolve_schedule_def("small_nightly")
    assert schedule.cron_schedule == "0 3 * * *"
    assert schedule.execution_timezone == "UTC"
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert definitions.resolve_sensor_def("small_exports").default_status is dg.DefaultSensorStatus.RUNNING


def test_assets_by_wave_are_partitioned_and_results_are_not(study: Study):
    graph = build_definitions([study]).resolve_asset_graph()
    partitioned = {key.to_user_string() for key in graph.get_all_asset_keys() if graph.get(key).is_partitioned}
    assert partitioned == {
        f"small/{table}"
        for table in (
            "raw/files",
            "raw/columns",
            "raw/conservation",
            "core/responses",
            "core/answers",
            "core/missing",
            "core/open_answers",
            "core/open_text_findings",
            "core/link_codes",
            "core/dyad_keys",
            "core/paradata",
            "core/quality_flags",
            "core/exclusions",
            "core/rejects",
            "core/repeats",
            "core/scores",
        )
    }


def test_validation_is_a_blocking_check_of_the_responses(study: Study):
    graph = build_definitions([study]).resolve_asset_graph()
    (check,) = graph.asset_check_keys
    assert (check.asset_key.to_user_string(), check.name) == ("small/core/responses", "answers_are_valid")
    assert graph.get_check_spec(check).blocking


def test_model_depends_on_analysis_exclusions_and_changed_questions_and_on_no_other_model(study: Study):
    graph = build_definitions([study]).resolve_asset_graph()
    fits = graph.get(dg.AssetKey(["small", "out", "fits", "trust"]))
    assert {key.to_user_string() for key in fits.parent_keys} == {
        "small/core/analysis",
        "small/core/exclusions",
        "small/out/instrument_changes",
    }


def test_several_studies_live_beside_each_other(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    other = build_small_study(tmp_path / "other", name="other")
    monkeypatch.setenv(STUDIES, f"{study.folder}:{other}")
    definitions = defs()
    dg.Definitions.validate_loadable(definitions)
    others = [key.replace("small/", "other/", 1) for key in ASSETS_OF_THE_SMALL_STUDY]
    assert keys_of(definitions) == sorted([*ASSETS_OF_THE_SMALL_STUDY, *others])
    assert definitions.resolve_sensor_def("other_exports")
    assert definitions.resolve_job_def("other_run")


def test_without_studies_there_is_an_empty_code_location(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(STUDIES, raising=False)
    definitions = defs()
    dg.Definitions.validate_loadable(definitions)
    assert keys_of(definitions) == []


def test_run_of_the_job_shows_row_counts_and_tables(first_run: FirstRun):
    result = first_run.result
    of_asset = {
        event.asset_key.to_user_string(): event.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    assert sorted(of_asset) == ASSETS_OF_THE_SMALL_STUDY
    assert of_asset["small/core/responses"]["dagster/row_count"].value == 40
    alphas = of_asset["small/out/reliability"]["Table"].value
    assert alphas.startswith("| Scale | Respondent group | Wave | Coefficient | Estimate | 95 % interval, lower end |")
    assert "| teamwork | FRL | autumn | alpha | 0." in alphas
    model = of_asset["small/out/fits/trust"]
    assert model["dagster/row_count"].value == model["Fits"].value == 2
    assert model["Variants that the data cannot carry"].value == 0
    assert "| main | exploratory | no analysis plan was locked | HC3 | 40 |" in model["Table of fits"].value
    coefficients = model["Table of estimates"].value
    assert "| main | exploratory | teamwork | " in coefficients
    rates = of_asset["small/out/response_rates"]["Table"].value
    assert "| autumn | FRL | – | 4" in rates
    (evaluation,) = result.get_asset_check_evaluations()
    assert evaluation.passed


def labels_of(value: dg.MetadataValue) -> list[str]:
    """Return what stands above the columns of a shown table."""
    if isinstance(value, dg.MarkdownMetadataValue):
        return [each.strip() for each in str(value.value).splitlines()[0].strip("|").split("|")]
    return [each.name for each in value.schema.columns] if isinstance(value, dg.TableMetadataValue) else []


def test_every_label_of_every_asset_is_in_words(first_run: FirstRun):
    events = [event.materialization.metadata for event in first_run.result.get_asset_materialization_events()]
    events += [each.metadata for each in first_run.result.get_asset_check_evaluations()]
    labels = {label for each in events for name, value in each.items() for label in (name, *labels_of(value))}
    own = {label for label in labels if label.startswith("dagster/")}
    assert own == {"dagster/row_count"}
    assert [label for label in labels - own if "_" in label.replace("r_wg", "") or label[0].islower()] == ["p"]


def test_figures_that_somebody_looks_into_are_told_with_their_units(first_run: FirstRun):
    of_asset = {
        event.asset_key.to_user_string(): {name: each.value for name, each in event.materialization.metadata.items()}
        for event in first_run.result.get_asset_materialization_events()
        if event.asset_key
    }
    assert of_asset["small/core/responses"]["Responses"] == 40
    assert of_asset["small/out/weighting"]["Rows, one a wave and respondent group"] == 1
    assert 0 < of_asset["small/out/reliability"]["Lowest alpha"] < 1
    assert not [name for name in of_asset["small/out/response_rates"] if name.startswith("Lowest")]


@pytest.mark.slow
def test_a_measurement_specification_is_one_asset_with_its_tables_and_its_conditions(
    tmp_path: Path, instance: dg.DagsterInstance
):
    folder = build_small_study(tmp_path / "small")
    add_measurement(folder, TOGETHER)
    result = run_wave(load_study(folder), instance, "autumn")
    assert result.success
    key = dg.AssetKey(["small", "out", "measurement", "together"])
    (made,) = result.asset_materializations_for_node("small__out__measurement__together")
    assert made.asset_key == key
    assert made.metadata["Rows of gates"].value == 2
    assert "| teamwork | FRL | " in str(made.metadata["Table of gates"].value)
    (told,) = [each for each in result.get_asset_check_evaluations() if each.asset_key == key]
    assert (told.check_name, told.passed, told.metadata["Conditions"].value) == ("conditions_of_measurement", True, 2)


def test_run_without_anything_new_writes_nothing_again(first_run: FirstRun):
    again = run_wave(first_run.study, first_run.instance, "autumn")
    assert again.success
    metadata = [event.materialization.metadata for event in again.get_asset_materialization_events()]
    assert len(metadata) == len(ASSETS_OF_THE_SMALL_STUDY)
    assert all(each["Unchanged since the run before"].value for each in metadata)


def test_failing_check_fails_the_run_and_stops_every_step_that_follows(study: Study, instance: dg.DagsterInstance):
    table = answers("autumn")
    table.loc[[3, 5], "TW_1"] = "7"
    write_export(study.folder, "autumn.csv", table)
    result = run_wave(study, instance, "autumn")
    assert not result.success
    needs_no_answers = {"small__raw__files", "small__out__instrument_changes"}
    assert steps_that_began(result) == {*needs_no_answers, "small__core__responses"}
    (evaluation,) = result.get_asset_check_evaluations()
    assert not evaluation.passed
    assert evaluation.metadata["Failures"].value == 2
    (by_rule,) = evaluation.metadata["Failures by rule"].records
    assert by_rule.data == {"Column": "TW_1", "Rule": "outside_response_scale", "Failures": 2}
    assert [
        each.data[heading("row_number")] for each in evaluation.metadata["Where the first of them lie"].records
    ] == ["5", "7"]
    written = {
        event.asset_key.to_user_string() for event in result.get_asset_materialization_events() if event.asset_key
    }
    assert written == {"small/raw/files", "small/raw/columns", "small/out/instrument_changes"}


def test_failing_check_is_not_tried_twice(study: Study, instance: dg.DagsterInstance):
    write_export(study.folder, "autumn.csv", answers("autumn").assign(TW_1="7"))
    result = run_wave(study, instance, "autumn")
    kinds = [event.event_type_value for event in result.all_events]
    assert "STEP_UP_FOR_RETRY" not in kinds
    assert kinds.count("STEP_FAILURE") == 1


def test_values_are_refused_from_asset_to_asset(instance: dg.DagsterInstance):
    @dg.asset
    def upstream() -> int:
        return 1

    @dg.asset(deps=[upstream])
    def careful() -> None:
        """Hands over nothing."""

    manager = {"io_manager": NoValuesIOManager()}
    result = dg.materialize([upstream, careful], instance=instance, resources=manager, raise_on_error=False)
    assert not result.success
    failure = next(event for event in result.all_events if event.event_type_value == "STEP_FAILURE")
    assert "upstream returned a value; write a table instead" in str(failure.step_failure_data.error)


def test_asked_for_value_is_refused():
    context = dg.build_input_context(asset_key=dg.AssetKey(["small", "core", "responses"]))
    with pytest.raises(TypeError, match="small/core/responses asked for a value; read a table instead"):
        NoValuesIOManager().load_input(context)
