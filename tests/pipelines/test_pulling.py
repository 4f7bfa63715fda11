"""Pulling from every platform: what it has is in the tables exactly once, whatever happened on the way."""

import pytest

from pipelines.tables import core
from pipelines.tables.pulling import DELETIONS
from tests.fake_platform import KINDS, FakePlatform
from tests.pulled_study import build_pulled_study, pull
from tests.run_steps import bring_up_to_date


@pytest.fixture(params=KINDS)
def platform(request):
    with FakePlatform(request.param) as running:
        yield running


def read(folder):
    """Return response id as the platform has it → answer to the first item."""
    study, store = bring_up_to_date(folder, {"core/responses"})
    answers = store.read(core.answers(study))
    ids = [each.removeprefix("staff/") for each in answers["response_id"]]
    assert len(ids) == len(set(ids))
    return dict(zip(ids, answers["TW_1"].astype("str"), strict=True)), store


def held(platform):
    return {name: each.answers["TW_1"] for name, each in platform.responses.items()}


def test_what_is_added_edited_and_deleted_arrives(tmp_path, platform):
    folder = build_pulled_study(tmp_path / "study", platform)
    first, *_ = [platform.respond(TW_1=str(1 + number % 5)) for number in range(20)]
    done = pull(folder)
    assert not done.failures
    assert (done.pulled[0].n_listed, done.pulled[0].n_new) == (20, 20)
    assert read(folder)[0] == held(platform)
    platform.edit(first, TW_1="5")
    platform.delete(list(platform.responses)[3])
    platform.respond(TW_1="2")
    again = pull(folder).pulled[0]
    assert (again.n_new, again.n_changed, again.n_deleted) == (1, 1, 1)
    found, store = read(folder)
    assert found == held(platform)
    assert len(store.read(DELETIONS)) == 1
    quiet = pull(folder).pulled[0]
    assert (quiet.n_new, quiet.n_changed, quiet.n_deleted, quiet.file_name) == (0, 0, 0, None)
