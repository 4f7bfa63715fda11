"""The parts of pulling: sets compared, secrets kept, files resumed, sections that are refused."""

import datetime as dt
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.faults import DataError, EnvironmentFault, UsageError
from pipelines.assets.erased import notes as erasure_notes
from pipelines.assets.whereabouts import Wanted
from pipelines.commands.erase import erase
from pipelines.load import load_study
from pipelines.pulling.delivery import of_records, rows_of_csv
from pipelines.pulling.http import Connection
from pipelines.pulling.patience import TRIED, Clock, patiently
from pipelines.pulling.questions import Asked, differences
from pipelines.pulling.reconcile import Held, is_too_great_a_loss, reconcile
from pipelines.pulling.secrets import Secret, read_secret
from pipelines.pulling.zipped import only_member
from pipelines.sections.pulling import Pull
from pipelines.tables import core
from pipelines.tables.pulling import DELETIONS
from tests.fake_platform import TOKEN, FakePlatform
from tests.fake_requests import Reply
from tests.pulled_study import VirtualClock, build_pulled_study, pull
from tests.run_steps import bring_up_to_date

NAMES = st.text("abcd", min_size=1, max_size=2)
CONTENTS = st.dictionaries(NAMES, st.sampled_from(["1", "2"]))


@given(
    held=CONTENTS,
    there=CONTENTS,
    is_whole=st.booleans(),
    lost=st.sets(NAMES),
    tells_modifications=st.booleans(),
)
def test_what_is_held_afterwards_is_what_the_platform_has_unless_it_says_otherwise(
    held, there, is_whole, lost, tells_modifications
):
    changed = {name: mark for name, mark in there.items() if held.get(name) != mark}
    delivered = {name: mark for name, mark in (there if is_whole else changed).items() if name not in lost}
    modified = {name: f"at {mark}" for name, mark in held.items()} if tells_modifications else {}
    listed = {name: f"at {mark}" if tells_modifications else "" for name, mark in there.items()}
    found = reconcile(Held(held, modified), listed, delivered, is_whole=is_whole)
    assert found.new == delivered.keys() - held.keys()
    assert found.gone == held.keys() - there.keys()
    assert not found.gone & found.held.keys()
    assert found.modified == {name: f"at {there[name]}" for name in found.held if name in there and tells_modifications}
    if not lost:
        assert found.undelivered == frozenset()
        assert found.held == there
    if is_whole:
        assert found.undelivered == there.keys() & lost
    elif tells_modifications:
        assert found.undelivered == changed.keys() & lost
    assert found.undelivered <= lost
    assert reconcile(Held(found.held, found.modified), listed, {}, is_whole=False).gone == frozenset()


@given(n_held=st.integers(0, 500), share=st.floats(0, 1), data=st.data())
def test_loss_of_everything_is_always_too_great_and_no_loss_never(n_held, share, data):
    n_gone = data.draw(st.integers(0, n_held))
    found = is_too_great_a_loss(n_held, n_gone, share)
    assert found == (n_gone > 0 and (n_gone == n_held or (n_gone > 5 and n_gone > share * n_held)))


ROWS = st.lists(st.tuples(NAMES, st.sampled_from(["", "1", "2"]), st.text('ab,\n"æ')))


@given(ROWS)
def test_rows_delivered_twice_stand_once_and_survive_being_written(drawn):
    records = [dict(zip(("id", "event", "x"), each, strict=True)) for each in drawn]
    made = of_records(records, ("id", "event", "x"), "id", ("event",))
    last = {each[:2]: each for each in drawn}
    rows = [row for each in made.rows.values() for row in each]
    assert sorted(rows) == sorted(last.values())
    assert set(made.marks()) == set(made.rows) == {each["id"] for each in records}
    assert rows_of_csv(made.content(), "here") == [("id", "event", "x"), *rows]


def test_mark_of_a_response_knows_its_content_and_not_its_place():
    rows = [{"id": "1", "event": each, "x": each} for each in "ab"]
    marks = of_records(rows, ("id", "event", "x"), "id", ("event",)).marks()
    assert of_records(rows[::-1], ("x", "event", "id"), "id", ("event",)).marks() == marks
    assert of_records([{**rows[0], "x": "c"}, rows[1]], ("id",), "id", ("event",)).marks() != marks
    assert of_records([*rows, {"id": "2", "empty": ""}], ("id",), "id", ("event",)).marks()["1"] == marks["1"]


def test_secret_comes_from_the_environment_or_a_private_file_and_is_never_shown(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="set SENSEMAKING_PULL_SURVEYS, or write"):
        read_secret(tmp_path, "surveys")
    path = tmp_path / "pull.secrets.yaml"
    path.write_text("surveys: from-the-file\n")
    path.chmod(0o640)
    with pytest.raises(EnvironmentFault, match="chmod 600"):
        read_secret(tmp_path, "surveys")
    path.chmod(0o600)
    assert read_secret(tmp_path, "surveys").text == "from-the-file"
    monkeypatch.setenv("SENSEMAKING_PULL_SURVEYS", "from-the-environment")
    found = read_secret(tmp_path, "surveys")
    assert found.text == "from-the-environment"
    assert "from-the-environment" not in f"{found!r} {found}"
    monkeypatch.setenv("SENSEMAKING_PULL_SURVEYS", "two\nlines")
    with pytest.raises(UsageError, match="no plain text") as error:
        read_secret(tmp_path, "surveys")
    assert "two" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("https://fra1.qualtrics.com", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000", True),
        ("http://fra1.qualtrics.com", False),
        ("http://127.0.0.1.evil.example", False),
        ("https://user:password@fra1.qualtrics.com", False),
        ("https://fra1.qualtrics.com/?token=1", False),
        ("file:///etc/passwd", False),
        ("fra1.qualtrics.com", False),
    ],
)
def test_addresses_are_https_or_this_machine(url, is_allowed):
    if is_allowed:
        assert Pull(platform="qualtrics", url=url, survey="SV_1").url == url
        return
    with pytest.raises(ValueError, match=r"write the address alone|expected an address"):
        Pull(platform="qualtrics", url=url, survey="SV_1")


