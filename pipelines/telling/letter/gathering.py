"""A study and its warehouse → what a letter of a day tells. Reading only; what is counted how is in ``figures``."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from pipelines.assets.raw import stray_files
from pipelines.load import Study
from pipelines.store import Store
from pipelines.tables import core, fieldwork, out, raw
from pipelines.tables.linking import LINK_CANDIDATES
from pipelines.tables.screening import QUALITY_FLAGS
from pipelines.telling.letter.figures import (
    WEEK,
    Count,
    OpenQuestion,
    Progress,
    Quality,
    Rejected,
    progress,
    quality,
    rejected,
    told,
)
from pipelines.telling.looking import look
from pipelines.telling.outbox import Outbox


@dataclass(frozen=True)
class Letter:
    """What a letter tells.

    Attributes:
        day: Day of the letter; it is about the days before.
        waves: Waves it is about: in the field within the week before, else the last that anybody answered in by then.
        progress: Who has answered.
        quality: How good the answers are.
        rejected: What was not taken.
        open: What waits for a person.
    """

    day: dt.date
    waves: tuple[str, ...]
    progress: tuple[Progress, ...]
    quality: tuple[Quality, ...]
    rejected: tuple[Rejected, ...]
    open: tuple[OpenQuestion, ...]


def waves_in_field(study: Study, day: dt.date) -> list[str]:
    """List the waves that were in the field on any of the seven days before a day; undated waves never are."""
    return [
        name
        for name, wave in study.spec.waves.items()
        if wave.starts_on and wave.ends_on and wave.starts_on < day and wave.ends_on >= day - WEEK
    ]


def gather(study: Study, store: Store, moment: dt.datetime, day: dt.date) -> Letter:
    """Read what a letter tells.

    Args:
        study: The study.
        store: Its warehouse.
        moment: Now.
        day: Day of the letter, in the study's time zone.
    """
    days, least = store.read(fieldwork.FIELDWORK_BY_DAY), study.spec.release.least_cell_size
    answered = _undated(store, days, moment) | set(days.loc[pd.to_datetime(days["day"]).dt.date < day, "wave"])
    begun = [wave for wave in study.spec.waves if wave in answered]
    waves = waves_in_field(study, day) or begun[-1:]
    rates = store.read(out.RESPONSE_RATES)
    listed = rates[rates["n_invited"].notna() & rates["wave"].isin(waves)]
    invited = {(str(row.wave), str(row.respondent_group)): int(row.n_invited) for row in listed.itertuples()}  # pyright: ignore[reportArgumentType]
    goals = study.spec.tell.letter.goals if study.spec.tell else {}
    of_waves = progress(days[days["wave"].isin(waves)], invited, goals, day, least)
    responses, flags, items = (store.read(table) for table in (core.RESPONSES, QUALITY_FLAGS, out.ITEMS))
    of_answers = quality(responses, flags, items, waves, least)
    order = {name: place for place, name in enumerate([*study.spec.waves, *study.spec.respondent_groups])}
    return Letter(
        day,
        tuple(waves),
        tuple(sorted(of_waves, key=lambda each: (order[each.wave], order[each.group]))),
        tuple(sorted(of_answers, key=lambda each: (order[each.wave], order[each.group]))),
        tuple(rejected(store.read(core.REJECTS), waves)),
        tuple(_open(study, store, moment, rates, least)),
    )


def _undated(store: Store, days: pd.DataFrame, moment: dt.datetime) -> set[str]:
    """Return the waves whose answers have no day, and arrived by a moment."""
    files = store.read(raw.FILES)
    return set(files.loc[files["received_at"] <= moment, "wave"]) - set(days["wave"])


def _open(study: Study, store: Store, moment: dt.datetime, rates: pd.DataFrame, least: int) -> Iterator[OpenQuestion]:
    outbox = Outbox(study.warehouse)
    noticed = outbox.noticed()
    state = look(study, store, noticed.state if noticed else None, moment)
    if state.blocked:
        yield OpenQuestion("blocked_waves", Count(len(state.blocked)), tuple(state.blocked))
    if state.late:
        yield OpenQuestion("late_sources", Count(len(state.late)), tuple(state.late))
    if state.failing:
        yield OpenQuestion("failing_steps", Count(len(state.failing)), _unique(each.step for each in state.failing))
    of_nobody = rates[rates["n_outside_frame"].fillna(0) > 0]
    if len(of_nobody):
        yield OpenQuestion("outside_frame", told(of_nobody["n_outside_frame"].sum(), least), _unique(of_nobody["wave"]))
    pairs = store.read(LINK_CANDIDATES)
    if len(pairs):
        yield OpenQuestion("unlinked", told(len(pairs), least), _unique(pairs["other_wave"]))
    yield from _of_files(study, store)
    refused = store.read(out.REFUSALS)
    models = _unique(refused.loc[refused["model"].isin(list(study.models)), "model"])
    if models:
        yield OpenQuestion("refused_models", Count(len(models)), models)
    given_up = sum(each.status == "given_up" for each in outbox.messages())
    if given_up:
        yield OpenQuestion("given_up", Count(given_up))


def _of_files(study: Study, store: Store) -> Iterator[OpenQuestion]:
    columns = store.read(raw.COLUMNS)
    unknown = columns[(columns["role"] == "unknown") & (columns["n_filled"] > 0)]
    unknown = unknown[unknown["source"].isin(list(study.spec.sources))].drop_duplicates(["source", "name"])
    if len(unknown):
        sources = [name for name in study.spec.sources if name in set(unknown["source"])]
        yield OpenQuestion("unknown_columns", Count(len(unknown)), tuple(sources))
    stray = stray_files(study)
    if stray:
        yield OpenQuestion("stray_files", Count(len(stray)))


def _unique(names: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(name) for name in names))  # pyright: ignore[reportGeneralTypeIssues]
