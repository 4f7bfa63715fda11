"""Repeated groups of Kobo and ODK forms are pulled as a source of their own, beside the submissions they belong to."""

import pytest

from instruments.faults import UsageError
from pipelines.assets.whereabouts import Wanted
from pipelines.commands.erase import erase
from pipelines.load import load_study
from pipelines.sections.sources import Source
from pipelines.tables import core
from pipelines.tables.pulling import DELETIONS
from tests.fake_platform import FakePlatform
from tests.pulled_study import build_pulled_study, pull
from tests.run_steps import bring_up_to_date

READ = {"core/responses"}
PARTNERS = """\
  partners:
    wave: spring
    files: partners-*.csv
    repeats_of: staff
    respondent_group: FRL
    language: en
    structure: [form.xlsx]
    instruments: [network]
    pull: {pull}
"""
NETWORK = """\
name: network
version: "1"
title: {en: Network}
items:
  partner: {text: {en: "Which partner?"}, kind: open_text}
"""


@pytest.fixture(params=["kobo", pytest.param("odk", marks=pytest.mark.slow)])
def platform(request):
    with FakePlatform(request.param) as running:
        running.repeats_partners = True
        for _ in range(4):
            running.respond()
        running.meet(next(iter(running.responses)), "North", "South")
        yield running


@pytest.fixture
def folder(tmp_path, platform, monkeypatch):
    monkeypatch.setenv("SENSEMAKING_KEYS", str(tmp_path / "keys"))
    folder = build_pulled_study(tmp_path / "study", platform)
    spec = folder / "study.yaml"
    text = spec.read_text().replace("[teamwork]", "[teamwork, network]")
    text = text.replace("structure: [form.xlsx]", "structure: [form.xlsx]\n    instruments: [teamwork]")
    spec.write_text(text + PARTNERS.format(pull=platform.pull.replace("}", ", repeat: partners}")))
    (folder / "instruments/network.yaml").write_text(NETWORK)
    return folder


def without_source(folder, leave_out=""):
    """Take the source of the repetitions out of the study."""
    spec = folder / "study.yaml"
    text = spec.read_text().split("  partners:\n")[0]
    spec.write_text(text.replace("    pull: {", f"    pull: {{{leave_out}"))


def of_source(done):
    assert not done.failures
    return {each.source: each for each in done.pulled}


def repetitions(folder):
    _, store = bring_up_to_date(folder, READ)
    rows = store.read(core.REPEATS)
    assert set(rows["source"]) <= {"partners"}
    keys = zip(rows["response_id"].str.removeprefix("staff/"), rows["instance"].rank(method="dense"), strict=True)
    return {(name, int(number)): text for (name, number), text in zip(keys, rows["text"], strict=True)}, store


def test_repetitions_arrive_with_their_responses_and_follow_every_change(folder, platform):
    first, second, third, _ = platform.responses
    done = of_source(pull(folder))
    assert (done["staff"].n_new, done["partners"].n_new) == (4, 4)
    found, store = repetitions(folder)
    assert found == {(first, 1): "North", (first, 2): "South"}
    assert len(store.read(core.RESPONSES)) == 4
    platform.meet(first, "East")
    platform.meet(second, "West")
    platform.delete(third)
    done = of_source(pull(folder))
    assert (done["partners"].n_changed, done["partners"].n_deleted) == (2, 1)
    found, store = repetitions(folder)
    assert found == {(first, 1): "East", (second, 1): "West"}
    assert list(store.read(DELETIONS)["response_id"]) == [f"staff/{third}"]
    quiet = of_source(pull(folder))
    assert [each.file_name for each in quiet.values()] == [None, None]


def test_when_nobody_repeats_anything_any_more_the_export_leaves(folder, platform):
    pull(folder)
    platform.meet(next(iter(platform.responses)))
    of_source(pull(folder))
    assert not list((folder / "exports").glob("partners-*"))
    platform.meet(next(iter(platform.responses)), "East")
    of_source(pull(folder))
    assert [path.name for path in (folder / "exports").glob("partners-*")] == ["partners-000002.csv"]


def test_erased_responses_take_their_repetitions_along(folder, platform):
    pull(folder)
    bring_up_to_date(folder, READ)
    first, second, *_ = platform.responses
    told = erase(load_study(folder), Wanted(f"staff/{first}", None), "asked")
    assert {name for name, _ in told.pulled} == {"staff-000001.csv", "partners-000001.csv"}
    platform.meet(second, "West")
    done = of_source(pull(folder))
    assert {name: each.n_erased for name, each in done.items()} == {"staff": 1, "partners": 1}
    assert repetitions(folder)[0] == {(second, 1): "West"}
    assert not any(b"North" in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_group_that_no_source_pulls_is_refused_until_it_is_left_out(folder, platform):
    without_source(folder)
    [(_, error)] = pull(folder).failures
    assert isinstance(error, UsageError)
    assert "the form repeats partners" in str(error)
    assert "repeats_of: staff" in str(error)
    without_source(folder, "leave_out: [partners], ")
    assert of_source(pull(folder))["staff"].n_new == 4


def test_group_that_the_form_does_not_repeat_is_refused_by_name(folder):
    spec = folder / "study.yaml"
    spec.write_text(spec.read_text().replace("repeat: partners", "repeat: partner"))
    failures = dict(pull(folder).failures)
    assert "the form repeats no group partner (it repeats partners)" in str(failures["partners"])


def test_group_within_a_group_is_left_out_or_refused(folder, platform):
    platform.repeats_within = True
    spec = folder / "study.yaml"
    text = spec.read_text()
    assert "the form repeats visits" in str(dict(pull(folder).failures)["staff"])
    left_out = text.replace("repeat: partners", "repeat: partners, leave_out: [visits]")
    spec.write_text(left_out.replace("}\n  partners:", ", leave_out: [visits]}\n  partners:"))
    assert of_source(pull(folder))["partners"].n_listed == 4
    inner = PARTNERS.replace("  partners:", "  visits:").replace("partners-*", "visits-*")
    inner = inner.format(pull=platform.pull.replace("}", ", repeat: visits}"))
    spec.write_text(spec.read_text() + inner)
    error = dict(pull(folder).failures)["visits"]
    assert "repeated within a repetition" in str(error)


@pytest.mark.parametrize("more", [{"repeats_of": "staff"}, {"pull": {"repeat": "partners"}}])
def test_section_says_both_whose_and_which_repetitions(more):
    pulled = {"platform": "kobo", "url": "https://example.org", "survey": "a", **more.pop("pull", {})}
    with pytest.raises(ValueError, match="repeats_of, the source"):
        Source(wave="spring", files="a-*.csv", pull=pulled, **more)


def test_repeats_are_of_forms_only():
    with pytest.raises(ValueError, match="repeated groups of a form"):
        Source(
            wave="spring",
            files="a-*.csv",
            repeats_of="staff",
            pull={"platform": "qualtrics", "url": "https://example.org", "survey": "SV_1", "repeat": "partners"},
        )