@pytest.mark.parametrize(
    "section",
    [
        {"platform": "qualtrics"},
        {"platform": "redcap", "survey": "1"},
        {"platform": "limesurvey", "survey": "SV_1", "user": "me"},
        {"platform": "limesurvey", "survey": "1"},
        {"platform": "odk", "survey": "form", "user": "me"},
        {"platform": "kobo", "survey": "form", "project": 2},
    ],
)
def test_sections_that_do_not_say_what_to_fetch_are_refused(section):
    with pytest.raises(ValueError, match=r"survey|project|user"):
        Pull(url="https://example.org", **section)


class Answered:
    """An answer with a status and headers."""

    def __init__(self, status, **headers):
        self.status_code, self.headers = status, headers


def test_platform_says_how_long_to_wait_as_a_date_and_not_for_ever():
    clock = VirtualClock()
    later = (clock.time + dt.timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    answers = [Answered(503, **{"Retry-After": later}), Answered(200)]
    patiently(lambda: answers.pop(0), (), clock.clock, "GET here", "the secret")
    assert clock.slept == [pytest.approx(90, abs=1)]
    with pytest.raises(EnvironmentFault, match="asks to wait 86400 seconds"):
        patiently(lambda: Answered(429, **{"Retry-After": "86400"}), (), clock.clock, "GET here", "the secret")


def test_pauses_grow_and_end():
    clock = VirtualClock()
    with pytest.raises(EnvironmentFault, match=f"tried {TRIED} times, found HTTP 502"):
        patiently(lambda: Answered(502), (), clock.clock, "GET here", "the secret")
    assert len(clock.slept) == TRIED - 1
    assert all(2**n <= each <= 1.5 * 2**n for n, each in enumerate(clock.slept))


def test_redirection_is_not_followed_and_another_host_gets_no_token():
    clock = VirtualClock()
    with FakePlatform("kobo") as platform:
        connection = Connection(platform.url, {"Authorization": TOKEN}, Secret("here", TOKEN), clock.clock)
        platform.reply = lambda _: Reply(302, headers={"Location": "http://127.0.0.2/"})
        with pytest.raises(EnvironmentFault, match="points elsewhere"):
            connection.get("/api")
        with pytest.raises(EnvironmentFault, match="at another address"):
            connection.get("http://127.0.0.2/next")
        connection.close()


def test_saved_file_goes_on_where_it_was_cut(tmp_path):
    content = bytes(range(256)) * 100
    with FakePlatform("kobo") as platform:
        seen = []

        def reply(request):
            seen.append(request.headers.get("range"))
            return Reply(content=content, headers={"Accept-Ranges": "bytes"})

        platform.reply = reply
        platform.outage("cut", 1)
        connection = Connection(platform.url, {}, Secret("here", TOKEN), VirtualClock().clock)
        connection.save("/file", tmp_path / "file")
        connection.close()
    assert (tmp_path / "file").read_bytes() == content
    assert seen == [None, f"bytes={len(content) // 2}-"]


def test_archive_holds_one_file_whatever_it_is_called(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../evil.csv", "inside")
    assert only_member(path, "here") == b"inside"
    assert [each.name for each in tmp_path.parent.rglob("evil.csv")] == []
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("second.csv", "too many")
    with pytest.raises(DataError, match="found 2"):
        only_member(path, "here")
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(EnvironmentFault, match="cut off or damaged"):
        only_member(path, "here")
    assert not path.exists()


def test_every_kind_of_change_is_named():
    before = {"a": Asked("A?", "choice", {"1": "no", "2": "yes"}), "b": Asked("B?", "open_text", {})}
    now = {"a": Asked("A!", "number", {"1": "no", "3": "maybe"}), "c": Asked("C?", "choice", {})}
    assert set(differences(before, now)) == {
        "a: its text was 'A?' and is 'A!'",
        "a: its kind was 'choice' and is 'number'",
        "a: option 2 'yes' is gone",
        "a: option 3 'maybe' is new",
        "b is asked no more",
        "c is new: 'C?'",
    }
    assert list(differences(before, dict(reversed(before.items())))) == []


@pytest.mark.slow
def test_response_that_is_gone_from_the_platform_can_be_erased_from_the_files(tmp_path):
    with FakePlatform("qualtrics") as platform:
        for _ in range(8):
            platform.respond()
        folder = build_pulled_study(tmp_path / "study", platform)
        pull(folder)
        bring_up_to_date(folder, {"core/responses"})
        gone = next(iter(platform.responses))
        platform.delete(gone)
        pull(folder)
        study, store = bring_up_to_date(folder, {"core/responses"})
        rejects = store.read(core.REJECTS)
        assert list(rejects["rule"]) == ["deleted_on_platform"]
        done = erase(load_study(folder), Wanted(f"staff/{gone}", None), "deleted on the platform")
        assert [n for _, _, n in done.files] == [1]
        assert done.pulled == [("staff-000001.csv", 1)]
        assert done.still_held == []
        assert store.read(DELETIONS).empty
        bring_up_to_date(folder, {"core/responses"})
        assert len(store.read(core.RESPONSES)) == 7
        assert list(erasure_notes(study, store)) == []


def test_clock_of_the_machine_tells_utc():
    assert Clock().now().tzinfo is dt.UTC
