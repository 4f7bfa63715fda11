"""What was known of a study before, and what is known now → what happened. Pure: no files, no tables, no clock.

A condition is told when it begins, not while it lasts: what held before is not told again, and what ended is told as
``recovered``.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from pipelines.sections.telling import Limits
from pipelines.telling.event import Event, Place, event_of
from pipelines.telling.state import Rate, Reliability, State

T = TypeVar("T")
QUANTILE = 1.96


def events_between(study: str, before: State, after: State, limits: Limits, waves: Sequence[str]) -> list[Event]:
    """Find what happened between two moments.

    Args:
        study: Name of the study.
        before: What was known at the earlier moment.
        after: What is known at the later one.
        limits: From where on something is told.
        waves: The study's waves in order.

    Returns:
        At most one event of each kind, one a wave for blocked validations, one a release; in the order of their kinds.
    """
    found = [
        ("failed_run", [each for each in after.failing if each not in before.failing]),
        *(("blocked_validation", list(each)) for each in _blocked(before, after)),
        ("late_export", _late(before, after)),
        ("changed_question", [each for each in after.changed if each not in before.changed]),
        ("falling_response_rate", _behind(before, after, limits, waves)),
        ("drifting_reliability", _drifted(before, after, limits, waves)),
        *(("finished_release", [Place(n=n)]) for n in after.releases if n not in before.releases),
        ("recovered", _recovered(before, after)),
    ]
    return [event_of(kind, study, after.at, places) for kind, places in found if places]


def _blocked(before: State, after: State) -> Iterator[Sequence[Place]]:
    for wave, now in after.blocked.items():
        if wave not in before.blocked or before.blocked[wave].digest != now.digest:
            yield now.places


def _late(before: State, after: State) -> list[Place]:
    return [Place(source=source, since=last) for source, last in after.late.items() if before.late.get(source) != last]


def _recovered(before: State, after: State) -> list[Place]:
    failing = {(each.step, each.wave, each.source) for each in after.failing}
    well = [each for each in before.failing if (each.step, each.wave, each.source) not in failing]
    decided = [each for each in before.changed if each not in after.changed]
    return [
        *(Place(what="failed_run", step=each.step, wave=each.wave, source=each.source) for each in well),
        *(Place(what="blocked_validation", wave=wave) for wave in before.blocked if wave not in after.blocked),
        *(Place(what="late_export", source=source) for source in before.late if source not in after.late),
        *(Place(what="changed_question", source=each.source, wave=each.wave) for each in decided),
    ]


def _behind(before: State, after: State, limits: Limits, waves: Sequence[str]) -> list[Place]:
    known = {(each.wave, each.group) for each in behind_earlier_wave(before, limits, waves)}
    found = [each for each in behind_earlier_wave(after, limits, waves) if (each.wave, each.group) not in known]
    then = {(each.wave, each.group): each for each in before.rates}
    for now in after.rates:
        old = then.get((now.wave, now.group))
        if old is not None and _is_worth_telling(now, old.shares[-1] - now.shares[-1], limits):
            found.append(_rate_place(now, old.shares[-1], now.shares[-1], ""))
    return found


def behind_earlier_wave(state: State, limits: Limits, waves: Sequence[str]) -> list[Place]:
    """List the waves and groups of whom fewer have answered than of the wave before on the same day in the field.

    The difference of the shares p of n invited is told when it is beyond chance too: more than 1.96 times the root of
    p1 (1 - p1) / n1 + p2 (1 - p2) / n2, Wald's interval of a difference of independent shares.
    """
    found: list[Place] = []
    by_key = {(each.wave, each.group): each for each in state.rates}
    for now in state.rates:
        day = now.days_until(state.moment)
        old = _of_wave_before(
            now.wave, waves, {wave: rate for (wave, group), rate in by_key.items() if group == now.group}
        )
        if old is None or day < 0:
            continue
        was, share = old.share_on(day), now.share_on(day)
        by_chance = QUANTILE * math.sqrt(was * (1 - was) / old.n_invited + share * (1 - share) / now.n_invited)
        if was - share > by_chance and _is_worth_telling(now, was - share, limits):
            found.append(_rate_place(now, was, share, old.wave))
    return found


def _is_worth_telling(now: Rate, by: float, limits: Limits) -> bool:
    return now.n_invited >= limits.least_invited and by >= limits.response_rate_behind_by


def _rate_place(now: Rate, was: float, share: float, against: str) -> Place:
    return Place(wave=now.wave, group=now.group, measure="response_rate", was=was, now=share, against=against)


def _drifted(before: State, after: State, limits: Limits, waves: Sequence[str]) -> list[Place]:
    known = {_identity(each) for each in drifted_from_earlier_wave(before, limits, waves)}
    found = [each for each in drifted_from_earlier_wave(after, limits, waves) if _identity(each) not in known]
    then = {(each.scale, each.group, each.wave, each.coefficient): each for each in before.reliabilities}
    for now in after.reliabilities:
        old = then.get((now.scale, now.group, now.wave, now.coefficient))
        if old is not None and _differs(now, old, limits):
            found.append(_reliability_place(now, old, ""))
    return found


def drifted_from_earlier_wave(state: State, limits: Limits, waves: Sequence[str]) -> list[Place]:
    """List the scales whose reliability differs from that of the wave before in the same group.

    Only where the two 95 % intervals do not overlap, so that it is hardly chance.
    """
    found: list[Place] = []
    by_wave: dict[tuple[str, str, str], dict[str, Reliability]] = {}
    for each in state.reliabilities:
        by_wave.setdefault((each.scale, each.group, each.coefficient), {})[each.wave] = each
    for now in state.reliabilities:
        old = _of_wave_before(now.wave, waves, by_wave[now.scale, now.group, now.coefficient])
        if old is None or max(now.conf_low, old.conf_low) <= min(now.conf_high, old.conf_high):
            continue
        if _differs(now, old, limits):
            found.append(_reliability_place(now, old, old.wave))
    return found


def _differs(now: Reliability, old: Reliability, limits: Limits) -> bool:
    enough = min(now.n_obs, old.n_obs) >= limits.least_answers
    return enough and abs(now.estimate - old.estimate) >= limits.reliability_differs_by


def _reliability_place(now: Reliability, old: Reliability, against: str) -> Place:
    return Place(
        wave=now.wave,
        group=now.group,
        scale=now.scale,
        measure=now.coefficient,
        was=old.estimate,
        now=now.estimate,
        against=against,
    )


def _identity(place: Place) -> tuple[str, ...]:
    return (place.scale, place.group, place.wave, place.measure)


def _of_wave_before(wave: str, waves: Sequence[str], by_wave: Mapping[str, T]) -> T | None:
    """Return what there is of the nearest earlier wave."""
    earlier = waves[: waves.index(wave)] if wave in waves else ()
    return next((by_wave[each] for each in reversed(earlier) if each in by_wave), None)
