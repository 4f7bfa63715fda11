"""OpenLineage events of steps, for a catalogue of data: to a file or an HTTP address, where one is named.

Off unless ``SENSEMAKING_OPENLINEAGE`` names a file or an address. An event holds names of tables and columns and counts
of rows. A catalogue that does not answer never stops a run.
"""

import datetime as dt
import json
import logging
import os
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pipelines.assets.step import Step, Task
from pipelines.files import PRIVATE
from pipelines.tables.base import Table

VARIABLE = "SENSEMAKING_OPENLINEAGE"
TIMEOUT_SECONDS = 5.0
PRODUCER = "urn:sensemaking"
SPECIFICATION = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
FACETS = "https://openlineage.io/spec/facets"
EventType = Literal["START", "COMPLETE", "FAIL"]


def emit(event_type: EventType, step: Step, task: Task, run_id: str, n_rows: Mapping[str, int] | None = None) -> None:
    """Send an event of a step, where the environment says where to.

    Args:
        event_type: Whether the step begins, ended or failed.
        step: The step.
        task: Study and wave.
        run_id: Dagster's id of the run.
        n_rows: Rows by table that the step wrote.
    """
    target = os.environ.get(VARIABLE, "")
    if not target:
        return
    line = json.dumps(event_of(event_type, step, task, run_id, n_rows or {}))
    try:
        _post(target, line) if target.startswith(("http://", "https://")) else _append(Path(target), line)
    except (OSError, urllib.error.URLError) as error:
        logging.getLogger("dagster").warning("no OpenLineage event was sent: %s", type(error).__name__)


def event_of(event_type: EventType, step: Step, task: Task, run_id: str, n_rows: Mapping[str, int]) -> dict[str, Any]:
    """Write an event as OpenLineage's specification 2-0-2 has it; a step and wave of a run has an id of its own."""
    namespace = f"sensemaking.{task.study.name}"
    name = f"{step.name}.{task.wave}" if task.wave else step.name
    parent = {"run": {"runId": run_id}, "job": {"namespace": namespace, "name": "run"}}
    return {
        "eventType": event_type,
        "eventTime": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
        "run": {
            "runId": str(uuid.uuid5(uuid.UUID(run_id), name)),
            "facets": {"parent": {**_facet("1-0-1/ParentRunFacet"), **parent}},
        },
        "job": {"namespace": namespace, "name": name},
        "inputs": [{"namespace": namespace, "name": table} for table in step.reads],
        "outputs": [_output(namespace, table, n_rows) for table in step.writes],
        "producer": PRODUCER,
        "schemaURL": SPECIFICATION,
    }


def _output(namespace: str, table: Table, n_rows: Mapping[str, int]) -> dict[str, Any]:
    fields = [
        {"name": name, "type": column.kind, "description": column.meaning} for name, column in table.columns.items()
    ]
    output: dict[str, Any] = {
        "namespace": namespace,
        "name": table.name,
        "facets": {"schema": {**_facet("1-1-1/SchemaDatasetFacet"), "fields": fields}},
    }
    if table.name in n_rows:
        statistics = {**_facet("1-0-2/OutputStatisticsOutputDatasetFacet"), "rowCount": n_rows[table.name]}
        output["outputFacets"] = {"outputStatistics": statistics}
    return output


def _facet(name: str) -> dict[str, str]:
    return {"_producer": PRODUCER, "_schemaURL": f"{FACETS}/{name}.json"}


def _append(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(line + "\n")


def _post(address: str, line: str) -> None:
    request = urllib.request.Request(  # noqa: S310 - an address of http or https, as asked above
        address, line.encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
        pass
