"""Screening a wave: what is flagged, what cannot be judged and why, and that nothing unknown passes."""

import numpy as np
import pandas as pd
import pytest

from instruments.spec import Instrument
from pipelines.sections.screening import AttentionCheck, FraudScore, Limit, Screening
from pipelines.sections.sources import Source
from pipelines.steps.screening import repeated_respondents, screen_wave
from pipelines.steps.screening_form import blocks_of, build_form
from pipelines.tables.screening import PARADATA, QUALITY_FLAGS

N = 60
AGREE = [f"a{k}" for k in range(1, 13)]
OFTEN = [f"o{k}" for k in range(1, 5)]
PLAIN = Source(wave="w1", files="e.csv")


def instrument():
    points = {"points": {key: {} for key in range(1, 6)}}
    items = {name: {"response_scale": "agree"} for name in AGREE}
    items |= {"age": {"kind": "number"}, "job": {"response_scale": "jobs"}}
    items |= {name: {"response_scale": "often"} for name in OFTEN} | {"more": {"response_scale": "agree"}}
    scales = {f"s{k}": {"items": tuple(AGREE[3 * k : 3 * k + 3]), "least_answered": 2} for k in range(4)}
    scales["whole"] = {"items": tuple(AGREE), "least_answered": 6, "reverse_scored": ("a1",)}
    scales["frequency"] = {"items": tuple(OFTEN), "least_answered": 2}
    raw = {"name": "quiz", "version": "1", "title": {"en": "Quiz"}, "items": items, "scales": scales}
    shared = {"agree": points, "often": points, "jobs": {**points, "ordered": False}}
    return Instrument.model_validate({**raw, "response_scales": shared}, strict=False)


def responses(n=N):
    moments = pd.date_range("2026-02-02 09:00", periods=n, freq="h", tz="UTC")
    rows = pd.DataFrame({"response_id": [f"s/{k:03d}" for k in range(n)], "row_number": range(2, n + 2)})
    rows = rows.assign(wave="w1", source="s", respondent_group="A", respondent_key=[f"p{k}" for k in range(n)])
    rows = rows.assign(disposition="complete", share_answered=1.0, started_at=moments, ended_at=moments)
    return rows.assign(response_seconds=pd.Series([300.0] * n, dtype="Float64"), is_analysed=True)


def answers(n=N):
    draw = np.random.default_rng(11)
    trait = draw.normal(size=(n, 1))
    codes = np.clip(np.rint(3 + trait + draw.normal(size=(n, 16))), 1, 5)
    table = pd.DataFrame(codes, columns=[*AGREE, *OFTEN]).astype("Int16")
    return table.assign(response_id=responses(n)["response_id"], age=40.0, job=2, more=pd.NA)


def paradata(kind, columns, page=None):
    rows = [
        {"response_id": f"s/{k:03d}", "wave": "w1", "kind": kind, "name": name, "page": (page or {}).get(name, name)}
        | {
            "value": value if isinstance(value, (int, float)) else None,
            "text": value if isinstance(value, str) else None,
        }
        for name, values in columns.items()
        for k, value in enumerate(values)
        if value is not None
    ]
    return PARADATA.typed(pd.DataFrame(rows))


def screened(rows=None, given=None, data=None, rules=None, source=PLAIN):
    tables = {
        "responses": responses() if rows is None else rows,
        "answers": answers() if given is None else given,
        "paradata": PARADATA.empty() if data is None else data,
    }
    form = build_form(source, [instrument()], tables, rules or Screening())
    flags = screen_wave([form], "w1", "first_complete")
    QUALITY_FLAGS.schema().validate(flags)
    return flags


def one(flags, check, response=0, block=None):
    found = flags[(flags["check_name"] == check) & (flags["response_id"] == f"s/{response:03d}")]
    found = found if block is None else found[found["block"] == block]
    (row,) = found.to_dict("records")
    return row


def verdict(row):
    return row["reason"] if pd.isna(row["is_flagged"]) else row["is_flagged"]


def test_blocks_are_neighbouring_items_of_one_ordered_response_scale_with_a_scale_among_them():
    found = list(blocks_of([instrument()], Screening()))
    assert [(block.name, block.items) for block in found] == [
        ("quiz_agree", tuple(AGREE)),
        ("quiz_often", tuple(OFTEN)),
    ]
    assert [block.has_reversed for block in found] == [True, False]
    named = list(blocks_of([instrument()], Screening(blocks={"short": ("a1", "a2", "a3")})))
    assert [(block.name, block.items, block.has_reversed) for block in named] == [("short", ("a1", "a2", "a3"), True)]


def test_items_that_a_source_did_not_ask_belong_to_no_block():
    given = answers().assign(a5=pd.Series([pd.NA] * N, dtype="Int16"))
    form_without = build_form(
        PLAIN.model_copy(update={"not_administered": ("a12",), "constants": {"a11": 3}}),
        [instrument()],
        {"responses": responses(), "answers": given, "paradata": PARADATA.empty()},
        Screening(),
    )
    assert form_without.blocks[0].items == tuple(name for name in AGREE if name not in ("a5", "a11", "a12"))


