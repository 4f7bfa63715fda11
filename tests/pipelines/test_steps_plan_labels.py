"""What makes a fit confirmatory: every change, at every time, and nothing else; contents without data."""

import json
from itertools import permutations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.steps.plan_content import canonical, differences, fit_content, hash_of
from pipelines.steps.plan_labels import Arrived, FitInPlan, PlanEntry, label_fit, renamed_from

DAY = pd.Timestamp("2026-03-01T12:00:00Z")
SPEC = {
    "hypothesis": {"en": "More of it."},
    "estimand": {"en": "A difference."},
    "title": {"en": "Trust"},
    "outcome": "trust",
    "covariance": "HC3",
    "family": None,
    "weights": None,
    "because": {},
    "code": "",
    "regressors": [{"variable": "voice"}],
    "population": {"respondent_groups": [], "waves": [], "sources": [], "without": None},
}
FROZEN = {
    "main": SPEC,
    "variants": {"plain": {"covariance": "classical"}},
    "scales": {"trust": {"items": ["t1", "t2"], "reverse_scored": [], "least_answered": 2}},
    "items": {"t1": {"codes": [1, 2], "text": {"en": "I trust."}}, "t2": {"codes": [1, 2], "text": {"en": "You do."}}},
    "rows": {"invalid_answers": "block", "dispositions": {}, "left_out": {}},
}


def changed(path, value, base=FROZEN):
    """Return a copy with one key changed."""
    copy = json.loads(json.dumps(base))
    at = copy
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return copy


OTHER = changed(("main", "covariance"), "HC1")
NO_DATA, DATA = {}, {"autumn": Arrived(n_responses=40)}


def entry(number, models, day=0, arrived=NO_DATA, reason=""):
    return PlanEntry(number, f"hash{number}", DAY + pd.Timedelta(days=day), reason, arrived, models)


def fit(frozen=FROZEN, model="h1", variant="main", waves=("autumn",), day=10):
    return FitInPlan(
        model, variant, frozen, dict.fromkeys(waves, None if day is None else DAY + pd.Timedelta(days=day))
    )


