"""A study tells by itself: after runs and releases, when exports are late, from the command line and the daemon."""

import datetime as dt
import os
import sqlite3
from dataclasses import fields

import dagster as dg
import pytest
from sqlalchemy.exc import OperationalError

from instruments.faults import UsageError, fault_kind
from pipelines.commands import shown
from pipelines.definitions import build_definitions
from pipelines.load import Study, load_study
from pipelines.pulling.of_source import Pulled
from pipelines.pulling.of_study import PulledStudy
from pipelines.pulling.questions import QuestionsChanged
from pipelines.store import Store
from pipelines.telling.event import Place
from pipelines.telling.looking import late_sources
from pipelines.telling.notice import notice, notice_failure, notice_late, notice_pull, tell
from pipelines.telling.of_pull import report_of_pull
from pipelines.telling.outbox import Outbox
from pipelines.telling.state import RunReport
from pipelines.telling_sensors import report_of_dagster_run
from tests.command_line import done, sensemaking
from tests.small_study import answers, write_export
from tests.telling_study import telling_study

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


def told(hook) -> list[str]:
    return [document["kind"] for _, document in hook.taken]


def spoil(study: Study) -> None:
    table = answers("spring")
    table.loc[3, "TW_1"] = "Jens Hansen, jens@example.org"
    write_export(study.folder, "spring.csv", table)


class TestTheRun:
    def test_a_blocked_wave_is_told_once_with_place_and_remedy(self, study, servers):
        mails, hook = servers
        spoil(study)
        for _ in range(2):
            assert sensemaking("run", study.folder).code == 1
        assert told(hook) == ["blocked_validation"]
        (mail,) = mails.taken
        text = mail.get_content()
        assert "Spring" in text
        assert "source spring_staff" in text
        assert "column TW_1" in text
        assert "raw.failures" in text
        assert "Jens" not in text
        assert "example.org" not in text

    @pytest.mark.slow
    def test_a_wave_that_is_well_again_is_told(self, study, servers):
        _, hook = servers
        spoil(study)
        assert sensemaking("run", study.folder).code == 1
        write_export(study.folder, "spring.csv", answers("spring"))
        done(sensemaking("run", study.folder))
        done(sensemaking("run", study.folder))
        assert told(hook) == ["blocked_validation", "recovered"]

    @pytest.mark.slow
    def test_a_release_is_told_and_no_release_from_before(self, study, servers):
        _, hook = servers
        quiet = study.folder / "study.yaml"
        whole = quiet.read_text()
        quiet.write_text(whole.partition("tell:")[0])
        done(sensemaking("run", study.folder))
        done(sensemaking("release", study.folder, "--sign-off", "Test"))
        assert not (study.warehouse / "outbox").exists()
        quiet.write_text(whole)
        done(sensemaking("release", study.folder, "--sign-off", "Test"))
        assert [(each["kind"], each["places"]) for _, each in hook.taken] == [("finished_release", [{"n": 2}])]

    @pytest.mark.slow
    def test_a_run_is_never_stopped_by_what_stands_in_the_way_of_telling(self, study, servers):
        mails, hook = servers
        mails.outages += ["hang_up"] * 9
        hook.answers += [500] * 9
        spoil(study)
        assert sensemaking("run", study.folder).code == 1
        write_export(study.folder, "spring.csv", answers("spring"))
        assert sensemaking("run", study.folder).code == 0

    @pytest.mark.slow
    def test_an_outbox_that_cannot_be_written_is_said_and_stops_nothing(self, study):
        study.warehouse.mkdir(mode=0o700)
        (study.warehouse / "outbox").write_text("no folder")
        ended = sensemaking("run", study.folder)
        assert ended.code == 0
        assert "nobody was told" in ended.stderr


class TestFailures:
    def test_a_failure_of_the_machine_before_a_run_could_begin_is_told(self, study, servers, monkeypatch):
        _, hook = servers

        def full(*_args, **_more):
            raise OSError(28, "No space left on device", "/home/jens.hansen/warehouse")

        monkeypatch.setattr(shown, "run_study", full)
        for _ in range(2):
            with pytest.raises(OSError, match="No space"):
                shown.run(study, None, None)
        ((_, document),) = hook.taken
        assert (document["kind"], document["places"]) == ("failed_run", [{"fault": "environment"}])
        assert "hansen" not in document["text"]

    def test_the_first_look_of_all_after_a_failure_tells_no_old_releases(self, study):
        notice_failure(study, NOW, OSError(28, "full"))
        assert [event.kind for event in notice(study, NOW)] == []

    @pytest.mark.parametrize(
        ("error", "fault"),
        [
            (OSError(), "environment"),
            (UsageError(), "specification"),
            (KeyError(), "defect"),
            (MemoryError(), "defect"),
        ],
    )
    def test_an_error_is_told_by_its_kind(self, error, fault):
        assert fault_kind(error) == fault

    @pytest.mark.slow
    def test_a_failure_told_of_after_the_step_has_come_up_to_date_is_none(self, study):
        done(sensemaking("run", study.folder))
        mended = Place(step="core/scores", wave="spring", fault="defect")
        assert notice(study, NOW, RunReport((mended,))) == []
        write_export(study.folder, "spring.csv", answers("spring", n_responses=30))
        done(sensemaking("run", study.folder, "--select", "core/responses"))
        assert [event.kind for event in notice(study, NOW, RunReport((mended,)))] == ["failed_run"]

    def test_a_failure_of_a_step_that_is_no_more_is_none(self, study):
        gone = Place(step="out/fits/gone", fault="data")
        assert notice(study, NOW, RunReport((gone,))) == []


