"""``sensemaking init``: a study folder to begin with, drafted from an export where there is one."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from instruments.faults import UsageError
from instruments.spec_file import LONGEST_NAME, Name
from models.measurement.keying import suggest_reversed
from pipelines.load import Study, load_study
from pipelines.readers.drafts.draft import Draft, draft_of
from pipelines.readers.drafts.files import Origin, instrument_yaml, study_yaml
from pipelines.readers.headers import plain_name
from pipelines.readers.opening import OpenedExport, Settings, opened
from pipelines.readers.plan import ReadingError, ReadingPlan, Request, fold
from pipelines.readers.registry import make_plan
from pipelines.readers.structures import read_structure
from pipelines.receive import count_cells, own_texts
from pipelines.sections.response_columns import COLUMNS_OF_A_RESPONSE

INSTRUMENT: Name = "questionnaire"
EMPTY_STUDY = """\
name: {name}
title: {{en: {name}}}

waves:
  w1: {{title: {{en: First wave}}}}
respondent_groups:
  ALL: {{en: All respondents}}
instruments: [background]  # built-in ones: identity_work, vertical_horizontal_integration, collective_leadership …
sources:
  first_export:
    wave: w1
    files: "w1*.csv"  # put the export into exports/ and say what it is called
    respondent_group: ALL
"""


@dataclass(frozen=True)
class Started:
    """A study folder that was made.

    Attributes:
        study: The study, free of faults.
        draft: What was drafted; None without an export.
    """

    study: Study
    draft: Draft | None


def start_study(folder: Path, export: Path | None, structure: Sequence[Path]) -> Started:
    """Make a study folder.

    Args:
        folder: The folder; its name becomes the study's.
        export: An export to draft items and scales from; it is copied into ``exports/``.
        structure: The files of the survey's definition; copied as well.

    Raises:
        UsageError: When the folder holds a study already, or structure files come without an export.
        ReadingError: When the export or the structure cannot be read; then nothing was made.
    """
    if (folder / "study.yaml").exists():
        raise UsageError(f"{folder} holds a study already; name another folder")
    name = plain_name(folder.resolve().name)[:LONGEST_NAME] or "study"
    if export is None:
        if structure:
            raise UsageError("--structure needs --from: a definition alone holds no answers to draft from")
        _write(folder, {"study.yaml": EMPTY_STUDY.format(name=name)})
        return Started(load_study(folder), None)
    known = read_structure(structure) if structure else None
    with opened(export, Settings()) as file:
        found = known or file.head.structure
        plan = make_plan(file.head, Request(structure=found))
        counts = count_cells(file, plan)
        draft = draft_of(plan, counts, COLUMNS_OF_A_RESPONSE)
        if not draft.items:
            raise ReadingError(
                export.name,
                "expected columns with questions, found only those that the platform itself writes; export the answers "
                "too, or begin without --from",
            )
        origin = Origin(
            study=name,
            export=_legal(export.name),
            structure=tuple(_legal(path.name) for path in structure),
            title=found.title if found else "",
            language=found.language if found else "",
            n_responses=counts.rows.n_own,
            reversed_items=_evidence(file, plan, draft),
        )
    texts = {
        "study.yaml": study_yaml(draft, plan, origin, INSTRUMENT),
        f"instruments/{INSTRUMENT}.yaml": instrument_yaml(draft, origin, INSTRUMENT),
    }
    _write(folder, texts)
    for path in (export, *structure):
        shutil.copyfile(path, folder / "exports" / _legal(path.name))
    return Started(load_study(folder), draft)


def _write(folder: Path, texts: dict[str, str]) -> None:
    (folder / "exports").mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _legal(name: str) -> str:
    """Return a file name without the signs of a pattern, which ``files`` may not hold."""
    return "".join("_" if letter in "[]*?" else letter for letter in name).lstrip(".")


def _evidence(export: OpenedExport, plan: ReadingPlan, draft: Draft) -> dict[str, str]:
    """Return what speaks for an item being worded the other way round."""
    columns = {item.name: item.columns for item in draft.items if isinstance(item.columns, str)}
    found: dict[str, str] = {}
    for scale in draft.scales:
        texts = own_texts(export, plan, [columns[item] for item in scale.items])
        answers = pd.DataFrame({item: _codes(draft, item, texts[columns[item]].to_pandas()) for item in scale.items})
        for each in suggest_reversed(answers):
            found[each.item] = (
                f"mean correlation {each.mean_correlation:.2f} with the items that go together, n = {each.n_obs}"
            )
    return found


def _codes(draft: Draft, item: str, texts: pd.Series) -> pd.Series:
    scale = next(each.response_scale for each in draft.items if each.name == item)
    points = draft.response_scales[str(scale)].points
    codes = {fold(text): point.code for point in points for text in (str(point.code), point.label, *point.also) if text}
    return texts.map({text: codes.get(fold(text)) for text in texts.dropna().unique()}).astype("Int64")
