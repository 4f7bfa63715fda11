"""Programs that tell at once, and programs that are killed: each event is told once, and none is lost."""

import datetime as dt
import errno
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from pipelines.telling.delivery import deliver
from pipelines.telling.event import Place
from pipelines.telling.notice import notice, notice_failure, notice_pull
from pipelines.telling.notice import tell as notice_and_tell
from pipelines.telling.outbox import Noticed, Outbox
from pipelines.telling.state import PullReport
from tests.small_disks import mounted
from tests.telling_study import telling_study

NOW = dt.datetime(2026, 3, 2, 7, tzinfo=dt.UTC)
CHANGED = PullReport(frozenset(["spring_staff"]), changed=(Place(source="spring_staff"),))
TELLER = """
import datetime as dt, sys
from pathlib import Path
from pipelines.load import load_study
from pipelines.telling.delivery import deliver
from pipelines.telling.notice import notice_failure

study, now = load_study(Path(sys.argv[1])), dt.datetime.fromisoformat(sys.argv[2])
notice_failure(study, now, OSError(28, "full"))
deliver(study, now)
"""


def teller(study, moment=NOW):
    return subprocess.Popen([sys.executable, "-c", TELLER, str(study.folder), moment.isoformat()])


@pytest.mark.slow
def test_programs_that_notice_and_tell_at_once_tell_once(study, servers):
    mails, hook = servers
    tellers = [teller(study, NOW + dt.timedelta(seconds=n)) for n in range(4)]
    assert [each.wait(timeout=120) for each in tellers] == [0] * 4
    assert [document["kind"] for _, document in hook.taken] == ["failed_run"]
    assert sorted(each["To"] for each in mails.taken) == ["chef@example.org", "fieldwork@example.org"]


@pytest.mark.slow
def test_a_teller_killed_after_the_server_took_the_mail_tells_again_with_the_same_identity_and_no_other_twice(
    study, servers
):
    mails, hook = servers
    mails.outages.append("hold")
    killed = teller(study)
    assert mails.holding.wait(timeout=120)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    mails.go_on.set()
    assert deliver(study, NOW).n_told >= 1
    assert [document["kind"] for _, document in hook.taken] == ["failed_run"]
    by_recipient = {each["To"]: [] for each in mails.taken}
    for each in mails.taken:
        by_recipient[each["To"]].append(each["Message-ID"])
    assert sorted(map(len, by_recipient.values())) == [1, 2]
    assert all(len(set(identities)) == 1 for identities in by_recipient.values())


class Killed(BaseException):
    """Stands for the end of the process at a chosen write."""


def test_killed_at_any_write_every_event_is_told_once(tmp_path, servers, monkeypatch):
    """Every write of the outbox is the last one once; whoever comes next goes on."""
    mails, hook = servers
    real, n_writes = Outbox._write_whole, 0
    for last in range(12):
        study = telling_study(tmp_path / str(last), mails.port, hook.address)
        left = last

        def writes(self, path, content):
            nonlocal left, n_writes
            if left == 0:
                raise Killed
            left -= 1
            n_writes += 1
            real(self, path, content)

        monkeypatch.setattr(Outbox, "_write_whole", writes)
        mails.taken.clear(), hook.taken.clear()
        with suppress(Killed):
            tell(study)
        monkeypatch.setattr(Outbox, "_write_whole", real)
        tell(study)
        tell(study)
        assert len({each["Message-ID"] for each in mails.taken}) == 2, last
        assert len({document["id"] for _, document in hook.taken}) == 1, last
        assert len(mails.taken) + len(hook.taken) <= 4, "only what was taken and not marked may come twice"
    assert n_writes > 12


def tell(study):
    notice_failure(study, NOW, OSError(28, "full"))
    deliver(study, NOW)


def test_an_event_noticed_but_not_yet_in_the_outbox_gets_there_by_the_next_look(study, servers):
    _, hook = servers
    (event,) = notice_pull(study, NOW, CHANGED)
    outbox = Outbox(study.warehouse)
    outbox.remember(Noticed(outbox.noticed().state, (event,)))
    for path in (outbox.folder / "messages").iterdir():
        path.unlink()
    assert notice_pull(study, NOW, CHANGED) == []
    deliver(study, NOW)
    assert [document["kind"] for _, document in hook.taken] == ["changed_question"]


def test_a_disk_that_is_full_leaves_what_was_known_and_the_event_for_the_next_look(study, servers, monkeypatch):
    _, hook = servers
    real = Outbox._write_whole

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Outbox, "_write_whole", full)
    with pytest.raises(OSError, match="No space"):
        notice_failure(study, NOW, OSError(28, "full"))
    monkeypatch.setattr(Outbox, "_write_whole", real)
    tell(study)
    assert [document["kind"] for _, document in hook.taken] == ["failed_run"]


@pytest.mark.parametrize("name", ["noticed.json", "messages/*.json"])
def test_a_damaged_file_of_the_outbox_is_named_and_stops_nothing_else(study, name):
    tell(study)
    (path, *_) = Outbox(study.warehouse).folder.glob(name)
    path.write_bytes(path.read_bytes()[:20])
    (said,) = notice_and_tell(study, NOW)
    assert str(path) in said
    path.unlink()
    assert notice_and_tell(study, NOW) == []


@pytest.fixture
def small_disk(tmp_path):
    with mounted(tmp_path / "disk", "2m") as disk:
        yield disk


@pytest.mark.slow
def test_that_the_disk_is_full_is_told_though_it_is_full(small_disk, tmp_path, monkeypatch, servers):
    mails, hook = servers
    study = telling_study((small_disk or tmp_path) / "small", mails.port, hook.address)
    notice(study, NOW)
    if small_disk is None:
        refuse_writing_while(monkeypatch, Outbox(study.warehouse).folder / "reserve")
    else:
        with suppress(OSError), (small_disk / "fills_it").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        assert shutil.disk_usage(small_disk).free == 0
    tell(study)
    assert [document["places"] for _, document in hook.taken] == [[{"fault": "environment"}]]
    assert len(mails.taken) == 2
    assert all(each.status == "told" for each in Outbox(study.warehouse).messages())


def refuse_writing_while(monkeypatch, reserve):
    """Let no file be written while the reserve takes the last room, as on a disk that is full."""
    write = Path.write_bytes

    def refused(self, content):
        if reserve.exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        return write(self, content)

    monkeypatch.setattr(Path, "write_bytes", refused)


def test_without_a_disk_to_fill_the_last_room_is_given_up_for_the_message(tmp_path, monkeypatch, servers):
    test_that_the_disk_is_full_is_told_though_it_is_full(None, tmp_path, monkeypatch, servers)