class TestLateExports:
    @pytest.fixture
    def study(self, tmp_path, servers):
        mails, hook = servers
        study = telling_study(tmp_path / "small", mails.port, hook.address)
        path = study.folder / "study.yaml"
        dates = "{title: {en: Spring}, starts_on: 2026-03-01, ends_on: 2026-03-31}"
        text = path.read_text().replace("{title: {en: Spring}}", dates)
        path.write_text(f"{text}schedule: {{expected_every_hours: 48}}\n")
        return load_study(study.folder)

    def arrive(self, study, moment):
        path = study.exports / "spring.csv"
        os.utime(path, (moment.timestamp(), moment.timestamp()))

    def test_an_export_is_late_after_its_time_until_one_came_after_the_field(self, study):
        self.arrive(study, NOW - dt.timedelta(hours=48))
        assert late_sources(study, NOW) == {}
        assert list(late_sources(study, NOW + dt.timedelta(seconds=1))) == ["spring_staff"]
        self.arrive(study, dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC))
        assert late_sources(study, dt.datetime(2026, 4, 9, tzinfo=dt.UTC)) == {}

    def test_a_source_without_any_export_is_late_from_the_first_day_on(self, study):
        (study.exports / "spring.csv").unlink()
        assert late_sources(study, dt.datetime(2026, 3, 2, 23, tzinfo=dt.UTC)) == {}
        assert late_sources(study, dt.datetime(2026, 3, 3, 1, tzinfo=dt.UTC)) == {"spring_staff": ""}

    def test_it_is_told_once_until_the_next_export_came(self, study):
        self.arrive(study, NOW - dt.timedelta(days=4))
        minutes = [NOW + dt.timedelta(minutes=n) for n in range(5)]
        kinds = [event.kind for moment in minutes for event in notice_late(study, moment)]
        assert kinds == ["late_export"]
        self.arrive(study, NOW)
        assert [event.kind for event in notice_late(study, NOW + dt.timedelta(hours=1))] == ["recovered"]
        assert [event.kind for event in notice_late(study, NOW + dt.timedelta(days=3))] == ["late_export"]


def pulled(*sources: str) -> list[Pulled]:
    return [Pulled(**{**dict.fromkeys((each.name for each in fields(Pulled)), 0), "source": name}) for name in sources]


class TestFetching:
    def kinds(self, study, done, *failures):
        report = report_of_pull(study, PulledStudy(pulled(*done), list(failures)))
        return [event.kind for event in notice_pull(study, NOW, report)]

    def test_changed_questions_are_told_once_and_when_they_are_decided(self, study):
        changed = ("spring_staff", QuestionsChanged("Q1: its text was 'x'"))
        for told_now in (["changed_question"], []):
            assert self.kinds(study, ["autumn_staff"], changed) == told_now
        assert [event.kind for event in notice(study, NOW)] == []
        assert self.kinds(study, ["autumn_staff"]) == []
        assert self.kinds(study, ["spring_staff"]) == ["recovered"]

    def test_a_source_that_cannot_be_fetched_is_a_failure_that_runs_do_not_end(self, study):
        assert self.kinds(study, ["autumn_staff"], ("spring_staff", OSError("jens@example.org"))) == ["failed_run"]
        failing = Outbox(study.warehouse).noticed().state.failing
        assert failing == (Place(step="pull", source="spring_staff", wave="spring", fault="environment"),)
        assert notice(study, NOW, RunReport(done=(("core/responses", "spring"),))) == []
        assert self.kinds(study, ["spring_staff", "autumn_staff"]) == ["recovered"]