def test_a_straight_line_is_flagged_and_its_consistency_not_taken_for_granted():
    given = answers()
    given.loc[0, AGREE] = 3
    flags = screened(given=given)
    line = one(flags, "straight_line")
    assert (line["value"], line["is_flagged"], line["n_used"], line["block"]) == (1, True, 12, "quiz_agree")
    run = one(flags, "longstring", block="quiz_agree")
    assert (run["value"], run["threshold"], run["is_flagged"]) == (12, 6, True)
    given.loc[0, OFTEN] = 3
    flags = screened(given=given)
    assert verdict(one(flags, "even_odd")) == "no_variance"


@pytest.mark.parametrize(
    ("missing", "check", "block", "expected"),
    [
        (AGREE, "longstring", "quiz_agree", "no_answer"),
        (AGREE[:7], "longstring", "quiz_agree", "too_few_answers"),
        ([], "longstring", "quiz_often", "too_few_items"),
        (AGREE, "straight_line", "quiz_agree", "no_answer"),
        (AGREE[:11], "straight_line", "quiz_agree", "missing_answers"),
        (AGREE[:1], "mahalanobis", "quiz_agree", "missing_answers"),
        (AGREE, "mahalanobis_observed", "quiz_agree", "no_answer"),
        (AGREE[:11], "response_variability", "quiz_agree", "too_few_answers"),
        ([], "response_variability", "quiz_agree", "no_limit"),
        (AGREE[:10], "person_total", "quiz_agree", "too_few_answers"),
        ([*AGREE[:2], *AGREE[3:5], *AGREE[6:8]], "even_odd", "points_1_to_5", "too_few_scales"),
    ],
)
def test_what_cannot_be_judged_says_why_and_is_no_pass(missing, check, block, expected):
    given = answers()
    given.loc[0, missing] = pd.NA
    assert verdict(one(screened(given=given), check, block=block)) == expected


def test_every_missing_verdict_has_a_reason_and_no_other_verdict_has():
    given = answers()
    holes = np.random.default_rng(1).random((N, 16)) < 0.3
    given[[*AGREE, *OFTEN]] = given[[*AGREE, *OFTEN]].mask(holes)
    flags = screened(given=given)
    assert (flags["is_flagged"].isna() == flags["reason"].notna()).all()
    assert flags.loc[flags["value"].isna(), "is_flagged"].isna().all()


def test_an_unusual_response_is_flagged_at_the_99_per_cent_limit_of_its_own_answers():
    given = answers()
    given.loc[0, AGREE] = [1, 5] * 6
    given.loc[0, ["a3", "a4"]] = pd.NA
    row = one(screened(given=given), "mahalanobis_observed", block="quiz_agree")
    # 99 % quantile of chi-square with ten degrees of freedom, R 4.2.2
    assert row["threshold"] == pytest.approx(23.20925, abs=1e-5)
    assert row["is_flagged"]
    assert row["n_used"] == 10


def test_too_few_responses_have_no_distance():
    rows, given = responses(20), answers(20)
    assert verdict(one(screened(rows, given), "mahalanobis_observed", block="quiz_agree")) == "too_few_responses"
    assert verdict(one(screened(rows, given), "mahalanobis_observed", block="quiz_often")) is False


def test_the_order_shown_decides_the_run():
    given = answers()
    given.loc[0, AGREE] = [1, 2] * 6
    order = {name: [[1, 7, 2, 8, 3, 9, 4, 10, 5, 11, 6, 12][place]] for place, name in enumerate(AGREE)}
    data = paradata("display_order", {f"{name}_DO": values for name, values in order.items()})
    data["page"] = data["name"].str.removesuffix("_DO")
    flags = screened(given=given, data=data)
    assert one(flags, "longstring", block="quiz_agree")["value"] == 6
    assert one(screened(given=given), "longstring", block="quiz_agree")["value"] == 1


def test_an_attention_check_flags_other_codes_and_says_nothing_of_a_blank():
    given = answers()
    given["a1"] = pd.Series([2, 4, pd.NA, *[2] * (N - 3)], dtype="Int16")
    rules = Screening(attention_checks={"a1": AttentionCheck(expected=(2,))})
    flags = screened(given=given, rules=rules)
    assert [verdict(one(flags, "attention_check", k)) for k in range(3)] == [False, True, "no_answer"]


def test_scales_that_share_items_count_once_by_the_smaller():
    assert one(screened(), "even_odd")["n_used"] == 5


