"""Instrument files: every mistake a person can make has a wrong file in ``bad_specs`` and a message of its own."""

import shutil
from pathlib import Path

import pytest

from instruments.faults import SpecError
from instruments.load import find_instruments, load_instrument, read_instrument

BAD_SPECS = Path(__file__).parents[1] / "bad_specs"
FAULTS = {
    "anchor_and_alias": [
        (20, "", "anchors (&) and aliases (*) are not used here; write the text out"),
        (26, "", "anchors (&) and aliases (*) are not used here; write the text out"),
    ],
    "choice_without_response_scale": [
        (
            29,
            "items.workplace",
            ("a choice needs a response_scale; name one, or set kind to number, date, code or open_text"),
        )
    ],
    "code_that_is_text": [(16, "response_scales.sector.points.one", "expected a whole number, found 'one'")],
    "control_character": [
        (
            0,
            "",
            (
                "this is not valid YAML: unacceptable character #x0007: special characters are not "
                "allowed; remove the character"
            ),
        )
    ],
    "date_where_text_is_wanted": [
        (2, "version", 'expected text, found 2026-03-01; write "2026-03-01" in quotation marks')
    ],
    "duplicate_key": [(32, "items.v1", "this key stands twice, first on line 20; keep one of them")],
    "empty": [(1, "", "the file is empty; expected name, version, title, items")],
    "escape_out_of_range": [
        (0, "", ("this is not valid YAML: an escape or a number is out of range; check backslashes in quotation marks"))
    ],
    "item_twice_in_a_scale": [(39, "scales.voice.items", "an item stands twice in the scale; name each once")],
    "language_in_capitals": [(4, "title.EN", "expected a language such as en or da, found 'EN'")],
    "least_answered_of_none": [(41, "scales.voice.least_answered", "expected greater than or equal to 1, found 0")],
    "least_answered_too_large": [
        (41, "scales.voice.least_answered", "least_answered is 4, but the scale has 3 items; lower it, or add items")
    ],
    "list_as_key": [(32, "items", "a key must be a single word or number")],
    "list_at_top": [(1, "", "expected keys with values: name, version, title, items")],
    "list_where_keys_are_wanted": [(15, "response_scales.sector.points", "expected keys with values, found a list")],
    "midpoint_is_no_point": [
        (13, "response_scales.often.midpoint", "the midpoint 5 is none of the points; name the code of one")
    ],
    "missing_key": [(37, "scales.voice.least_answered", "this key is missing; add it")],
    "misspelt_key": [(40, "scales.voice.reversed_scored", "unknown key; did you mean 'reverse_scored'?")],
    "name_with_a_blank": [
        (
            37,
            "scales.my voice",
            (
                "expected a name of at most 63 letters, digits and underscores that begins with a "
                "letter, found 'my voice'"
            ),
        )
    ],
    "named_unlike_its_file": [(1, "name", "the file is called voice.yaml; expected name: voice")],
    "no_as_key": [
        (
            4,
            "title",
            (
                'YAML reads no as true or false; write "no" in quotation marks when the word is meant,'
                " or true or false when that is meant"
            ),
        )
    ],
    "not_utf8": [(22, "", "a letter here is not UTF-8; save the file as UTF-8")],
    "nothing_where_text_is_wanted": [(2, "version", "expected text, found nothing")],
    "number_in_a_scale": [(39, "scales.voice.items", "every item of a scale must be a choice")],
    "number_where_text_is_wanted": [(2, "version", 'expected text, found 1.0; write "1.0" in quotation marks')],
    "number_with_response_scale": [
        (34, "items.age.response_scale", "an item of kind number has no response_scale; remove it")
    ],
    "one_point": [(15, "response_scales.sector.points", "expected 2 or more entries, found 1")],
    "only_remarks": [(1, "", "the file is empty; expected name, version, title, items")],
    "open_quotation_mark": [
        (31, "", ("this is not valid YAML: expected <block end>, but found '<scalar>'; check indents and quotes"))
    ],
    "point_and_opt_out_share_a_code": [
        (12, "response_scales.often.opt_outs.3", "code 3 is both a point and an opt-out; give the opt-out another code")
    ],
    "python_tag": [(2, "", "tags (!) are not used here; remove the tag")],
    "reverse_scored_stranger": [
        (
            40,
            "scales.voice.reverse_scored",
            "reverse_scored names v4, which is not among the items of the scale; add it to the items, or take it out",
        )
    ],
    "tab": [
        (
            4,
            "",
            (
                "this is not valid YAML: found character '\\t' that cannot start any token; indent with"
                " spaces, not with tabs"
            ),
        )
    ],
    "tag": [(2, "", "tags (!) are not used here; remove the tag")],
    "text_at_top": [(1, "", "expected keys with values: name, version, title, items")],
    "text_where_a_list_is_wanted": [
        (39, "scales.voice.items", "expected a list: [a, b] or one entry a line after a dash, found 'v1'")
    ],
    "text_where_a_number_is_wanted": [(41, "scales.voice.least_answered", "expected a whole number, found 'two'")],
    "too_deep": [(2, "", "expected at most 40 levels of indents")],
    "truth_where_text_is_wanted": [(2, "version", 'expected text, found true; write "true" in quotation marks')],
    "two_documents": [(42, "", "expected one document a file")],
    "two_response_scales_in_a_scale": [
        (39, "scales.voice.items", "the items have different response scales: often, sector; expected one")
    ],
    "unknown_choice": [
        (
            33,
            "items.age.kind",
            (
                "expected 'choice', 'multiple_choice', 'number', 'date', 'code' or 'open_text', found 'numbr'; "
                "did you mean 'number'?"
            ),
        )
    ],
    "unknown_item_in_scale": [(39, "scales.voice.items", "there is no item 'v33'; did you mean 'v3'?")],
    "unknown_missing_reason": [
        (
            12,
            "response_scales.often.opt_outs.-8.reason",
            (
                "expected 'not_administered', 'not_reached', 'seen_unanswered', 'dont_know', "
                "'refused', 'not_applicable', 'invalid', 'technical', 'redacted' or 'unknown_blank', "
                "found 'dontknow'; did you mean 'dont_know'?"
            ),
        )
    ],
    "unknown_response_scale": [
        (30, "items.workplace.response_scale", "there is no response scale 'sectr'; did you mean 'sector'?")
    ],
    "unlike_any_key": [
        (
            2,
            "qqq",
            (
                "unknown key; known keys: citation, code, constant_sums, definition, evidence, items, level, licence,"
                " name, provenance, referent, related_scales, respondent_groups, response_scales, scales, status, stem,"
                " structure, title, version, window"
            ),
        )
    ],
    "unordered_scale_averaged": [
        (39, "scales.voice.items", "the response scale is not ordered, so its answers have no mean or sum")
    ],
    "word_where_true_or_false_is_wanted": [
        (18, "response_scales.sector.ordered", "expected true or false, found 'never'")
    ],
    "yes_or_no_word": [
        (
            12,
            "response_scales.often.opt_outs.-8.label.en",
            (
                'YAML reads no as true or false; write "no" in quotation marks when the word is meant,'
                " or true or false when that is meant"
            ),
        )
    ],
    "expected_answer_is_no_point": [
        (28, "items.v3.expected_answer", "4 is none of the points of 'often'; name one of its codes")
    ],
    "expected_answer_of_a_number": [
        (
            34,
            "items.age.expected_answer",
            "an item of kind number has no expected_answer; remove it, or set kind to choice",
        )
    ],
    "item_in_no_scale": [
        (
            29,
            "items.v4",
            "the item is in no scale; add it to the items of one, or say stands_alone: true if none is meant",
        )
    ],
    "item_of_no_dimension": [(43, "scales.voice_at_work.items", "'v3' belongs to none of the dimensions of the scale")],
    "long_quote": [(6, "provenance.0", "the quote has 15 words; quote fewer than 15")],
    "long_quote_of_a_scale": [(43, "scales.voice.provenance.0", "the quote has 16 words; quote fewer than 15")],
    "missing_translation": [
        (4, "definition", "the wording has en but not da, which other items have; translate it"),
        (31, "items.workplace.text", "the wording has en but not da, which other items have; translate it"),
        (39, "scales.voice.definition", "the wording has en but not da, which other items have; translate it"),
        (40, "scales.voice.high_score_means", "the wording has en but not da, which other items have; translate it"),
        (17, "response_scales.sector.points.2", "the wording has en but not da, which other items have; translate it"),
    ],
    "sum_of_no_number": [(45, "constant_sums.shares.items", "'v1' is no number; expected kind: number")],
    "sum_of_unknown_item": [(45, "constant_sums.shares.items", "there is no item 'agee'; did you mean 'age'?")],
    "unknown_dimension": [(44, "scales.voice_at_work.dimensions", "there is no scale 'voise'; did you mean 'voice'?")],
    "unknown_parallel_item": [(30, "items.v3.parallel_to", "there is no item 'v11'; did you mean 'v1'?")],
    "unknown_parallel_scale": [(42, "scales.voice.parallel_to", "there is no scale 'voic'; did you mean 'voice'?")],
    "validated_without_evidence": [
        (3, "status", ("the status is piloted, but there is no evidence; say what supports it"))
    ],
}


