"""What happened, found from what was known before and after: told when it begins, once, and when it is over."""

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pipelines.sections.telling import Limits
from pipelines.telling.changes import events_between
from pipelines.telling.event import MOST_PLACES, Place
from pipelines.telling.state import STATE, Blocked, Rate, Reliability, RunReport, State, after_run

WAVES = ("w1", "w2", "w3")
LIMITS = Limits()
NOTHING = State("2026-03-02T03:00:00+00:00")
LATER = "2026-03-03T03:00:00+00:00"
FAILED = Place(step="core/scores", fault="defect")


def kinds(before: State, after: State, limits: Limits = LIMITS) -> list[str]:
    return [event.kind for event in events_between("s", before, after, limits, WAVES)]


def rate(wave: str, shares: tuple[float, ...], first_day: str, n_invited: int = 400, n_days: int | None = None) -> Rate:
    return Rate(wave, "FRL", n_invited, first_day, shares, n_days)


def alpha(wave: str, estimate: float, n_obs: int = 200, margin: float = 0.04) -> Reliability:
    return Reliability("trust", "FRL", wave, "alpha", estimate, estimate - margin, estimate + margin, n_obs)


def test_where_nothing_changes_nothing_happened():
    state = replace(
        NOTHING, failing=(FAILED,), releases=(1,), late={"a": ""}, rates=(rate("w1", (0.1,), "2026-03-01"),)
    )
    assert kinds(state, replace(state, at=LATER)) == []


def test_a_failure_is_told_once_and_its_end_too():
    failing = after_run(replace(NOTHING, at=LATER), RunReport((FAILED,)))
    assert kinds(NOTHING, failing) == ["failed_run"]
    assert kinds(failing, after_run(failing, RunReport((FAILED,)))) == []
    well = after_run(failing, RunReport(done=(("core/scores", ""),)))
    assert [(event.kind, event.places) for event in events_between("s", failing, well, LIMITS, WAVES)] == [
        ("recovered", (Place(what="failed_run", step="core/scores"),))
    ]


def test_a_run_that_did_not_try_a_failing_step_leaves_it_failing():
    failing = after_run(NOTHING, RunReport((FAILED,)))
    assert after_run(failing, RunReport(done=(("core/responses", "w1"),))).failing == (FAILED,)


def test_a_blocked_wave_is_told_again_only_when_other_failures_block_it():
    blocked = replace(NOTHING, blocked={"w1": Blocked("x", 3, (Place(wave="w1", column="TW_1", n=3),))})
    assert kinds(NOTHING, blocked) == ["blocked_validation"]
    assert kinds(blocked, blocked) == []
    assert kinds(blocked, replace(blocked, blocked={"w1": Blocked("y", 4, (Place(wave="w1", n=4),))})) == [
        "blocked_validation"
    ]
    assert kinds(blocked, NOTHING) == ["recovered"]


def test_an_export_is_late_once_until_the_next_one_came():
    late = replace(NOTHING, late={"staff": "2026-03-01T00:00:00+00:00"})
    assert kinds(NOTHING, late) == ["late_export"]
    assert kinds(late, late) == []
    assert kinds(late, NOTHING) == ["recovered"]
    assert kinds(late, replace(late, late={"staff": "2026-03-05T00:00:00+00:00"})) == ["late_export"]


def test_every_release_is_told_by_itself():
    found = events_between("s", replace(NOTHING, releases=(1,)), replace(NOTHING, releases=(1, 2, 3)), LIMITS, WAVES)
    assert [(event.kind, event.places[0].n) for event in found] == [("finished_release", 2), ("finished_release", 3)]


def test_a_changed_question_is_told_and_that_it_was_decided():
    changed = replace(NOTHING, changed=(Place(wave="w1", source="staff", column="TW_1"),))
    assert kinds(NOTHING, changed) == ["changed_question"]
    assert kinds(changed, NOTHING) == ["recovered"]


def test_fewer_answers_than_in_the_wave_before_on_the_same_day_are_told_when_they_begin():
    earlier = rate("w1", (0.1, 0.2, 0.3), "2026-01-01", n_days=20)
    on_day_2 = replace(NOTHING, at="2026-03-03T03:00:00+00:00", rates=(earlier, rate("w2", (0.1, 0.18), "2026-03-01")))
    on_day_3 = replace(
        on_day_2, at="2026-03-04T03:00:00+00:00", rates=(earlier, rate("w2", (0.1, 0.18, 0.2), "2026-03-01"))
    )
    (event,) = events_between("s", on_day_2, on_day_3, LIMITS, WAVES)
    assert event.kind == "falling_response_rate"
    assert event.places == (Place(wave="w2", group="FRL", measure="response_rate", was=0.3, now=0.2, against="w1"),)
    assert kinds(on_day_3, replace(on_day_3, at="2026-03-05T03:00:00+00:00")) == []


def test_days_on_which_nobody_answers_count():
    rates = (rate("w1", (0.1, 0.2, 0.3), "2026-01-01"), rate("w2", (0.1,), "2026-03-01"))
    first = replace(NOTHING, at="2026-03-02T03:00:00+00:00", rates=rates)
    assert kinds(first, replace(first, at="2026-03-03T03:00:00+00:00")) == ["falling_response_rate"]