class TestTheCommand:
    def test_a_test_reaches_everybody_every_time(self, study, servers):
        mails, hook = servers
        for _ in range(2):
            assert done(sensemaking("tell", study.folder, "--test", "--json")).document["told"] == 3
        assert (len(mails.taken), told(hook)) == (4, ["test", "test"])

    def test_the_status_names_recipients_without_their_addresses(self, study, servers):
        mails, _ = servers
        mails.outages.append("busy")
        tested = done(sensemaking("tell", study.folder, "--test"))
        assert tested.stderr.count("was not told: mail server: 451") == 1
        ended = done(sensemaking("tell", study.folder, "--status", "--json"))
        rows = {each["recipient"]: (each["status"], each["last_outcome"]) for each in ended.document["messages"]}
        assert sorted(status for status, _ in rows.values()) == ["told", "told", "waiting"]
        assert set(rows) == {"field_manager", "chef", "chat"}
        shown_to_people = done(sensemaking("tell", study.folder, "--status")).stdout
        assert "mail server: 451" in shown_to_people
        assert "@" not in shown_to_people + ended.stdout

    def test_what_was_given_up_is_tried_once_more_when_somebody_asks(self, study, servers):
        _, hook = servers
        hook.answers.append(410)
        done(sensemaking("tell", study.folder, "--test"))
        ended = done(sensemaking("tell", study.folder, "--again", "--json"))
        assert (ended.document["tried_again"], ended.document["told"], told(hook)) == (1, 1, ["test"])

    def test_a_study_that_tells_nobody_says_what_to_write(self, study):
        path = study.folder / "study.yaml"
        path.write_text(path.read_text().partition("tell:")[0])
        ended = sensemaking("tell", study.folder)
        assert ended.code == 2
        assert "section tell" in ended.stderr

    def test_secrets_that_others_can_read_end_the_command_with_3(self, study):
        (study.folder / "tell.secrets.yaml").write_text('smtp_password: "x"\n')
        (study.folder / "tell.secrets.yaml").chmod(0o644)
        ended = sensemaking("tell", study.folder, "--test")
        assert ended.code == 3
        assert "chmod 600" in ended.stderr


class TestTheDaemon:
    def test_a_study_that_tells_nobody_has_no_sensors_for_it(self, study):
        quiet = load_study(study.folder)
        path = quiet.folder / "study.yaml"
        path.write_text(path.read_text().partition("tell:")[0])
        names = [each.name for each in build_definitions([load_study(quiet.folder)]).sensors or []]
        assert names == ["small_exports"]

    def test_every_minute_late_exports_are_noticed_and_what_waits_is_delivered(self, study, servers):
        _, hook = servers
        notice_failure(study, NOW, OSError(28, "full"))
        sensor = build_definitions([study]).resolve_sensor_def("small_tell")
        with dg.DagsterInstance.ephemeral() as instance:
            said = sensor(dg.build_sensor_context(instance=instance))
        assert isinstance(said, dg.SkipReason)
        assert said.skip_message == "3 told, 0 waiting"
        assert told(hook) == ["failed_run"]

    @pytest.mark.slow
    def test_a_run_on_record_is_told_by_steps_and_kinds_of_failures(self, study, servers):
        _, hook = servers
        done(sensemaking("run", study.folder))
        definitions = build_definitions([study])
        with dg.DagsterInstance.ephemeral() as instance:
            instance.add_dynamic_partitions("wave_small", ["spring"])
            run = self.run(definitions, instance)
            assert report_of_dagster_run(study, instance, run).failed == ()
            (study.exports / "spring.csv").write_text("id,organisation\n")
            run = self.run(definitions, instance)
            report = report_of_dagster_run(study, instance, run)
        assert report.failed == (Place(step="raw/files", wave="spring", fault="data"),)
        assert tell(study, NOW, report) == []
        assert told(hook) == ["failed_run"]

    def run(self, definitions, instance):
        job = definitions.resolve_job_def("small_run")
        result = job.execute_in_process(instance=instance, partition_key="spring", raise_on_error=False)
        return instance.get_run_by_id(result.run_id)


def test_nothing_is_noticed_of_a_warehouse_that_was_never_made(study):
    assert notice(study, NOW) == []
    assert Outbox(study.warehouse).noticed() is not None
    assert Store(study.warehouse).provenance() == {}


def test_a_first_look_at_the_tables_after_a_pull_is_remembered_so_that_what_changes_later_is_told(study):
    notice_pull(study, NOW, report_of_pull(study, PulledStudy()))
    assert notice(study, NOW) == []
    assert Outbox(study.warehouse).noticed().state.has_tables


def test_a_run_of_which_dagster_can_keep_no_record_is_told_as_a_failure_of_the_machine(study, servers, monkeypatch):
    def full(*_, **__):
        raise OperationalError("INSERT INTO runs", {}, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr(shown, "run_study", full)
    with pytest.raises(OperationalError):
        shown.run(study, None, None)
    [(_, document)] = servers[1].taken
    assert (document["kind"], document["places"]) == ("failed_run", [{"fault": "environment"}])
