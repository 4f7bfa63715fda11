"""The notation: what is read as what, what is refused, and that no text at all makes reading fall over."""

import datetime as dt
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from instruments.strict_yaml import LARGEST_BYTES, Document, parse_yaml, read_yaml, word_at

WORDS_OF_YAML = st.sampled_from(
    [
        *("a", ":", " ", "\n", "- ", "? ", "[", "]", "{", "}", "&x", "*x", "!!set", "!", "|", ">", "'", '"', "#", "~"),
        *("\\U", "\\x", "%YAML 1.9", "---", "...", "<<", "\t", "9" * 40, "1e9999", "no", "\x00", "\ufeff", "\u2028"),
        *("2026-02-30", "%TAG ! x", "\\UFFFFFFFF", "%YAML " + "9" * 5000 + ".1\n---\n"),
    ]
)
LINES_OF_YAML = st.sampled_from(
    [
        *(
            "a: b\n",
            "key: {a: b, c: [d, e]}\n",
            "- a: b\n",
            "  b: c\n",
            "text: |\n  b\n",
            "text: >-2\n    b\n",
            "? a\n: b\n",
        ),
        *(
            "|#",
            ">#c\n",
            "|-1",
            "?",
            ",",
            "a?",
            "\r",
            "\r\n",
            "\x85",
            "\u2029",
            "\xa0",
            "\x7f",
            "\n  ",
            "\n\n",
            " #c\n",
        ),
        *('k: "q\\\n  r"\n', "\\t", "@", "`", "%", "''", '""', "a:b", "1.5", "true", "\U0001f600", "%YAML 1.1\n---\n"),
    ]
)
PLAIN = st.recursive(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
    | st.integers(-(10**17), 10**17)
    | st.booleans(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text("abcæøå ", min_size=1), below, max_size=3),
    max_leaves=12,
)


class QuotedText(yaml.SafeDumper):
    """Writes every text in quotation marks, as a careful author would."""

    def ignore_aliases(self, data):
        return True


QuotedText.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


def parsed(text):
    return parse_yaml(Document(Path("study.yaml")), text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("2.50", 2.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("true", True),
        ("False", False),
        ("2026-03-01", dt.date(2026, 3, 1)),
        ("~", None),
        ("null", None),
        ("", None),
        ('"12"', "12"),
        ("'true'", "true"),
        ("007", "007"),
        ("-007", "-007"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2026-02-30", "2026-02-30"),
        ("2026-03-01 10:00", "2026-03-01 10:00"),
        (".nan", ".nan"),
        (".inf", ".inf"),
        ("Norway", "Norway"),
        ("9" * 5000, "9" * 5000),
        ("-" + "9" * 5000, "-" + "9" * 5000),
    ],
)
def test_plain_values_are_read_as_a_person_would_read_them(text, value):
    document = parsed(f"key: {text}")
    assert (document.value, document.faults) == ({"key": value}, [])
    assert type(document.value["key"]) is type(value)


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "y", "n", "Yes", "NO", "On", "OFF", "Y", "N"])
@pytest.mark.parametrize("where", ["key: {}", "{}: value", "- {}"])
def test_the_words_that_yaml_turns_into_true_and_false_are_refused(word, where):
    (fault,) = parsed(where.format(word)).faults
    assert fault.message == (
        f'YAML reads {word} as true or false; write "{word}" in quotation marks when the word is meant, '
        "or true or false when that is meant"
    )
    assert parsed(where.format(f'"{word}"')).faults == []


def test_lines_of_keys_and_list_entries_are_known():
    document = parsed("a: 1\nb:\n  - x\n  - c: 2\n\n    d: 3\n")
    assert document.lines == {("a",): 1, ("b",): 2, ("b", 0): 3, ("b", 1): 4, ("b", 1, "c"): 4, ("b", 1, "d"): 6}
    assert document.line_of(("b", 1, "absent")) == 4
    assert document.line_of(("absent",)) == 1


@pytest.mark.parametrize(("second", "line"), [("a: 2", 3), ('"a": 2', 3)])
def test_both_lines_of_a_duplicate_key_are_named(second, line):
    (fault,) = parsed(f"a: 1\nb: 1\n{second}\n").faults
    assert (fault.line, fault.place) == (line, "a")
    assert fault.message == "this key stands twice, first on line 1; keep one of them"


def test_the_first_of_two_values_is_kept_beside_the_fault():
    assert parsed("a: 1\na: 2\n").value == {"a": 1}


@pytest.mark.parametrize(
    "text",
    ["a: !!python/object/apply:os.system [exit 1]", "a: !!python/name:os.system", "!!binary aGk=", "a: !local x"],
)
def test_tags_never_build_anything(text):
    document = parsed(text)
    assert document.value is None
    assert {fault.message for fault in document.faults} == {"tags (!) are not used here; remove the tag"}