@pytest.fixture
def bad_instrument(tmp_path, request):
    """Path of a copy of a wrong file, called as the instrument in it."""
    return Path(shutil.copy(BAD_SPECS / f"instrument_{request.param}.yaml", tmp_path / "voice.yaml"))


@pytest.mark.parametrize(("bad_instrument", "faults"), FAULTS.items(), ids=FAULTS, indirect=["bad_instrument"])
def test_a_mistake_is_named_with_line_place_and_remedy(bad_instrument, faults):
    instrument, found = read_instrument(bad_instrument)
    assert instrument is None
    assert [(fault.line, fault.place, fault.message) for fault in found] == faults
    assert {fault.path for fault in found} == {bad_instrument}


def test_every_wrong_file_is_tested():
    assert {path.stem.removeprefix("instrument_") for path in BAD_SPECS.glob("instrument_*.yaml")} == set(FAULTS)


@pytest.mark.parametrize("bad_instrument", ["misspelt_key"], indirect=True)
def test_loading_a_wrong_file_raises_with_its_faults(bad_instrument):
    with pytest.raises(SpecError, match=r"voice.yaml:40: scales.voice.reversed_scored: unknown key"):
        load_instrument(bad_instrument)


def test_a_sound_instrument_is_loaded(tmp_path):
    path = tmp_path / "voice.yaml"
    path.write_text(
        'name: voice\nversion: "1"\ntitle: {en: Voice}\n'
        "response_scales: {often: {points: {1: {}, 2: {}}, opt_outs: {-8: {reason: dont_know}}}}\n"
        "items: {v1: {response_scale: often}, v2: {response_scale: often}, since: {kind: date}}\n"
        "scales: {voice: {items: [v1, v2], least_answered: 1, score: sum}}\n",
        encoding="utf-8",
    )
    instrument = load_instrument(path)
    points = instrument.points_of("voice")
    assert (points.lowest, points.highest, points.midpoint) == (1, 2, None)
    assert instrument.response_scale_of("since") is None
    assert instrument.scales["voice"].score == "sum"


def test_a_file_of_a_later_folder_replaces_one_of_the_same_name(tmp_path):
    library, own = tmp_path / "library", tmp_path / "own"
    for folder, names in ((library, ("trust", "voice")), (own, ("voice", "pay"))):
        folder.mkdir()
        for name in names:
            (folder / f"{name}.yaml").touch()
    found = find_instruments([library, own, tmp_path / "absent"])
    assert found == {"trust": library / "trust.yaml", "voice": own / "voice.yaml", "pay": own / "pay.yaml"}
