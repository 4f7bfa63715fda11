"""Writes the released file: aggregates, fits and texts in a file of a new name, then one pointer replaced at once.

Gates before anything is visible: every blocking check passed, every fit has its origin, the disclosure audit found
nothing. Put here how a release is made; what may be shown is decided in ``steps.disclosure``.
"""

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import duckdb
import pandas as pd

from models.origin import software_version
from pipelines.embargo import local_day
from pipelines.files import close_to_others, file_sha256, flush_file
from pipelines.fit_disclosure import reference_answers, releasable_fits, responses_used
from pipelines.fits_beside_units import fits_that_tell_of_units
from pipelines.load import Study
from pipelines.lock import Waiting, exclusive, no_message
from pipelines.release_audit import refuse_what_tells_too_much, with_waves_apart_that_tell
from pipelines.release_draft import Draft, Released, Tables
from pipelines.release_figures import figures_of_everybody
from pipelines.release_fits import beside_earlier_fits
from pipelines.release_gates import ReleaseRefused, for_the_record, refuse_unless_sound
from pipelines.release_log import published, shown_on
from pipelines.release_past import sizes_json
from pipelines.release_pointer import point_to
from pipelines.release_slices import Slices, slices_to_publish, with_carried
from pipelines.steps import disclosure, release_texts
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.measurement_uses import FittedModel, missed_conditions
from pipelines.steps.released_comparisons import released_comparisons
from pipelines.steps.sampling import groups_without_inference
from pipelines.store import Store, Write, create_table, environment_faults, insert_rows
from pipelines.store.released import AUDIT_PASSED
from pipelines.tables import core, out, released
from pipelines.tables.casework import SAMPLE_REGISTER
from pipelines.tables.measurement import GATES, INVARIANCE
from pipelines.tables.relations import DYADS
from pipelines.tables.releases import RELEASES
from pipelines.tables.sampling import SAMPLING


def publish(
    study: Study,
    store: Store,
    signed_off_by: str,
    on_wait: Waiting = no_message,
    seen: Draft | None = None,
    embargo_until: str = "",
) -> Released:
    """Protect, audit and publish the present results, while no run changes them.

    Args:
        study: The study.
        store: Its warehouse.
        signed_off_by: Who answers for it, on one line; not blank.
        on_wait: Told whom the release waits for.
        seen: What was looked at before it was signed off; None where nobody looked.
        embargo_until: First day on which it may be shown, ISO; empty for at once.

    Raises:
        UsageError: When nobody is named, or with signs that do not print.
        ReleaseRefused: When a gate is shut, or what would be published is not what was looked at.
        DisclosureError: When the audit finds what must not leave.
        WarehouseError: When the disk is full; the earlier release stays.
    """
    missing = "a release needs the name of somebody who answers for it; give --sign-off NAME"
    signed_off_by = for_the_record(signed_off_by, missing)
    with nothing_else_at_work(study, on_wait):
        draft = _drafted(study, store, embargo_until)
        if seen is not None and seen.sha256 != draft.sha256:
            raise ReleaseRefused(["the results changed while the release was looked at; look at it again"])
        close_to_others(study.warehouse)
        study.releases.mkdir(mode=0o755, parents=True, exist_ok=True)
        path = _write_file(study.releases, draft.number, draft.tables)
        sha256 = file_sha256(path)
        _record(store, path, sha256, draft, signed_off_by)
        point_to(study.releases, published(store), local_day())
    told = (draft.n_hidden, draft.withheld_fits, draft.as_before, draft.hidden_because)
    return Released(draft.number, path, sha256, *told, embargo_until)


def preview(study: Study, store: Store, on_wait: Waiting = no_message) -> Draft:
    """Protect and audit the present results without publishing anything.

    Raises:
        ReleaseRefused: When a gate is shut.
        DisclosureError: When the audit finds what must not leave.
    """
    with nothing_else_at_work(study, on_wait):
        return _drafted(study, store)


