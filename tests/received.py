"""Files of a platform read as a study does it: without a study folder, or in one that is run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from instruments.spec import Instrument
from pipelines.readers.opening import Settings
from pipelines.readers.plan import Request
from pipelines.readers.registry import make_plan
from pipelines.readers.structures import read_structure
from pipelines.receive import ReadResult, ReceiveContext, read_export
from pipelines.sections.sources import Source
from tests.command_line import done, sensemaking, table
from tests.opened import opened_export


@dataclass(frozen=True)
class Delivery:
    """An export, the files of its survey's definition, and what the study says of them.

    Attributes:
        name: Name of the export.
        content: Its bytes.
        definition: Name → bytes.
        source: Settings of the source.
    """

    name: str
    content: bytes
    definition: Mapping[str, bytes] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)

    def settings(self) -> dict[str, Any]:
        stated = {"wave": "w1", "files": self.name, "language": "en", **self.source}
        return stated | ({"structure": list(self.definition)} if self.definition else {})

    def written(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in {**self.definition, self.name: self.content}.items():
            (folder / name).write_bytes(content)
        return folder / self.name


def whole(name: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "version": "1", "title": {"en": "t"}, **raw}


def receive(folder: Path, delivery: Delivery, raws: Mapping[str, Mapping[str, Any]]) -> ReadResult:
    """Read a delivery with the readers and the executor alone; instruments are given by name."""
    every = {name: Instrument.model_validate(whole(name, raw), strict=False) for name, raw in raws.items()}
    return receive_asked(folder, delivery, every)


def receive_asked(folder: Path, delivery: Delivery, every: Mapping[str, Instrument]) -> ReadResult:
    """Read a delivery with the readers and the executor alone."""
    path = delivery.written(folder)
    source = Source.model_validate(delivery.settings(), strict=False)
    asked = tuple(each for name, each in every.items() if name in source.instruments or not source.instruments)
    export = opened_export(path, Settings(encoding=source.encoding or "", delimiter=source.delimiter or ""))
    paths = [folder / name for name in delivery.definition]
    structure = read_structure(paths) if paths else export.head.structure
    plan = make_plan(export.head, Request(source, asked, structure), source.platform)
    return read_export(export, plan, ReceiveContext("s", source, tuple(every.values()), "w1", "f" * 64))


def run_study(folder: Path, deliveries: Mapping[str, Delivery], raws: Mapping[str, Mapping[str, Any]]) -> ReadResult:
    """Run a study of deliveries, by source, and return the tables that it stored; instruments are given by name."""
    for each in deliveries.values():
        each.written(folder / "exports")
    study = {
        "name": "tried",
        "title": {"en": "Tried"},
        "is_synthetic": True,
        "waves": {"w1": {"title": {"en": "First"}}},
        "respondent_groups": {"staff": {"en": "Staff"}},
        "instruments": list(raws),
        "sources": {name: each.settings() for name, each in deliveries.items()},
        "release": {"least_cell_size": 10, "languages": ["en"]},
    }
    (folder / "instruments").mkdir()
    files = {f"instruments/{name}.yaml": whole(name, raw) for name, raw in raws.items()} | {"study.yaml": study}
    for name, content in files.items():
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        (folder / name).write_text(text, encoding="utf-8")
    done(sensemaking("check", folder))
    done(sensemaking("run", folder))
    names = ("responses", "answers", "missing", "open_answers", "repeats", "rejects", "paradata")
    tables = {name: table(folder, f"core.{name}") for name in names}
    return ReadResult(**tables, conservation=table(folder, "raw.conservation"))


def answers_of(result: ReadResult, columns: Sequence[str] | None = None) -> dict[str, dict[str, Any]]:
    """Return response → column → answer, what is missing left out; responses without their source."""
    texts = result.open_answers.rename(columns={"text": "answer"})[["response_id", "item", "answer"]]
    closed = result.answers.drop(columns=["wave"])
    long = closed.melt("response_id", var_name="item", value_name="answer").dropna(subset=["answer"])
    found: dict[str, dict[str, Any]] = {_own(each): {} for each in result.responses["response_id"]}
    for each in pd.concat([long.astype(object), texts.astype(object)]).to_dict("records"):
        if columns is None or each["item"] in columns:
            found[_own(each["response_id"])][each["item"]] = _plain(each["answer"])
    return found


def reasons_of(result: ReadResult) -> dict[str, dict[str, str]]:
    """Return response → item → missing reason; responses without their source."""
    found: dict[str, dict[str, str]] = {_own(each): {} for each in result.responses["response_id"]}
    for each in result.missing.to_dict("records"):
        found[_own(each["response_id"])][each["item"]] = each["reason"]
    return found


def repeats_of(result: ReadResult) -> dict[tuple[str, str, int], dict[str, Any]]:
    """Return response, repeated block and number → column → answer or missing reason."""
    found: dict[tuple[str, str, int], dict[str, Any]] = {}
    for each in result.repeats.to_dict("records"):
        given = [each[name] for name in ("code", "number", "day", "text", "reason") if not pd.isna(each[name])]
        key = (_own(each["response_id"]), each["instrument"], int(each["instance"]))
        found.setdefault(key, {})[each["item"]] = _plain(given[0])
    return found


def _own(response_id: str) -> str:
    return response_id.partition("/")[2]


def _plain(answer: Any) -> Any:
    if isinstance(answer, pd.Timestamp):
        return answer.date().isoformat()
    if hasattr(answer, "isoformat"):
        return answer.isoformat()
    return answer.item() if hasattr(answer, "item") else answer
