"""The built-in coding scheme: all codes of the draft; and what is refused in any scheme."""

import pytest
import yaml

from instruments.codings.load import LIBRARY, find_schemes, load_scheme, read_scheme
from instruments.faults import SpecError
from instruments.spec_file import ANY_LANGUAGE

BUILT_IN = LIBRARY / "coding_scheme.yaml"
SMALL = """\
name: small
version: "2"
title: {en: Small}
definition: What is said
protocol: {because: as taught}
thresholds: {because: as taught}
families: {A: Acts}
changes:
  - {version: "1", because: first, added: [A1, A2, A9]}
  - {version: "2", because: clearer, changed: [A1], removed: [A9]}
codes:
  A1: {name: ONE, family: A, definition: d, include: i, exclude: e, example: x, version: "2", provenance: [{author: I}]}
  A2: {name: TWO, family: A, definition: d, include: i, exclude: e, example: x, version: "1", provenance: [{author: I}]}
"""


def faults_of(tmp_path, text):
    path = tmp_path / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return read_scheme(path)


@pytest.mark.reference
def test_all_47_codes_are_there_as_in_the_draft(reference):
    draft = yaml.safe_load((reference / "domain/instruments/coding_scheme.yaml").read_text(encoding="utf-8"))
    scheme = load_scheme(BUILT_IN)
    assert {name: words[ANY_LANGUAGE] for name, words in scheme.families.items()} == draft["families"]
    found = [
        {"id": code, "name": each.name, "family": each.family}
        | {"definition": each.definition["en"]}
        | {key: getattr(each, key)[ANY_LANGUAGE] for key in ("include", "exclude", "example")}
        for code, each in scheme.codes.items()
    ]
    assert found == [{key: value for key, value in code.items() if key != "provenance"} for code in draft["codes"]]
    assert len(found) == 47
    for code in draft["codes"]:
        named = {each.author for each in scheme.codes[code["id"]].provenance} - {"this project"}
        sources = {"Karp", "Docherty", "Larsen & Madsen", "Schlappa & Imani"}
        assert named == {author for author in sources if author in code["provenance"]}


def test_every_code_says_in_danish_too_what_it_means():
    said = [each.definition for each in load_scheme(BUILT_IN).codes.values()]
    assert [set(words) for words in said] == [{"en", "da"}] * 47
    assert len({words["da"] for words in said}) == 47
    assert not [words for words in said if words["da"] == words["en"]]


@pytest.mark.reference
def test_protocol_and_thresholds_are_those_of_the_draft(reference):
    draft = yaml.safe_load((reference / "domain/instruments/coding_scheme.yaml").read_text(encoding="utf-8"))
    scheme = load_scheme(BUILT_IN)
    assert scheme.protocol.coders == draft["protocol"]["coders"]
    said = "all if n <= 150 answers per question; otherwise a random 30 percent, at least 150"
    assert draft["protocol"]["double_coded"].startswith(said)
    assert (scheme.protocol.all_up_to, scheme.protocol.share, scheme.protocol.least) == (150, 0.3, 150)
    assert (scheme.protocol.training, scheme.protocol.drift_share, scheme.protocol.least_used) == (30, 0.1, 20)
    assert (scheme.thresholds.accept, scheme.thresholds.tentative) == (0.8, 0.667)


def test_only_unprompted_answers_can_have_the_unprompted_code_and_nothing_stands_beside_uncodable():
    codes = load_scheme(BUILT_IN).codes
    assert [code for code, each in codes.items() if each.answers == "unprompted"] == ["E5"]
    assert [code for code, each in codes.items() if each.stands_alone] == ["X1"]
    assert [code for code, each in codes.items() if each.is_proposal] == ["X2"]


@pytest.mark.parametrize(
    ("alpha", "expected"),
    [
        (0.8, "accept"),
        (0.7999, "tentative"),
        (0.667, "tentative"),
        (0.6669, "below"),
        (-0.2, "below"),
        (float("nan"), "undefined"),
        (None, "undefined"),
    ],
)
def test_an_alpha_is_judged_by_the_thresholds(alpha, expected):
    assert load_scheme(BUILT_IN).thresholds.verdict(alpha) == expected


def test_a_coding_is_outdated_when_its_code_changed_or_went_after_it(tmp_path):
    scheme, faults = faults_of(tmp_path, SMALL)
    assert not faults
    cases = [("A1", "1"), ("A1", "2"), ("A2", "1"), ("A9", "1")]
    assert [scheme.is_outdated(*case) for case in cases] == [True, False, False, True]
    assert scheme.removed == {"A9"}


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("name: TWO, family: A", "name: TWO, family: B", "codes.A2.family", "there is no family 'B'"),
        ("name: TWO", "name: ONE", "codes.A2.name", "'ONE' is the name of A1 too"),
        ('version: "2", provenance', 'version: "1", provenance', "codes.A1.version", "2 is the last version"),
        ('version: "2"\ntitle', 'version: "3"\ntitle', "version", "write down what 3 changed"),
        ("removed: [A9]", "removed: []", "changes", "A9 is no code any more"),
        ("added: [A1, A2, A9]", "added: [A1, A9]", "codes.A2", "no change adds this code"),
        ("changed: [A1]", "changed: [A1, A7]", "changes.1.changed", "A7 is not there before it"),
        ("changed: [A1]", "changed: [A1], added: [A2]", "changes.1.added", "A2 is there already"),
        ('{version: "2"', '{version: "1"', "changes", "a version stands twice"),
        ("families: {A: Acts}", "families: {A: Acts, B: Bits}", "families.B", "no code belongs to the family"),
        ("thresholds: {", "thresholds: {tentative: 0.9, ", "thresholds.tentative", "above accept"),
        ("name: small", "name: large", "name", "expected name: small"),
        ("name: ONE", "name: one", "codes.A1.name", "capitals"),
    ],
)
def test_a_faulty_scheme_is_refused_with_line_and_remedy(tmp_path, old, new, place, said):
    assert old in SMALL
    scheme, faults = faults_of(tmp_path, SMALL.replace(old, new))
    assert scheme is None
    assert any(fault.place == place and said in fault.message and fault.line for fault in faults), faults


def test_a_scheme_of_the_study_replaces_the_one_of_the_library(tmp_path):
    (tmp_path / "coding_scheme.yaml").write_text("name: coding_scheme\n", encoding="utf-8")
    assert find_schemes([LIBRARY, tmp_path])["coding_scheme"] == tmp_path / "coding_scheme.yaml"
    with pytest.raises(SpecError, match="this key is missing"):
        load_scheme(tmp_path / "coding_scheme.yaml")
