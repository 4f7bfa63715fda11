"""The outbox does not grow for ever, and a study that was restored does not tell again what may have been told."""

import datetime as dt
import errno

import pytest

from pipelines.load import load_study
from pipelines.recovering.backing_up import back_up
from pipelines.recovering.examination import examine
from pipelines.recovering.restoring import restore
from pipelines.telling.after_restore import worth_telling
from pipelines.telling.delivery import deliver, put_for_all, try_again
from pipelines.telling.event import Place, event_of
from pipelines.telling.letter.sending import put_letter
from pipelines.telling.notice import notice, notice_late, notice_pull, now
from pipelines.telling.outbox import Message, Noticed, Outbox
from pipelines.telling.state import PULL, WHOLE_RUN, PullReport, RunReport, State

NOW = dt.datetime(2026, 3, 2, 7, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=91)
SCHEDULE = """\
schedule: {expected_every_hours: 24}
"""


def put(study, kind="late_export", at=NOW):
    event = event_of(kind, study.name, at.isoformat(), [Place(source="spring_staff")])
    return put_for_all(Outbox(study.warehouse), study.spec.tell, event)


def told(hook):
    return [document["kind"] for _, document in hook.taken]


class TestAging:
    def test_messages_that_were_told_are_reduced_and_still_told_once(self, study, servers):
        _, hook = servers
        outbox = Outbox(study.warehouse)
        put(study)
        deliver(study, NOW)
        put(study, at=LATER)
        deliver(study, LATER)
        assert {each.event.at for each in outbox.messages()} == {LATER.isoformat()}
        assert len(outbox.told_before()) == 2
        assert put(study) == 0
        assert deliver(study, LATER).n_told == 0
        assert len(hook.taken) == 2

    def test_what_was_not_told_is_kept_however_old(self, study, servers):
        mails, hook = servers
        hook.answers[:] = [410] * 3
        mails.outages = ["refused"] * 3
        put(study)
        assert deliver(study, NOW).given_up
        deliver(study, LATER)
        outbox = Outbox(study.warehouse)
        assert {each.status for each in outbox.messages()} == {"given_up"}
        assert not outbox.told_before()

    def test_attachments_leave_with_the_last_message_that_needs_them(self, study):
        outbox = Outbox(study.warehouse)
        for name, week, at in (("old", "2026-W10", NOW), ("new", "2026-W23", LATER)):
            outbox.attach(f"{name}.pdf", b"%PDF")
            outbox.attach(f"{name}.txt", b"words")
            event = event_of("letter", study.name, at.isoformat(), [Place(since=week)])
            outbox.put(Message(event, "field_manager", status="told", attachment=name))
        assert outbox.reduce(LATER) == 1
        assert sorted(path.name for path in (outbox.folder / "attachments").iterdir()) == ["new.pdf", "new.txt"]

    def test_a_stop_between_the_list_and_the_removal_tells_nothing_again(self, study, servers, monkeypatch):
        _, hook = servers
        put(study)
        deliver(study, NOW)

        def stop(*_, **__):
            raise OSError(errno.EIO, "Input/output error")

        with monkeypatch.context() as stopped:
            stopped.setattr("pathlib.Path.unlink", stop)
            with pytest.raises(OSError, match="Input/output"):
                Outbox(study.warehouse).reduce(LATER)
        assert put(study) == 0
        deliver(study, LATER)
        assert Outbox(study.warehouse).messages() == []
        assert put(study) == 0
        assert len(hook.taken) == 1


def restored_from(study, tmp_path):
    """Return the study restored from a backup of this moment."""
    back_up(study.folder, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "restored")
    return load_study(tmp_path / "restored")


def listed_by_the_doctor(study):
    return [each.finding for each in examine(study.folder, repair=False) if each.finding.kind == "restored"]


