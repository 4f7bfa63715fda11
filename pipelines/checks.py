"""Validation failures → Dagster asset checks: counts by rule and where the first 50 lie.

Never the text of an answer, nor the id of a response, which may be an e-mail address.
"""

import dagster as dg
import pandas as pd

from pipelines.assets.reading import READING_CHECK
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
    records = [
        dg.TableRecord({str(name): str(value) for name, value in row.items()}) for row in places.to_dict("records")
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
            "examples": dg.MetadataValue.table(records, schema=_schema(*places.columns)),
        },
    )


def _schema(*texts: str, **kinds: str) -> dg.TableSchema:
    columns = [dg.TableColumn(name, "string") for name in texts]
    return dg.TableSchema([*columns, *(dg.TableColumn(name, kind) for name, kind in kinds.items())])