def test_a_bomb_of_aliases_is_refused_before_it_is_expanded():
    levels = "\n".join(f"l{k}: &l{k} [{', '.join([f'*l{k - 1}'] * 9)}]" for k in range(1, 30))
    document = parsed(f"l0: &l0 [a, a]\n{levels}\n")
    assert document.value is None
    assert len(document.faults) > 1


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 3_000 + "a", "a: {" * 2_000])
def test_depth_is_refused_before_it_exhausts_the_stack(text):
    messages = {fault.message for fault in parsed(text).faults}
    assert "expected at most 40 levels of indents" in messages


def test_forty_levels_are_read():
    assert parsed("[" * 40 + "]" * 40).faults == []


def test_a_missing_file_is_a_fault(tmp_path):
    document = read_yaml(tmp_path / "study.yaml")
    assert [str(fault) for fault in document.faults] == [f"{tmp_path}/study.yaml: there is no such file"]


def test_a_folder_in_place_of_a_file_is_a_fault(tmp_path):
    assert [fault.message for fault in read_yaml(tmp_path).faults] == ["there is no such file"]


def test_a_file_that_may_not_be_read_is_a_fault(tmp_path, monkeypatch):
    path = tmp_path / "study.yaml"
    path.write_text("a: 1\n", encoding="utf-8")

    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert [fault.message for fault in read_yaml(path).faults] == ["the file cannot be read: Permission denied"]


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_bytes(b"#" * (LARGEST_BYTES + 1))
    assert [fault.message for fault in read_yaml(path).faults] == ["the file is larger than 2000000 bytes; split it"]


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_bytes("\ufeffname: pilot\n".encode())
    assert read_yaml(path).value == {"name": "pilot"}


@given(PLAIN)
def test_what_is_written_with_quoted_text_is_read_back_the_same(value):
    text = yaml.dump({"key": value}, Dumper=QuotedText, allow_unicode=True)
    document = parsed(text)
    assert (document.faults, document.value) == ([], {"key": value})


@given(st.text(max_size=60) | st.lists(WORDS_OF_YAML, max_size=14).map("".join))
def test_no_text_makes_reading_fall_over(text):
    document = parsed(text)
    assert all(fault.message and "\n" not in fault.message for fault in document.faults)


def parsed_by_pyyaml_alone(text):
    with pytest.MonkeyPatch.context() as without_libyaml:
        without_libyaml.setattr(yaml, "__with_libyaml__", False)
        return parsed(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "- \ta",
            "a:\tb",
            "a: b\n\ufeff",
            "a: |#c\n  b\n",
            "a: >-#c\n  b\n",
            "{en: How many? }",
            "[a?]",
            "[{a: b?}, c]",
        ),
        *(
            "a: {b: 'c?', d: [e]}\nf: [g]\nh: i?",
            "a: yes",
            "a: 1\na: 2",
            "a: &x b",
            "a: [",
            "a\r\nb",
            "\u2028: a",
            "~",
            "",
        ),
    ],
)
def test_libyaml_is_not_believed_where_it_reads_otherwise_than_pyyaml(text):
    assert parsed(text) == parsed_by_pyyaml_alone(text)


@given(st.lists(WORDS_OF_YAML | LINES_OF_YAML, max_size=14).map("".join))
def test_values_lines_and_faults_are_the_same_with_and_without_libyaml(text):
    assert repr(parsed(text)) == repr(parsed_by_pyyaml_alone(text))


@given(st.binary(max_size=80))
def test_no_bytes_make_reading_fall_over(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("bytes") / "study.yaml"
    path.write_bytes(content)
    messages = [fault.message for fault in read_yaml(path).faults]
    is_utf8 = content.decode(errors="ignore").encode() == content
    assert is_utf8 or messages[0].endswith("is not UTF-8; save the file as UTF-8")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("name: a\nkind: measurement\nmore: [", "measurement"),
        ("a: {kind: b}\nkind: c", "c"),
        ("x: [1, {kind: 3}]\n'kind': 'z'\nkind: q", "z"),
        ("kind: [x]", ""),
        ("kind:", ""),
        ("kind", ""),
        ("- kind\n- a", ""),
        ("- kind: a", ""),
        ("a: kind\nb: c", ""),
        ("a: [\nkind: r", ""),
        ("", ""),
    ],
)
def test_the_word_at_a_key_is_that_of_the_outermost_level(text, word):
    assert word_at(text, "kind") == word


@given(st.text() | st.lists(WORDS_OF_YAML | LINES_OF_YAML).map("".join))
def test_looking_for_a_word_never_falls_over_and_finds_what_reading_finds(text):
    read = parse_yaml(Document(Path()), text)
    word = word_at(text, "a")
    if not read.faults and isinstance(read.value, dict) and isinstance(read.value.get("a"), str):
        assert word == read.value["a"]