def test_pages_are_compared_with_seconds_an_item_and_with_the_median():
    seconds = {"t1": [20.0, 9.0, None, *[30.0] * (N - 3)], "t2": [20.0, 8.0, None, *[16.0] * (N - 3)]}
    rules = Screening(pages={"t1": tuple(AGREE[:5]), "t2": tuple(OFTEN)})
    data = pd.concat([paradata("timing", seconds), paradata("timing", {"click": [1.0] * N}).assign(page=None)])
    flags = screened(data=PARADATA.typed(data), rules=rules)
    assert [verdict(one(flags, "page_speed", k)) for k in range(3)] == [False, True, "no_time"]
    fast = one(flags, "page_speed", 1)
    assert (fast["value"], fast["threshold"], fast["n_used"]) == (1, 1, 2)
    assert one(flags, "relative_speed", 1)["value"] == pytest.approx((30 / 9 + 16 / 8) / 2)
    assert [verdict(one(flags, "relative_speed", k)) for k in range(3)] == [False, True, "no_time"]
    undeclared = screened(data=PARADATA.typed(data))
    assert verdict(one(undeclared, "page_speed", 1)) == "no_pages_declared"


def test_half_the_median_duration_of_complete_responses_is_fast():
    rows = responses()
    rows.loc[[0, 1, 2], "response_seconds"] = pd.array([149.0, 150.0, pd.NA], dtype="Float64")
    flags = screened(rows)
    assert [verdict(one(flags, "total_duration", k)) for k in range(3)] == [True, False, "no_time"]


def test_a_form_without_times_or_scores_has_no_such_checks():
    rows = responses().assign(response_seconds=pd.array([pd.NA] * N, dtype="Float64"), respondent_key=None)
    found = set(screened(rows)["check_name"])
    assert not found & {"page_speed", "relative_speed", "total_duration", "fraud_score", "repeated_respondent"}


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("Q_RecaptchaScore", [0.4, 0.5, None], [True, False, "no_score"]),
        ("Q_BallotBoxStuffing", ["True", "false", None], [True, False, "no_score"]),
        ("Q_DuplicateRespondent", ["TRUE", None, None], [True, "no_score", "no_score"]),
        ("Q_RelevantIDFraudScore", [0, 0, 0], ["inactive", "inactive", "inactive"]),
        ("Q_RelevantIDFraudScore", [30, 29, 0], [True, False, False]),
        ("Q_RelevantIDDuplicate", [1, 0, None], [True, False, "no_score"]),
        ("trust_score", [0.1, 0.9, None], [True, False, "no_score"]),
    ],
)
def test_scores_of_the_platform(name, cells, expected):
    own = {"trust_score": FraudScore(flag_below=0.3, because="says the platform")} if name == "trust_score" else {}
    rest = [cells[0] if len(set(cells)) == 1 else cells[1]] * (N - 3)
    flags = screened(data=paradata("quality", {name: [*cells, *rest]}), rules=Screening(fraud_scores=own))
    assert [verdict(one(flags, "fraud_score", k)) for k in range(3)] == expected


def test_a_score_that_the_study_names_and_the_export_lacks_is_no_pass():
    rules = Screening(fraud_scores={"bot": FraudScore(flag_from=1, because="agreed with the platform")})
    flags = screened(rules=rules)
    assert set(flags.loc[flags["check_name"] == "fraud_score", "reason"]) == {"no_score"}


def test_copies_need_twenty_items():
    assert "identical_answers" not in set(screened()["check_name"])


def test_a_study_s_own_limit_replaces_the_one_that_ships():
    strict = Screening(limits={"longstring": Limit(limit=1.0, because="block of twelve alike items")})
    off = Screening(limits={"longstring": Limit(limit=None, because="order was not recorded")})
    assert one(screened(rules=strict), "longstring", block="quiz_agree")["threshold"] == 12
    assert verdict(one(screened(rules=off), "longstring", block="quiz_agree")) == "no_limit"


@pytest.mark.parametrize(
    ("policy", "stands"), [("first_complete", "s/001"), ("most_complete", "s/002"), ("last", "s/003")]
)
def test_one_of_a_person_s_responses_stands_and_the_others_name_it(policy, stands):
    rows = responses(6).assign(
        respondent_key=["p", "p", "p", "p", "q", None],
        disposition=["partial", "complete", "complete", "partial", "complete", "complete"],
        share_answered=[0.6, 0.9, 1.0, 0.7, 1.0, 1.0],
    )
    found = repeated_respondents(rows.sample(frac=1, random_state=1), policy).set_index("response_id").sort_index()
    others = sorted({"s/000", "s/001", "s/002", "s/003"} - {stands})
    assert found.index[found["is_flagged"].fillna(value=False).astype(bool)].tolist() == others
    assert set(found.loc[others, "superseded_by"]) == {stands}
    assert found.loc[[stands, "s/004", "s/005"], "superseded_by"].isna().all()
    assert found.loc["s/004", "value"] == 1
    assert found.loc["s/005", "reason"] == "no_key"


def test_a_wave_without_responses_has_no_flags():
    assert screen_wave([], "w1", "last").empty
