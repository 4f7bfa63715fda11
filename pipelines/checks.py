"""Validation failures → Dagster asset checks: counts by rule and where the first 50 lie.

Never the text of an answer, nor the id of a response, which may be an e-mail address.
"""

import time
from collections.abc import Sequence

import dagster as dg
import pandas as pd

from pipelines.arrived import arrived, moment_of
from pipelines.asset_metadata import (
    BY_RULE,
    CONDITIONS,
    EXAMPLES,
    FAILURES,
    LATE_WAVES,
    NOT_MET,
    WAVE,
    WHICH_NOT_MET,
    table_of,
)
from pipelines.assets.reading import READING_CHECK
from pipelines.load import Study
from pipelines.steps.export_times import LateExport, late_exports
from pipelines.steps.measurement_uses import MET
from pipelines.steps.validation import BlockingFailure

MEASUREMENT_CHECK = "conditions_of_measurement"
ON_TIME_CHECK = "exports_on_time"


def reading_check(asset: dg.AssetKey) -> dg.AssetCheckSpec:
    """Declare the blocking check of the answers of a wave."""
    description = "Every answer, key and type is as the instruments and tables say; otherwise nothing is replaced."
    return dg.AssetCheckSpec(READING_CHECK, asset=asset, blocking=True, description=description)


def passed(asset: dg.AssetKey, wave: str) -> dg.AssetCheckResult:
    """Report that a wave passed."""
    return dg.AssetCheckResult(passed=True, check_name=READING_CHECK, asset_key=asset, metadata={WAVE: wave})


def failed(asset: dg.AssetKey, failure: BlockingFailure) -> dg.AssetCheckResult:
    """Report what a wave broke."""
    by_rule = pd.DataFrame(failure.counts(), columns=["column", "rule", "failures"])
    examples = failure.examples()
    places = pd.DataFrame(
        {
            "file_sha256": examples["file_sha256"].astype("string").str[:12].fillna(""),
            "row_number": examples["row_number"].astype("string").fillna(""),
            "column": examples["column_name"].fillna("(whole row)"),
            "rule": examples["rule"],
            "table": examples["table_name"],
        }
    )
    return dg.AssetCheckResult(
        passed=False,
        check_name=READING_CHECK,
        asset_key=asset,
        severity=dg.AssetCheckSeverity.ERROR,
        description=str(failure),
        metadata={
            WAVE: failure.wave,
            FAILURES: len(failure.failures),
            BY_RULE: table_of(by_rule),
            EXAMPLES: table_of(places),
        },
    )


def measurement_check(asset: dg.AssetKey) -> dg.AssetCheckSpec:
    """Declare the check of a measurement specification, which stops nothing."""
    description = "Every condition that the specification sets for its scores is met; models are blocked or marked."
    return dg.AssetCheckSpec(MEASUREMENT_CHECK, asset=asset, blocking=False, description=description)


def measured(asset: dg.AssetKey, gates: pd.DataFrame) -> dg.AssetCheckResult:
    """Report which conditions of a measurement specification are not met; ``gates`` are its rows of ``out.gates``."""
    missed = gates[gates["verdict"] != MET]
    columns = ["scale", "respondent_group", "purpose", "over", "measure", "verdict", "when_not_met", "reason"]
    return dg.AssetCheckResult(
        passed=missed.empty,
        check_name=MEASUREMENT_CHECK,
        asset_key=asset,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            CONDITIONS: len(gates),
            NOT_MET: len(missed),
            WHICH_NOT_MET: table_of(missed[columns]),
        },
    )


def expects_exports(study: Study) -> bool:
    """Say whether the study expects exports at times."""
    return study.spec.schedule.expected_every_hours is not None


def on_time_key(study: Study) -> dg.AssetCheckKey:
    """Name the check of whether exports come on time."""
    return dg.AssetCheckKey(dg.AssetKey([study.name, "raw", "files"]), ON_TIME_CHECK)


def on_time_check(study: Study) -> dg.AssetChecksDefinition:
    """Declare the check of whether exports come on time; it can be run by hand, and the sensor reports changes."""
    key = on_time_key(study)

    @dg.asset_check(
        asset=key.asset_key,
        name=key.name,
        description="Of every wave in the field an export came as often as study.yaml expects.",
    )
    def exports_on_time() -> dg.AssetCheckResult:
        now = time.time()
        files = {wave: arrived(study, wave, now).newest for wave in study.spec.waves}
        newest = {wave: moment_of(seconds) for wave, seconds in files.items() if seconds is not None}
        told = on_time(study, late_exports(study.spec, newest, moment_of(now)))
        return dg.AssetCheckResult(
            passed=told.passed, severity=told.severity, description=told.description, metadata=told.metadata
        )

    return exports_on_time


def on_time(study: Study, late: Sequence[LateExport]) -> dg.AssetCheckEvaluation:
    """Report which waves have late exports."""
    key = on_time_key(study)
    told = [
        f"wave {each.wave}: an export was due at {each.due_at:%Y-%m-%d %H:%M} UTC, {each.hours_late:.0f} hours ago"
        for each in late
    ]
    return dg.AssetCheckEvaluation(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not late,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(told) or "no export is late",
        metadata={LATE_WAVES: ", ".join(each.wave for each in late) or "none"},
    )
