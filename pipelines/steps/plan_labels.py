"""Locks and amendments, and when the data came → whether a fit is confirmatory, and why or why not. Pure values.

A fit is confirmatory when, for every wave it uses, the plan that held before the first response of the wave arrived
says what was fitted. Nothing else makes it so, and nobody can type it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipelines.steps.difference import Difference
from pipelines.steps.plan_content import Content, differences, fit_content
from pipelines.tables.labels import Because

CONFIRMATORY, EXPLORATORY = "confirmatory", "exploratory"


@dataclass(frozen=True)
class Arrived:
    """What data of a wave had arrived.

    Attributes:
        n_responses: Responses in the tables, without previews and tests.
        n_unread_rows: Rows of exports that no run had read; None when they cannot be counted.
        n_gone_files: Files that were accepted before, of which nothing is in the tables any more.
    """

    n_responses: int = 0
    n_unread_rows: int | None = 0
    n_gone_files: int = 0

    @property
    def is_something(self) -> bool:
        """Whether anybody could have seen data."""
        return self.n_responses > 0 or self.n_unread_rows != 0 or self.n_gone_files > 0


@dataclass(frozen=True)
class PlanEntry:
    """The lock, or an amendment.

    Attributes:
        number: 1 for the lock, from 2 for amendments.
        plan_hash: SHA-256 of everything it says.
        locked_at: When, by the clock of the machine.
        reason: Why; empty for the lock.
        arrived: What had arrived, by wave.
        models: What it freezes of each model, by name; None for a model it takes out.
    """

    number: int
    plan_hash: str
    locked_at: pd.Timestamp
    reason: str
    arrived: Mapping[str, Arrived]
    models: Mapping[str, Content | None]

    @property
    def named(self) -> str:
        """What it is called in a sentence."""
        kind = "lock" if self.number == 1 else f"amendment {self.number}"
        return f"the {kind} of {self.locked_at:%Y-%m-%d}"

    def is_before(self, wave: str, first_at: pd.Timestamp | None) -> bool:
        """Tell whether it was made before the first response of a wave, by what had arrived and by the clock."""
        return not self.arrived.get(wave, Arrived()).is_something and (first_at is None or self.locked_at < first_at)

    def content_of(self, model: str, variant: str, waves: list[str]) -> Content | None:
        """Return what it freezes of a fit; None where it does not name it."""
        frozen = self.models.get(model)
        return None if frozen is None else fit_content(frozen, variant, waves)


@dataclass(frozen=True)
class FitInPlan:
    """What the label of a fit depends on.

    Attributes:
        model: Name of its model.
        variant: Name of its variant.
        frozen: What a lock would freeze of the model as it was fitted.
        first_at: Wave of its responses → when the first response of the wave came; None where nothing tells.
    """

    model: str
    variant: str
    frozen: Content
    first_at: Mapping[str, pd.Timestamp | None]

    @property
    def waves(self) -> list[str]:
        """The waves of its responses."""
        return list(self.first_at)


@dataclass(frozen=True)
class Label:
    """Whether a fit is confirmatory.

    Attributes:
        label: ``confirmatory`` or ``exploratory``.
        because: What the label follows from, as ``out.fits.label_because`` says it.
        reason: Why, in words.
        plan_hash: The lock or amendment under which it is confirmatory; empty for an exploratory fit.
        changed: What of it is not as the plan says.
    """

    label: str
    because: Because
    reason: str
    plan_hash: str = ""
    changed: tuple[Difference, ...] = field(default=())


BY_HAND = Label(EXPLORATORY, "by_hand", "fitted by hand")


def label_fit(entries: tuple[PlanEntry, ...], fit: FitInPlan, *, is_sound: bool) -> Label:
    """Label a declared fit.

    Args:
        entries: The lock and its amendments, in order; empty without a lock.
        fit: The fit.
        is_sound: Whether the recorded plan has the hashes it was written with.
    """
    if not is_sound:
        return _exploratory("plan_altered", "the recorded plan was changed after it was written; see plan status")
    if not entries:
        return _exploratory("never_locked", "no analysis plan was locked")
    held = {wave: _in_force(entries, wave, first_at) for wave, first_at in fit.first_at.items()}
    late = sorted(wave for wave, entry in held.items() if entry is None)
    if late:
        return _without_plan_in_time(entries, fit, late)
    in_force = sorted({each.number: each for each in held.values() if each is not None}.items())
    for _, entry in in_force:
        differing = _differing(entry, fit)
        if differing is None or differing:
            return _other_than_planned(entries, entry, fit, differing)
    last = in_force[-1][1] if in_force else entries[0]
    because: Because = "locked" if last.number == 1 else "amended"
    words = f"as fixed by {last.named}" + (f" ({last.reason})" if last.reason else "")
    return Label(CONFIRMATORY, because, f"{words}, before data arrived", last.plan_hash)


def renamed_from(entry: PlanEntry, fit: FitInPlan) -> str | None:
    """Return the model of an entry that says the same under another name; None when no model does."""
    if entry.models.get(fit.model) is not None:
        return None
    now = fit_content(fit.frozen, fit.variant, fit.waves)
    for name in entry.models:
        if entry.content_of(name, fit.variant, fit.waves) == now:
            return name
    return None


def _in_force(entries: tuple[PlanEntry, ...], wave: str, first_at: pd.Timestamp | None) -> PlanEntry | None:
    """Return the last entry before the data of a wave; one behind an entry that came too late counts no more."""
    found = None
    for entry in entries:
        if not entry.is_before(wave, first_at):
            break
        found = entry
    return found


def _differing(entry: PlanEntry, fit: FitInPlan) -> tuple[Difference, ...] | None:
    """Return how a fit differs from an entry; None when the entry does not name it."""
    name = renamed_from(entry, fit) or fit.model
    planned = entry.content_of(name, fit.variant, fit.waves)
    now = fit_content(fit.frozen, fit.variant, fit.waves)
    return None if planned is None or now is None else differences(planned, now)


def _without_plan_in_time(entries: tuple[PlanEntry, ...], fit: FitInPlan, late: list[str]) -> Label:
    named = [entry for entry in entries if _differing(entry, fit) is not None]
    if not named:
        return _exploratory("never_locked", f"{_what(fit)} is not in the plan")
    waves = f"{'waves' if len(late) > 1 else 'wave'} {', '.join(late)}"
    return _exploratory("locked_after_data", f"data of {waves} had arrived before {named[0].named}")


def _other_than_planned(
    entries: tuple[PlanEntry, ...], held: PlanEntry, fit: FitInPlan, differing: tuple[Difference, ...] | None
) -> Label:
    listed = "; ".join(map(str, differing or ())) or f"{_what(fit)} was added"
    for entry in entries:
        if entry.number > held.number and _differing(entry, fit) == ():
            told = f"changed by {entry.named}, after data arrived ({entry.reason}): {listed}"
            return _exploratory("amended_after_data", told, differing)
    if differing is None:
        return _exploratory("never_locked", f"{_what(fit)} is not in {held.named}")
    return _exploratory("changed_after_lock", f"changed after {held.named}: {listed}", differing)


def _what(fit: FitInPlan) -> str:
    return f"the model {fit.model}" if fit.variant == "main" else f"the variant {fit.variant} of {fit.model}"


def _exploratory(because: Because, reason: str, changed: tuple[Difference, ...] | None = None) -> Label:
    return Label(EXPLORATORY, because, reason, changed=changed or ())
