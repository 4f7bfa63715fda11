"""``sample``: how units were selected and referred, and which figures allow no inference to a population."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from instruments.faults import DataError, UsageError
from pipelines.assets.beside_fits import WITHOUT_INFERENCE
from pipelines.assets.graph import due_steps
from pipelines.assets.raw import begun_waves
from pipelines.assets.sampling import known_sampling
from pipelines.commands import printing
from pipelines.load import Study
from pipelines.store import Store
from pipelines.tables import out
from pipelines.tables.sampling import NO_INFERENCE, REFERRAL_DEPTHS, SELECTIONS

GATEKEEPERS = "gatekeepers let in those whom they think of: say who decided, and who was left out"


@dataclass(frozen=True)
class Sample:
    """How a study's units were selected.

    Attributes:
        selections: ``out.sampling``.
        referrals: ``out.referral_depths``.
        notes: What has to be said beside every figure.
    """

    selections: pd.DataFrame
    referrals: pd.DataFrame
    notes: list[str]


def read_sample(study: Study) -> Sample:
    """Return how the units were selected.

    Raises:
        UsageError: When the study has no sample register.
        DataError: When it is not up to date.
    """
    if study.spec.casework.sample is None:
        raise UsageError("the study has no sample register; name one in study.yaml: casework: {sample: sample.csv}")
    store = Store(study.warehouse)
    if due_steps(study, store, begun_waves(study, store), {"out/sampling"}):
        raise DataError("lists, exports, specifications or the software changed since then; run the study first")
    selections, notes = known_sampling(study, store), inference_notes(study, store)
    if selections["n_gatekeeper"].sum():
        notes.append(GATEKEEPERS)
    return Sample(selections, store.read(REFERRAL_DEPTHS), notes)


def print_sample(found: Sample) -> None:
    """Print how the units were selected."""
    printing.print_frame("How units were selected", found.selections)
    if len(found.referrals):
        printing.print_frame("Chains of referral", found.referrals)
    printing.print_lines(found.notes)


def inference_notes(study: Study, store: Store) -> list[str]:
    """Say which waves and groups allow no inference to a population, one line each; none without a sample register."""
    known = known_sampling(study, store)
    lines: list[str] = []
    for row in known[~known["has_inference"].astype(bool)].to_dict("records"):
        how = ", ".join(f"{row[f'n_{each}']} {each}" for each in SELECTIONS if row[f"n_{each}"])
        lines.append(f"{NO_INFERENCE}: {row['respondent_group'] or 'every group'} in {row['wave']} ({how})")
    return lines


def inference_of_fits(store: Store, fit_ids: Iterable[str]) -> dict[str, str]:
    """Say of every recorded fit with responses that allow no inference to a population that it has some, by its id."""
    recorded = store.read(out.DIAGNOSTICS)
    return inference_in(recorded[recorded["fit_id"].isin(list(fit_ids))])


def inference_in(recorded: pd.DataFrame) -> dict[str, str]:
    """Say the same of the fits that rows of ``out.diagnostics`` are of."""
    has_some = (recorded["diagnostic"] == WITHOUT_INFERENCE) & (recorded["value"] > 0)
    found = recorded[has_some]
    return {
        str(fit): f"{NO_INFERENCE}: {share:.0%} of the responses are of groups that were neither taken whole nor drawn "
        "at random; intervals and p-values describe these responses alone"
        for fit, share in zip(found["fit_id"], found["value"], strict=True)
    }