@contextmanager
def nothing_else_at_work(study: Study, on_wait: Waiting, who: str = "sensemaking release") -> Iterator[None]:
    """Hold off runs, releases and withdrawals of a study.

    Args:
        study: The study.
        on_wait: Told whom it waits for.
        who: What others are told they wait for.
    """
    with (
        environment_faults(study.releases),
        exclusive(study.warehouse / "run.lock", who, on_wait),
        exclusive(study.warehouse / "release.lock", who, on_wait),
    ):
        yield


def _drafted(study: Study, store: Store, embargo_until: str = "") -> Draft:
    refuse_unless_sound(study, store)
    number = 1 + max((_number_of(path) for path in study.releases.glob("r*.duckdb")), default=0)
    policy = Policy(least_cell_size=study.spec.release.least_cell_size)
    slices = slices_to_publish(study, store, policy)
    fits, estimates, withheld = releasable_fits(study, store)
    beside = beside_earlier_fits(store, fits, slices.past, policy)
    beside = beside.without(fits_that_tell_of_units(study, store, fits, slices))
    of_fits: Tables = [
        (released.FITS_RELEASED, beside.of(released.FITS_RELEASED, fits)),
        (
            released.CONDITIONS_RELEASED,
            beside.of(released.CONDITIONS_RELEASED, _released_conditions(study, store, fits)),
        ),
        (released.ESTIMATES_RELEASED, beside.of(released.ESTIMATES_RELEASED, estimates)),
    ]
    tables = with_waves_apart_that_tell(number, _protected_tables(study, store, number, slices, of_fits), slices)
    disclosure.audit_released(tables)
    refuse_what_tells_too_much(number, tables, slices)
    audited = {**AUDIT_PASSED, "embargo_until": embargo_until}
    added = pd.DataFrame({"key": list(audited), "value": list(audited.values())})
    tables = [
        (table, pd.concat([rows, added], ignore_index=True) if table is released.MANIFEST else rows)
        for table, rows in tables
    ]
    return Draft(number, tables, slices, beside, withheld | dict(beside.withheld), embargo_until)


def _record(store: Store, path: Path, sha256: str, draft: Draft, signed_off_by: str) -> None:
    """Remember whose scores are behind a release before anybody can see it: later ones are compared with it."""
    before = shown_on(published(store), local_day())
    row = {
        "release": draft.number,
        "file": path.name,
        "sha256": sha256,
        "published_at": dt.datetime.now(dt.UTC),
        "signed_off_by": signed_off_by,
        "policy_json": json.dumps(asdict(draft.slices.policy), sort_keys=True),
        "policy_sha256": draft.slices.policy.sha256,
        "rows_hash": store.keep_rows(draft.slices.rows),
        "sizes_json": sizes_json(draft.slices.sizes),
        "schema_version": released.SCHEMA_VERSION,
        "embargo_until": draft.embargo_until,
        "supersedes": before.number if before is not None else 0,
        "hidden_json": json.dumps(draft.n_hidden, sort_keys=True),
        "software_version": software_version(),
    }
    rows = RELEASES.typed(pd.DataFrame([row]))
    store.write([Write(RELEASES, rows, {"release": draft.number})], input_hash="", run_id="sensemaking release")


def _protected_tables(study: Study, store: Store, number: int, slices: Slices, of_fits: Tables) -> Tables:
    least = slices.policy.least_cell_size
    rates = store.read(out.RESPONSE_RATES)
    means, reliability, distributions = figures_of_everybody(study, store, slices)
    estimates = {table.name: rows for table, rows in of_fits}[released.ESTIMATES_RELEASED.name]
    terms = zip(estimates["model"], estimates["term"], strict=True)
    of_slices: Tables = [
        (
            released.RESPONSE_RATES_RELEASED,
            disclosure.protect_response_rates(rates, _organisations(store, rates), least),
        ),
        (released.SCALE_MEANS_RELEASED, disclosure.protect_scale_means(means, reliability, least)),
        (released.DISTRIBUTIONS_RELEASED, disclosure.protect_distributions(distributions, least)),
        (released.UNIT_MEANS, slices.unit_means),
    ]
    return [
        (released.MANIFEST, _manifest(study, store, number, slices.policy)),
        (
            released.TEXTS,
            release_texts.release_texts(
                study, terms, waves_without_inference(study, store), reference_answers(store, estimates["fit_id"])
            ),
        ),
        (released.SCALES, release_texts.released_scales(study)),
        (released.ITEMS, release_texts.released_items(study)),
        *((table, with_carried(table, rows, slices.carried)) for table, rows in of_slices),
        (released.UNITS, slices.units),
        (released.COMPARISONS_RELEASED, released_comparisons(study, store.read(GATES), store.read(INVARIANCE), means)),
        *of_fits,
    ]