def test_a_day_that_is_not_over_is_compared_with_nothing():
    rates = (rate("w1", (0.9,), "2026-01-01"), rate("w2", (0.0,), "2026-03-01"))
    morning = replace(NOTHING, at="2026-03-01T03:00:00+00:00")
    assert kinds(morning, replace(morning, at="2026-03-01T20:00:00+00:00", rates=rates)) == []
    assert kinds(morning, replace(morning, at="2026-03-02T00:00:00+00:00", rates=rates)) == ["falling_response_rate"]


def test_answers_that_vanish_between_two_runs_are_told():
    before = replace(NOTHING, rates=(rate("w1", (0.1, 0.4), "2026-01-01"),))
    after = replace(before, at=LATER, rates=(rate("w1", (0.1, 0.34), "2026-01-01"),))
    (event,) = events_between("s", before, after, LIMITS, WAVES)
    assert (event.kind, event.places[0].against) == ("falling_response_rate", "")
    assert kinds(before, replace(after, rates=(rate("w1", (0.1, 0.36), "2026-01-01"),))) == []


def test_rates_of_few_invited_are_never_told():
    before = replace(NOTHING, rates=(rate("w1", (0.4,), "2026-01-01", n_invited=LIMITS.least_invited - 1),))
    assert kinds(before, replace(before, rates=(rate("w1", (0.1,), "2026-01-01", LIMITS.least_invited - 1),))) == []


def test_a_reliability_that_differs_from_the_wave_before_is_told_once():
    before = replace(NOTHING, reliabilities=(alpha("w1", 0.85),))
    after = replace(NOTHING, reliabilities=(alpha("w1", 0.85), alpha("w3", 0.70)))
    (event,) = events_between("s", before, after, LIMITS, WAVES)
    assert event.kind == "drifting_reliability"
    assert (event.places[0].against, event.places[0].was, event.places[0].now) == ("w1", 0.85, 0.70)
    assert kinds(after, after) == []
    assert kinds(before, replace(after, reliabilities=(alpha("w1", 0.85), alpha("w3", 0.8)))) == []
    assert kinds(before, replace(after, reliabilities=(alpha("w1", 0.85), alpha("w3", 0.7, n_obs=49)))) == []


def test_a_difference_within_chance_is_not_told():
    """Six of a hundred more or fewer are nothing out of the ordinary; neither are intervals that overlap."""
    shares = {"w1": (0.1, 0.2, 0.26), "w2": (0.1, 0.2, 0.2)}
    starts = {"w1": "2026-01-01", "w2": "2026-03-01"}
    for n_invited, told in ((100, []), (1000, ["falling_response_rate"])):
        rates = tuple(rate(wave, each, starts[wave], n_invited) for wave, each in shares.items())
        assert kinds(NOTHING, replace(NOTHING, at="2026-03-04T03:00:00+00:00", rates=rates)) == told
    for margin, told in ((0.08, []), (0.07, ["drifting_reliability"])):
        pair = (alpha("w1", 0.85, margin=margin), alpha("w2", 0.70, margin=margin))
        assert kinds(NOTHING, replace(NOTHING, reliabilities=pair)) == told


def test_a_reliability_that_differs_from_the_last_run_is_told():
    before = replace(NOTHING, reliabilities=(alpha("w1", 0.85),))
    (event,) = events_between("s", before, replace(before, reliabilities=(alpha("w1", 0.6),)), LIMITS, WAVES)
    assert (event.kind, event.places[0].against) == ("drifting_reliability", "")


def test_many_places_are_one_event_that_says_how_many_there_are():
    many = tuple(Place(step=f"out/fits/m{n}", fault="data") for n in range(MOST_PLACES + 5))
    (event,) = events_between("s", NOTHING, replace(NOTHING, failing=many), LIMITS, WAVES)
    assert (len(event.places), event.n_places) == (MOST_PLACES, MOST_PLACES + 5)


def test_the_same_change_at_the_same_moment_has_the_same_key_and_another_has_another():
    failing = after_run(replace(NOTHING, at=LATER), RunReport((FAILED,)))
    (one,), (two,) = (events_between("s", NOTHING, failing, LIMITS, WAVES) for _ in range(2))
    (other,) = events_between("s", NOTHING, replace(failing, at="2026-03-04T03:00:00+00:00"), LIMITS, WAVES)
    assert one.key == two.key
    assert other.key != one.key


states = st.builds(
    State,
    at=st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)).map(lambda each: f"{each.isoformat()}T03:00:00+00:00"),
    failing=st.lists(st.sampled_from([FAILED, Place(step="core/x", fault="data")]), unique=True).map(tuple),
    late=st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from(["", "2026-03-01T00:00:00+00:00"])),
    releases=st.lists(st.integers(1, 4), unique=True).map(tuple),
    changed=st.lists(st.sampled_from([Place(source="a"), Place(source="b")]), unique=True).map(tuple),
    rates=st.lists(
        st.builds(
            rate,
            st.sampled_from(WAVES),
            st.lists(st.floats(0, 1), min_size=1, max_size=5).map(tuple),
            st.just("2026-02-01"),
            st.integers(1, 200),
        ),
        max_size=3,
        unique_by=lambda each: each.wave,
    ).map(tuple),
)  # fmt: skip


@given(before=states, after=states)
def test_nothing_is_told_twice_and_states_survive_being_written(before: State, after: State):
    found = events_between("s", before, after, LIMITS, WAVES)
    assert len({event.key for event in found}) == len(found)
    assert events_between("s", after, after, LIMITS, WAVES) == []
    read = [STATE.validate_json(STATE.dump_json(each)) for each in (before, after)]
    assert [event.key for event in events_between("s", *read, LIMITS, WAVES)] == [event.key for event in found]
