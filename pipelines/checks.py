"""Validation failures → Dagster asset checks: counts by rule and the first 50 examples, never the text of an answer."""

import dagster as dg

from pipelines.assets.core import READING_CHECK
from pipelines.steps.validation import BlockingFailure


def reading_check(asset: dg.AssetKey) -> dg.AssetCheckSpec:
    """Declare the blocking check of the answers of a wave."""
    description = "Every answer, key and type is as the instruments and tables say; otherwise nothing is replaced."
    return dg.AssetCheckSpec(READING_CHECK, asset=asset, blocking=True, description=description)


def passed(asset: dg.AssetKey, wave: str) -> dg.AssetCheckResult:
    """Report that a wave passed."""
    return dg.AssetCheckResult(passed=True, check_name=READING_CHECK, asset_key=asset, metadata={"wave": wave})


def failed(asset: dg.AssetKey, failure: BlockingFailure) -> dg.AssetCheckResult:
    """Report what a wave broke."""
    by_rule = [dg.TableRecord({"column": column, "rule": rule, "failures": n}) for column, rule, n in failure.counts()]
    examples = [
        dg.TableRecord({str(name): "" if value is None else str(value) for name, value in row.items()})
        for row in failure.examples().astype("object").to_dict("records")
    ]
    return dg.AssetCheckResult(
        passed=False,
        check_name=READING_CHECK,
        asset_key=asset,
        severity=dg.AssetCheckSeverity.ERROR,
        description=str(failure),
        metadata={
            "wave": failure.wave,
            "n_failures": len(failure.failures),
            "by_rule": dg.MetadataValue.table(by_rule, schema=_schema("column", "rule", failures="int")),
            "examples": dg.MetadataValue.table(examples, schema=_schema(*failure.failures.columns)),
        },
    )


def _schema(*texts: str, **kinds: str) -> dg.TableSchema:
    columns = [dg.TableColumn(name, "string") for name in texts]
    return dg.TableSchema([*columns, *(dg.TableColumn(name, kind) for name, kind in kinds.items())])