LOCK = entry(1, {"h1": FROZEN})
AMENDED_BEFORE = entry(2, {"h1": OTHER}, day=5, reason="a slip")
AMENDED_AFTER = entry(2, {"h1": OTHER}, day=15, arrived=DATA, reason="a slip")
RETURNED = entry(3, {"h1": FROZEN}, day=16, arrived=DATA, reason="the slip was none")
KEY = 'model.covariance: "HC3" → "HC1"'
CASES = {
    "nothing was locked": ((), fit(), "never_locked", "no analysis plan was locked"),
    "locked before data": ((LOCK,), fit(), "locked", "the lock of 2026-03-01"),
    "a variant locked before data": ((LOCK,), fit(variant="plain"), "locked", "before data arrived"),
    "a model that is in no plan": ((LOCK,), fit(OTHER, "h2"), "never_locked", "the model h2 is not in the lock"),
    "a variant that an exclusion rule added": (
        (LOCK,),
        fit(changed(("variants", "without_careless"), {}), variant="without_careless"),
        "never_locked",
        "the variant without_careless of h1 is not in the lock",
    ),
    "locked when data had arrived": ((entry(1, {"h1": FROZEN}, 15, DATA),), fit(), "locked_after_data", "wave autumn"),
    "locked after the first response, before the first export": (
        (entry(1, {"h1": FROZEN}, day=11),),
        fit(),
        "locked_after_data",
        "data of wave autumn had arrived before the lock",
    ),
    "locked when exports lay unread": (
        (entry(1, {"h1": FROZEN}, arrived={"autumn": Arrived(n_unread_rows=3)}),),
        fit(),
        "locked_after_data",
        "wave autumn",
    ),
    "locked when an export lay there that cannot be read": (
        (entry(1, {"h1": FROZEN}, arrived={"autumn": Arrived(n_unread_rows=None)}),),
        fit(),
        "locked_after_data",
        "wave autumn",
    ),
    "locked after a file was accepted and taken away": (
        (entry(1, {"h1": FROZEN}, arrived={"autumn": Arrived(n_gone_files=1)}),),
        fit(day=None),
        "locked_after_data",
        "wave autumn",
    ),
    "locked with the clock set back, data seen": (
        (entry(1, {"h1": FROZEN}, -900, DATA),),
        fit(),
        *("locked_after_data", ""),
    ),
    "times unknown, nothing had arrived": ((LOCK,), fit(day=None), "locked", ""),
    "changed after the lock": (
        (LOCK,),
        fit(OTHER),
        "changed_after_lock",
        f"changed after the lock of 2026-03-01: {KEY}",
    ),
    "the scoring changed": (
        (LOCK,),
        fit(changed(("scales", "trust", "least_answered"), 1)),
        "changed_after_lock",
        "scales.trust.least_answered: 2 → 1",
    ),
    "the codes of an item changed": (
        (LOCK,),
        fit(changed(("items", "t2", "codes"), [1, 2, 3])),
        "changed_after_lock",
        "items.t2.codes: [1,2] → [1,2,3]",
    ),
    "rows left out afterwards": (
        (LOCK,),
        fit(changed(("rows", "left_out"), {"autumn": {"staff": {"without": {"id": ["7"]}}}})),
        "changed_after_lock",
        "rows.left_out.autumn: nothing →",
    ),
    "rows of another wave left out": (
        (LOCK,),
        fit(changed(("rows", "left_out"), {"spring": {"staff": {"without": {"id": ["7"]}}}})),
        "locked",
        "",
    ),
    "titles, reasons and wordings changed": (
        (LOCK,),
        fit(changed(("items", "t1", "text"), {"en": "I do trust."}, changed(("main", "title"), {"en": "New"}))),
        "locked",
        "",
    ),
    "a translation of the hypothesis was added": (
        (LOCK,),
        fit(changed(("main", "hypothesis"), {"en": "More of it.", "da": "Mere af det."})),
        "locked",
        "",
    ),
    "the hypothesis changed": (
        (LOCK,),
        fit(changed(("main", "hypothesis"), {"en": "Less of it."})),
        "changed_after_lock",
        "model.hypothesis.en",
    ),
    "amended before data": ((LOCK, AMENDED_BEFORE), fit(OTHER), "amended", "the amendment 2 of 2026-03-06 (a slip)"),
    "as it was before an amendment": (
        (LOCK, AMENDED_BEFORE),
        fit(),
        "changed_after_lock",
        'model.covariance: "HC1" → "HC3"',
    ),
    "amended after data": ((LOCK, AMENDED_AFTER), fit(OTHER), "amended_after_data", f"(a slip): {KEY}"),
    "as locked, whatever was amended after data": ((LOCK, AMENDED_AFTER), fit(), "locked", "the lock of 2026-03-01"),
    "amended after data and back": ((LOCK, AMENDED_AFTER, RETURNED), fit(), "locked", ""),
    "an amendment after the first response does not count for what follows it": (
        (entry(1, {"h1": OTHER}, day=11), entry(2, {"h1": FROZEN}, day=3)),
        fit(),
        "locked_after_data",
        "",
    ),
    "both waves after the lock": ((LOCK,), fit(waves=("autumn", "spring")), "locked", ""),
    "one of two waves before the lock": (
        (entry(1, {"h1": FROZEN}, arrived=DATA),),
        fit(waves=("autumn", "spring")),
        "locked_after_data",
        "data of wave autumn had arrived",
    ),
    "amended between two waves, both used": (
        (LOCK, AMENDED_AFTER),
        FitInPlan("h1", "main", OTHER, {"autumn": DAY + pd.Timedelta(days=10), "spring": DAY + pd.Timedelta(days=90)}),
        "amended_after_data",
        KEY,
    ),
    "amended between two waves, the later one used": (
        (LOCK, AMENDED_AFTER),
        fit(OTHER, waves=("spring",), day=90),
        "amended",
        "",
    ),
    "added by an amendment after data": (
        (entry(1, {"h2": OTHER}), entry(2, {"h1": FROZEN, "h2": OTHER}, 15, DATA, "thought of it")),
        fit(),
        "amended_after_data",
        "the model h1 was added",
    ),
    "renamed after the lock": ((LOCK,), fit(model="trust_by_voice"), "locked", ""),
    "renamed and changed": ((LOCK,), fit(OTHER, "trust_by_voice"), "never_locked", "the model trust_by_voice"),
    "taken out of the plan before data": ((LOCK, entry(2, {"h1": None}, 5)), fit(), "never_locked", "amendment 2"),
}