class TestAfterARestore:
    def test_what_waited_in_the_backup_is_listed_and_told_only_when_a_person_asks(self, study, servers, tmp_path):
        _, hook = servers
        put(study)
        restored = restored_from(study, tmp_path)
        assert deliver(study, NOW).n_told == 2
        done = deliver(restored, NOW)
        assert (done.n_told, done.given_up) == (0, {"field_manager": 1, "chat": 1})
        [finding] = listed_by_the_doctor(restored)
        assert finding.is_note
        assert "late export of 2026-03-02T07:00:00+00:00 to chat" in finding.found
        assert try_again(restored) == 2
        assert deliver(restored, NOW).n_told == 2
        assert listed_by_the_doctor(restored) == []
        assert len(hook.taken) == 2

    def test_an_event_that_was_noticed_and_not_yet_put_is_not_put_after_a_restore(self, study, servers, tmp_path):
        event = event_of("late_export", study.name, NOW.isoformat(), [Place(source="spring_staff")])
        Outbox(study.warehouse).remember(Noticed(State(NOW.isoformat()), (event,)))
        restored = restored_from(study, tmp_path)
        notice_late(restored, now())
        assert Outbox(restored.warehouse).messages() == []
        [finding] = listed_by_the_doctor(restored)
        assert "late export noticed 2026-03-02T07:00:00+00:00" in finding.found

    def test_late_exports_are_not_told_again_before_a_run_but_faults_are(self, study, servers, tmp_path):
        _, hook = servers
        outbox = Outbox(study.warehouse)
        outbox.remember(Noticed(State(NOW.isoformat(), late={})))
        restored = restored_from(study, tmp_path)
        spec = restored.folder / "study.yaml"
        spec.write_text(
            spec.read_text().replace(
                "spring: {title: {en: Spring}}",
                "spring: {title: {en: Spring}, starts_on: 2026-02-01, ends_on: 2099-12-31}",
            )
            + SCHEDULE
        )
        (restored.folder / "exports" / "spring.csv").unlink()
        restored = load_study(restored.folder)
        assert notice_late(restored, now()) == []
        assert "late export noticed" in listed_by_the_doctor(restored)[0].found
        failed = (Place(step=PULL, source="spring_staff", wave="spring", fault="environment"),)
        notice_pull(restored, now(), PullReport(frozenset({"spring_staff"}), failed))
        deliver(restored, now())
        assert told(hook) == ["failed_run"]

    def test_news_is_told_again_once_a_run_has_ended_well(self, study, tmp_path):
        put(study)
        deliver(study, NOW)
        restored = restored_from(study, tmp_path)
        outbox = Outbox(restored.warehouse)
        news = [event_of("drifting_reliability", study.name, NOW.isoformat(), [Place(scale="trust")])]
        notice(restored, now(), RunReport(failed=(Place(step="core/responses", fault="data"),), done=(WHOLE_RUN,)))
        assert worth_telling(outbox, news) == []
        notice(restored, now(), RunReport(done=(WHOLE_RUN,)))
        assert worth_telling(outbox, news) == news
        assert outbox.restored().events == tuple(news)
        deliver(restored, now() + dt.timedelta(days=91))
        assert outbox.restored() is None

    def test_the_letter_that_was_due_before_is_not_sent_again(self, study, tmp_path, monkeypatch):
        spec = study.folder / "study.yaml"
        in_field = "{title: {en: Spring}, starts_on: 2026-02-01, ends_on: 2099-12-31}"
        spec.write_text(spec.read_text().replace("{title: {en: Spring}}", in_field))
        put(study)
        deliver(study, NOW)
        restored = restored_from(study, tmp_path)
        monkeypatch.setattr("pipelines.telling.letter.sending._put", lambda *_: 1)
        assert [put_letter(restored, now()) for _ in range(2)] == [0, 0]
        [event] = Outbox(restored.warehouse).restored().events
        assert event.kind == "letter"
        assert put_letter(restored, now(), is_asked_for=True) == 1
        assert put_letter(restored, now() + dt.timedelta(days=7)) == 1

    def test_a_damaged_message_is_restored_as_it_is_and_found_by_the_doctor(self, study, tmp_path):
        put(study)
        damaged = next((Outbox(study.warehouse).folder / "messages").glob("*.json"))
        damaged.write_text("{")
        restored = restored_from(study, tmp_path)
        [found] = [each for each in examine(restored.folder, repair=False) if each.finding.kind == "outbox"]
        assert found.outcome == "left to you"
        assert damaged.name in found.finding.found
        (Outbox(restored.warehouse).folder / "messages" / damaged.name).unlink()
        assert {each.status for each in Outbox(restored.warehouse).messages()} == {"given_up"}

    def test_a_study_without_an_outbox_is_not_marked(self, study, tmp_path):
        restored = restored_from(study, tmp_path)
        assert not (restored.warehouse / "outbox").exists()
        assert listed_by_the_doctor(restored) == []
