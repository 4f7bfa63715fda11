"""``rerun``: a published number, or every number of a release, made again from kept rows or from the raw store."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from instruments.counted import counted
from instruments.faults import DataError, UsageError
from models.estimates import Fit
from models.origin import data_hash, origin_of
from models.regression.compare import compare_results, differing_origins
from models.regression.identification import ModelDataError
from models.regression.large import FitTask, fit_at_any_size
from models.replication.refit import labels_from_json, recorded_model
from pipelines.assets.from_raw import Rebuilt, Remade, remade
from pipelines.commands.fits import recorded_estimates, recorded_fit
from pipelines.fit_disclosure import coarse_of
from pipelines.kept_rows import rest_of_rows
from pipelines.load import Study
from pipelines.lock import Waiting, exclusive, no_message
from pipelines.release_log import reasons_of_withdrawal
from pipelines.steps.coarse_degrees import with_coarse_degrees
from pipelines.steps.fit_differences import differences_of_rows
from pipelines.steps.release_rounding import FIGURES, rounded_estimates
from pipelines.store import Store, WarehouseError
from pipelines.store.passing import in_a_database
from pipelines.store.released import number_of_release, release_file, released_rows
from pipelines.tables import out
from pipelines.tables.released import ESTIMATES_RELEASED, FITS_RELEASED

RELEASED = ("spec_hash", "data_hash", "code_hash", "env_hash", "digest")
DIFFERENT, NOT_REPRODUCIBLE, NOT_PROVED, GONE = "different", "not_reproducible", "not_proved", "gone"


@dataclass(frozen=True)
class Rerun:
    """A fit made again.

    Attributes:
        fit_id: The recorded fit.
        verdict: ``identical`` bits, ``equal`` within 1e-9, ``different``, or ``not_reproducible`` after an erasure.
        largest_difference: Largest difference between recorded and new results, relative where above 1.
        changed: What differs now: code_hash, env_hash; data_hash after an erasure.
        erased: How many of its responses were erased, and when; empty when none was.
        recorded: The recorded estimates.
        refitted: The new estimates.
        from_raw: Whether its rows were made again from the raw store; else they are the kept ones.
        rows: What came of the rows, in words.
        label: Whether the recorded fit is confirmatory, and why.
    """

    fit_id: str
    verdict: str
    largest_difference: float
    changed: tuple[str, ...]
    erased: str
    recorded: pd.DataFrame
    refitted: pd.DataFrame
    from_raw: bool = False
    rows: str = "the rows that were kept with it"
    label: str = ""


@dataclass(frozen=True)
class Proof:
    """What came of the fits of a release.

    Attributes:
        release: File of the release.
        verdicts: Fit → verdict: as of ``Rerun``; ``gone`` where the warehouse does not have it, ``not_proved`` where
            what it was made from is not there.
        told: Fit → what was found, in words.
    """

    release: str
    verdicts: dict[str, str] = field(default_factory=dict[str, str])
    told: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def failed(self) -> list[str]:
        """Fits that are not what was released."""
        return [name for name, verdict in self.verdicts.items() if verdict in (DIFFERENT, NOT_PROVED, GONE)]


def rerun(study: Study, fit_id: str, *, from_raw: bool = False, on_wait: Waiting = no_message) -> Rerun:
    """Refit from the recorded origin and compare.

    Args:
        study: The study.
        fit_id: The fit.
        from_raw: Whether the rows are made again from the raw store first, instead of taking the kept ones.
        on_wait: Told whom it waits for.

    Raises:
        UsageError: When there is no such fit, or it was recorded before specifications were kept.
        WarehouseError: When the rows or files it used are gone.
        DataError: When responses were erased and the others cannot carry the model, or another version of the
            software recorded it.
    """
    store = Store(study.warehouse)
    fit = recorded_fit(store, fit_id)
    if not from_raw:
        return _from_kept_rows(store, fit)
    with exclusive(study.warehouse / "run.lock", "sensemaking rerun", on_wait), ExitStack() as opened:
        return _from_raw(_RawStore(study, store, opened), fit)


def _from_kept_rows(store: Store, fit: pd.Series) -> Rerun:
    name, erased = rest_of_rows(store, str(fit["data_hash"]))
    rows = store.kept_rows(name)
    refitted = _refit(fit, rows, erased)
    found = data_hash(rows)
    return _judged(store, fit, refitted, (found == fit["data_hash"], erased), "the rows that were kept with it")


class _RawStore:
    """Studies as they were, each put up once however many fits were made from it."""

    def __init__(self, study: Study, store: Store, opened: ExitStack) -> None:
        self.study = study
        self.store = store
        self._opened = opened
        self._remade: dict[str, Remade] = {}

    def remade(self, recipe_hash: str) -> Remade:
        """Return the study that a fit was made from."""
        if recipe_hash not in self._remade:
            self._remade[recipe_hash] = self._opened.enter_context(remade(self.study, self.store, recipe_hash))
        return self._remade[recipe_hash]


def _from_raw(raw: _RawStore, fit: pd.Series) -> Rerun:
    store = raw.store
    if not fit["recipe_hash"]:
        raise UsageError(
            f"{fit['fit_id']} was recorded before the specifications behind rows were kept; leave --from-raw out, "
            "or run the study again for fits that can be made from the raw store"
        )
    model = recorded_model(fit)
    again = raw.remade(str(fit["recipe_hash"])).rows_for(model)
    kept, erased = rest_of_rows(store, str(fit["data_hash"]))
    erased = erased or (f"{counted(again.n_erased, 'row')} of its files erased" if again.n_erased else "")
    refitted = _refit(fit, again.analysis, erased)
    is_same = data_hash(refitted.data) == fit["data_hash"]
    told = _rows_in_words(store, refitted.data, again, kept, is_same=is_same)
    return _judged(store, fit, refitted, (is_same, erased), told, from_raw=True)


def _refit(fit: pd.Series, rows: pd.DataFrame, erased: str) -> Fit:
    model = recorded_model(fit)
    try:
        task = FitTask(model, labels_from_json(fit["labels_json"]), seed=int(fit["seed"]))
        return fit_at_any_size(task, rows, in_a_database)
    except ModelDataError as error:
        because = f"{erased}; the other responses cannot carry it" if erased else "its rows cannot carry it"
        raise DataError(f"not reproducible: {because}: {error}") from error


def _judged(
    store: Store, fit: pd.Series, refitted: Fit, rows: tuple[bool, str], told: str, *, from_raw: bool = False
) -> Rerun:
    is_same, erased = rows
    recorded = recorded_estimates(store, fit["fit_id"])
    verdict, difference = compare_results(recorded, refitted.estimates)
    now = origin_of(refitted, recorded_model(fit), int(fit["seed"]))
    changed = tuple(name for name in differing_origins(dict(fit), vars(now)) if name != "data_hash")
    changed = changed if is_same else (*changed, "data_hash")
    answer = NOT_REPRODUCIBLE if erased else DIFFERENT if from_raw and not is_same else verdict
    label = f"{fit['label']}: {fit['label_reason']}"
    return Rerun(
        fit["fit_id"], answer, difference, changed, erased, recorded, refitted.estimates, from_raw, told, label
    )


def _rows_in_words(store: Store, rows: pd.DataFrame, again: Rebuilt, kept: str, *, is_same: bool) -> str:
    if is_same:
        return f"{counted(len(rows), 'row')} made again from the raw store, every cell the same"
    told = ["rows made again from the raw store, not the same"]
    if f"{kept}.parquet" in store.kept_names("data"):
        told += differences_of_rows(store.kept_rows(kept), rows)
    told += [] if again.is_same_code else ["the software that reads and scores is another"]
    told += [f"not as they were: {', '.join(again.changed_files)}"] if again.changed_files else []
    return "; ".join(told)


def rerun_release(study: Study, release: str, *, from_raw: bool = False, on_wait: Waiting = no_message) -> Proof:
    """Make every fit of a release again.

    Args:
        study: The study.
        release: Its number or the name of its file, such as ``1`` or ``r000001``.
        from_raw: As of ``rerun``.
        on_wait: Told whom it waits for.

    Raises:
        UsageError: When there is no such release, it was withdrawn, or its file is not as it was published.
    """
    withdrawn = reasons_of_withdrawal(Store(study.warehouse))
    path = release_file(study.releases, number_of_release(release), withdrawn)
    fits = released_rows(path, FITS_RELEASED, ("fit_id", *RELEASED))
    estimates = released_rows(path, ESTIMATES_RELEASED, ("fit_id", "position", "term", *FIGURES))
    proof = Proof(path.name)
    with ExitStack() as opened:
        raw = _RawStore(study, Store(study.warehouse), opened)
        if from_raw:
            opened.enter_context(exclusive(study.warehouse / "run.lock", "sensemaking rerun", on_wait))
        for fit in fits.to_dict("records"):
            name = str(fit["fit_id"])
            shown = estimates[estimates["fit_id"] == name]
            proof.verdicts[name], proof.told[name] = _prove(raw, fit, shown, from_raw=from_raw)
    return proof


def _prove(raw: _RawStore, released: dict[Any, Any], shown: pd.DataFrame, *, from_raw: bool) -> tuple[str, str]:
    store, name = raw.store, str(released["fit_id"])
    fits = store.read(out.FITS)
    if name not in set(fits["fit_id"]):
        return GONE, "the warehouse does not have it any more"
    fit = recorded_fit(store, name)
    other = [key for key in RELEASED if fit[key] != released[key]]
    if other:
        return DIFFERENT, f"recorded with another {', '.join(other)} than released"
    if not _is_as_released(store, fit, shown):
        return DIFFERENT, "the recorded figures, rounded, are not the released ones"
    try:
        again = _from_raw(raw, fit) if from_raw else _from_kept_rows(store, fit)
    except (DataError, UsageError, WarehouseError) as error:
        return NOT_PROVED, str(error)
    return again.verdict, "; ".join(in_words(again))


def _is_as_released(store: Store, fit: pd.Series, shown: pd.DataFrame) -> bool:
    """Say whether the recorded figures, as a release shows them, are the released ones."""
    recorded = recorded_estimates(store, str(fit["fit_id"]))
    coarse = coarse_of(fit.to_frame().T, store.read(out.DIAGNOSTICS))
    again = rounded_estimates(with_coarse_degrees(recorded, coarse)).set_index("term")[list(FIGURES)].astype("float64")
    return again.equals(shown.sort_values("position").set_index("term")[list(FIGURES)].astype("float64"))


def in_words(again: Rerun) -> Iterator[str]:
    """Say what was proved of a fit."""
    words = {"equal": "equal within 1e-9", NOT_REPRODUCIBLE: f"not reproducible: {again.erased}"}
    verdict = words.get(again.verdict, again.verdict)
    yield f"{verdict} (largest difference {again.largest_difference:.3g})"
    yield f"from {again.rows}" if not again.from_raw else again.rows
    yield f"changed since it was recorded: {', '.join(again.changed) or 'nothing'}"
