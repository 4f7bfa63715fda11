"""Responses that were edited on the platform and that an incremental delivery leaves out without a word."""

import pytest

from tests.fake_platform import FakePlatform
from tests.fake_requests import Reply
from tests.pulled_study import VirtualClock, build_pulled_study, pull

DAY = 86_400


@pytest.fixture
def qualtrics():
    with FakePlatform("qualtrics") as running:
        for number in range(6):
            running.respond(TW_1=str(1 + number % 5))
        yield running


def answer_of(folder, name):
    """Return the answer to the first item as the newest export with the response has it."""
    for path in sorted((folder / "exports").glob("staff-*"), reverse=True):
        header, *rows = [line.split(",") for line in path.read_text().splitlines() if line]
        found = [row[header.index("TW_1")] for row in rows if name in row]
        if found:
            return found[0]
    return None


def test_edit_that_is_not_delivered_is_noticed_by_its_date_and_fetched(tmp_path, qualtrics):
    folder = build_pulled_study(tmp_path / "study", qualtrics)
    pull(folder)
    edited = next(iter(qualtrics.responses))
    qualtrics.edit(edited, TW_1="5")
    qualtrics.outage("dropped", 1)
    done = pull(folder).pulled[0]
    assert done.is_whole
    assert done.n_changed == 1
    assert answer_of(folder, edited) == "5"
    assert not pull(folder).pulled[0].is_whole


def test_where_the_list_tells_no_dates_the_edit_arrives_with_the_next_whole_pull(tmp_path, qualtrics):
    qualtrics.tells_modifications = False
    folder, clock = build_pulled_study(tmp_path / "study", qualtrics), VirtualClock()
    spec = folder / "study.yaml"
    spec.write_text(spec.read_text().replace("survey: SV_1", "survey: SV_1, whole_every_days: 3"))
    pull(folder, clock=clock)
    edited = next(iter(qualtrics.responses))
    qualtrics.edit(edited, TW_1="5")
    qualtrics.outage("dropped", 1)
    assert pull(folder, clock=clock).pulled[0].n_changed == 0
    clock.sleep(2 * DAY)
    assert not pull(folder, clock=clock).pulled[0].is_whole
    clock.sleep(DAY)
    done = pull(folder, clock=clock).pulled[0]
    assert done.is_whole
    assert done.n_changed == 1
    assert answer_of(folder, edited) == "5"
    clock.sleep(DAY)
    assert not pull(folder, clock=clock).pulled[0].is_whole


def test_platform_that_takes_no_order_for_the_list_gives_it_without(tmp_path, qualtrics):
    reply = qualtrics.reply

    def refusing(request):
        is_list = b'"surveyMetadataIds"' in request.body and b"sortByLastModifiedDate" in request.body
        return Reply(400) if is_list else reply(request)

    qualtrics.reply = refusing
    folder = build_pulled_study(tmp_path / "study", qualtrics)
    assert pull(folder).pulled[0].n_new == 6
    qualtrics.edit(next(iter(qualtrics.responses)), TW_1="5")
    assert pull(folder).pulled[0].n_changed == 1