@pytest.mark.parametrize("case", CASES, ids=[name.replace(" ", "_") for name in CASES])
def test_label_follows_from_what_was_locked_when(case: str):
    entries, of, because, told = CASES[case]
    found = label_fit(entries, of, is_sound=True)
    assert (found.because, found.label) == (
        because,
        "confirmatory" if because in ("locked", "amended") else "exploratory",
    )
    assert told in found.reason
    assert bool(found.plan_hash) == (found.label == "confirmatory")


def test_an_altered_plan_makes_nothing_confirmatory():
    found = label_fit((LOCK,), fit(), is_sound=False)
    assert (found.label, found.because) == ("exploratory", "plan_altered")


def test_main_and_variant_that_change_places_are_no_renamed_model():
    swapped = changed(("main", "covariance"), "classical")
    assert label_fit((LOCK,), fit(swapped), is_sound=True).because == "changed_after_lock"
    assert renamed_from(LOCK, fit(swapped, "other")) is None


def test_an_exclusion_rule_and_its_limits_belong_to_the_fits_that_use_it():
    narrowed = {"respondent_groups": [], "waves": [], "sources": [], "without": "careless"}
    base = changed(("variants", "without_careless"), {"population": narrowed})
    base |= {"exclusions": {"careless": {"fewest_flags": 2}}, "screening": {"limits": {"longstring": 0.5}}}
    locked = entry(1, {"h1": base})
    for path, key in (
        (("exclusions", "careless", "fewest_flags"), "exclusions.careless.fewest_flags"),
        (("screening", "limits", "longstring"), "screening.limits.longstring"),
    ):
        now = changed(path, 1, base)
        assert label_fit((locked,), fit(now), is_sound=True).because == "locked"
        found = label_fit((locked,), fit(now, variant="without_careless"), is_sound=True)
        assert (found.because, key in found.reason) == ("changed_after_lock", True)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=3), PLAIN, min_size=1, max_size=4), st.data())
def test_order_of_keys_decides_no_hash_and_any_other_value_does(content, data):
    turned = dict(data.draw(st.permutations(list(content.items()))))
    assert hash_of(turned) == hash_of(content)
    assert not differences(content, turned)
    key = data.draw(st.sampled_from(sorted(content)))
    other = {**content, key: [content[key], "other"]}
    assert hash_of(other) != hash_of(content)


@given(PLAIN)
def test_canonical_json_reads_back_as_what_was_written(content):
    assert json.loads(canonical(content)) == content


def test_contents_of_a_fit_leave_out_what_it_does_not_rest_on():
    more = changed(("scales", "unused"), {"items": ["t9"], "reverse_scored": [], "least_answered": 1})
    assert fit_content(more, "main", ["autumn"]) == fit_content(FROZEN, "main", ["autumn"])
    assert fit_content(FROZEN, "nowhere", ["autumn"]) is None


def test_an_entry_is_recognised_whatever_the_order_in_which_its_models_stand():
    models = {"h1": FROZEN, "h2": OTHER, "h3": None}
    for order in permutations(models):
        found = label_fit((entry(1, {name: models[name] for name in order}),), fit(), is_sound=True)
        assert found.because == "locked"