def _organisations(store: Store, rates: pd.DataFrame) -> pd.Series:
    """Count the organisations among the analysed responses of every row of the response rates."""
    responses = store.read(core.RESPONSES)
    used = responses[responses["is_analysed"].astype(bool) & responses["organisation_id"].notna()]
    counts = used.groupby(["wave", "respondent_group"])["organisation_id"].nunique()
    found = counts.reindex(pd.MultiIndex.from_frame(rates[["wave", "respondent_group"]]))
    return pd.Series(found.to_numpy(), index=rates.index).astype("Int64")


def waves_without_inference(study: Study, store: Store) -> list[str]:
    """Return the waves whose sample register has a unit that was neither taken with all others nor drawn at random."""
    register = store.read(SAMPLE_REGISTER)
    chosen = set(register.loc[~register["allows_inference"].astype(bool), "wave"])
    return [wave for wave in study.spec.waves if wave in chosen] if study.spec.casework.sample else []


def _released_conditions(study: Study, store: Store, fits: pd.DataFrame) -> pd.DataFrame:
    if not study.measurement:
        return released.CONDITIONS_RELEASED.empty()
    used = responses_used(store, fits)
    made = [
        FittedModel(fit_id, study.models[model].with_variant(variant), used[fit_id])
        for fit_id, model, variant in zip(fits["fit_id"], fits["model"], fits["variant"], strict=True)
    ]
    analysis, dyads = store.read(core.analysis(study)), store.read(DYADS)
    missed = missed_conditions(store.read(GATES), study.measurement, made, analysis, dyads)
    return released.CONDITIONS_RELEASED.typed(missed)


def _manifest(study: Study, store: Store, number: int, policy: Policy) -> pd.DataFrame:
    groups = list(study.spec.respondent_groups)
    sampled = store.read(SAMPLING) if study.spec.casework.sample else SAMPLING.empty()
    values = {
        "study": study.name,
        "is_synthetic": str(study.spec.is_synthetic).lower(),
        "schema_version": str(released.SCHEMA_VERSION),
        "software_version": software_version(),
        "release": str(number),
        "released_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "least_cell_size": str(policy.least_cell_size),
        "policy": json.dumps(asdict(policy), sort_keys=True),
        "policy_sha256": policy.sha256,
        "languages": ",".join(study.spec.release.languages),
        "waves": ",".join(study.spec.waves),
        "respondent_groups": ",".join(groups),
        "no_inference": ",".join(groups_without_inference(sampled, groups)),
    }
    return pd.DataFrame({"key": list(values), "value": list(values.values())})


def _write_file(folder: Path, number: int, tables: Tables) -> Path:
    """Write the file under a temporary name, close it, and give it a name that was never used."""
    for left_over in folder.glob(".build-*"):
        left_over.unlink()
    building = folder / f".build-{uuid.uuid4().hex}.duckdb"
    try:
        connection = duckdb.connect(building)
        try:
            connection.begin()
            for table, rows in tables:
                create_table(connection, table)
                insert_rows(connection, table, rows.sort_values(list(table.key)))
            connection.commit()
            connection.execute("CHECKPOINT")
        finally:
            connection.close()
        final = folder / f"r{number:06d}-{file_sha256(building)[:12]}.duckdb"
        building.chmod(0o444)
        flush_file(building)
        building.rename(final)
    finally:
        for left_over in folder.glob(f"{building.name}*"):
            left_over.unlink()
    return final


def _number_of(path: Path) -> int:
    digits = path.name[1:7]
    return int(digits) if digits.isdigit() else 0
