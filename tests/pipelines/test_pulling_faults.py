"""Platforms that fail: what is waited out, what is refused, and that nothing is ever lost, doubled or told."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from instruments.faults import DataError, EnvironmentFault, UsageError
from pipelines.commands.errors import tell
from pipelines.pulling.of_source import Wishes
from pipelines.tables import core
from pipelines.tables.pulling import DELETIONS, PULLS, QUESTION_CHANGES
from tests.command_line import sensemaking
from tests.fake_platform import ASKED_FOR, KINDS, TOKEN, FakePlatform
from tests.pulled_study import VirtualClock, build_pulled_study, pull
from tests.run_steps import bring_up_to_date

N_RESPONSES = 12


@pytest.fixture(params=["qualtrics", *(pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS[1:])])
def platform(request):
    with FakePlatform(request.param) as running:
        for number in range(N_RESPONSES):
            running.respond(TW_1=str(1 + number % 5))
        yield running


@pytest.fixture
def qualtrics():
    with FakePlatform("qualtrics") as running:
        for number in range(N_RESPONSES):
            running.respond(TW_1=str(1 + number % 5))
        yield running


def landed(folder):
    exports = folder / "exports"
    return sorted(path.name for path in exports.glob("staff-*")) if exports.is_dir() else []


def read(folder):
    study, store = bring_up_to_date(folder, {"core/responses"})
    answers = store.read(core.answers(study))
    assert answers["response_id"].is_unique
    return dict(
        zip(answers["response_id"].str.removeprefix("staff/"), answers["TW_1"].astype("str"), strict=True)
    ), store


def held(platform):
    return {name: each.answers["TW_1"] for name, each in platform.responses.items()}


def failure_of(done):
    [(source, error)] = done.failures
    assert source == "staff"
    return error


def test_passing_faults_are_waited_out_and_the_platform_says_for_how_long(tmp_path, platform):
    folder, clock = build_pulled_study(tmp_path / "study", platform), VirtualClock()
    platform.outage("busy", 2)
    platform.outage("broken", 2)
    assert not pull(folder, clock=clock).failures
    assert clock.slept[:2] == [ASKED_FOR, ASKED_FOR]
    assert read(folder)[0] == held(platform)


def test_cut_connections_are_made_again(tmp_path, platform):
    folder = build_pulled_study(tmp_path / "study", platform)
    platform.outage("cut", 3)
    assert not pull(folder).failures
    assert read(folder)[0] == held(platform)


def test_platform_that_stays_out_of_order_is_told_and_leaves_nothing(tmp_path, platform):
    folder = build_pulled_study(tmp_path / "study", platform)
    platform.outage("broken", 100)
    error = failure_of(pull(folder))
    assert isinstance(error, EnvironmentFault)
    assert "HTTP 500" in str(error)
    assert landed(folder) == []


def test_expired_token_ends_with_three_and_names_the_secret_but_never_holds_it(tmp_path, platform, caplog):
    folder = build_pulled_study(tmp_path / "study", platform)
    caplog.set_level(logging.DEBUG)
    platform.outage("expired", 1)
    error = failure_of(pull(folder))
    assert tell(error).code == 3
    assert f"SENSEMAKING_PULL_{platform.kind.upper()}" in str(error)
    told = [str(error), repr(error), repr(error.__cause__), *(record.getMessage() for record in caplog.records)]
    assert not any(TOKEN in each for each in told)
    assert not pull(folder).failures
    assert read(folder)[0] == held(platform)
    assert not any(TOKEN.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_wrong_password_is_the_environment_s_fault(tmp_path, platform, monkeypatch):
    folder = build_pulled_study(tmp_path / "study", platform)
    monkeypatch.setenv(f"SENSEMAKING_PULL_{platform.kind.upper()}", "another-token")
    error = failure_of(pull(folder))
    assert isinstance(error, EnvironmentFault)
    assert "another-token" not in str(error)


def test_dropped_records_are_noticed_and_fetched_again(tmp_path, platform):
    folder = build_pulled_study(tmp_path / "study", platform)
    platform.outage("dropped", 1)
    assert not pull(folder).failures
    assert read(folder)[0] == held(platform)


def test_records_that_stay_lost_are_refused(tmp_path, platform):
    folder = build_pulled_study(tmp_path / "study", platform)
    platform.outage("dropped", 50)
    error = failure_of(pull(folder))
    assert isinstance(error, DataError)
    assert "lists 1 responses that it does not deliver" in str(error)
    assert landed(folder) == []
    platform.outages.clear()
    assert not pull(folder).failures
    assert read(folder)[0] == held(platform)


def test_repeated_rows_arrive_once(tmp_path, platform):
    folder = build_pulled_study(tmp_path / "study", platform)
    platform.outage("repeated", 50)
    assert not pull(folder).failures
    platform.respond(TW_1="3")
    assert not pull(folder).failures
    assert read(folder)[0] == held(platform)


def test_outage_that_lists_nothing_deletes_nothing(tmp_path, platform):
    folder = build_pulled_study(tmp_path / "study", platform)
    pull(folder)
    platform.outage("empty", 1)
    done = pull(folder)
    if platform.kind == "qualtrics":
        assert isinstance(failure_of(done), DataError)
        assert "--accept-deletions" in str(failure_of(done))
    assert sum(each.n_deleted for each in done.pulled) == 0
    found, store = read(folder)
    assert found == held(platform)
    assert store.read(DELETIONS).empty


def test_great_loss_is_taken_on_purpose_and_recorded(tmp_path, platform):
    folder = build_pulled_study(tmp_path / "study", platform)
    pull(folder)
    for name in list(platform.responses)[:8]:
        platform.delete(name)
    assert "of 12 responses held" in str(failure_of(pull(folder)))
    assert len(read(folder)[0]) == N_RESPONSES
    assert not pull(folder, Wishes(loss_because="closed accounts")).failures
    found, store = read(folder)
    assert found == held(platform)
    assert len(store.read(DELETIONS)) == 8
    assert list(store.read(PULLS)["because"].dropna()) == ["closed accounts"]


def test_changed_question_blocks_until_somebody_takes_it(tmp_path, platform):
    folder = build_pulled_study(tmp_path / "study", platform)
    pull(folder)
    platform.respond(TW_1="2")
    platform.change_question("TW_2", text="We decide alone.")
    error = failure_of(pull(folder))
    assert tell(error).code == 1
    assert "We decide together." in str(error)
    assert "We decide alone." in str(error)
    assert len(read(folder)[0]) == N_RESPONSES
    done = pull(folder, Wishes(changes_because="typing error"))
    assert len(done.pulled[0].changes) == 1
    found, store = read(folder)
    assert found == held(platform)
    changes = store.read(QUESTION_CHANGES)
    assert list(changes["because"]) == ["typing error"]
    assert not pull(folder).failures


def test_changed_option_is_named(tmp_path, platform):
    folder = build_pulled_study(tmp_path / "study", platform)
    pull(folder)
    question = platform.questions["TR_1"]
    platform.change_question("TR_1", options={**question.options, "4": "Fully agree"})
    assert "option 4 was 'Agree' and is 'Fully agree'" in str(failure_of(pull(folder)))


def test_response_that_comes_back_is_analysed_again(tmp_path, platform):
    folder = build_pulled_study(tmp_path / "study", platform)
    pull(folder)
    name, response = next(iter(platform.responses.items()))
    platform.delete(name)
    pull(folder)
    assert name not in read(folder)[0]
    platform.responses[name] = response
    assert not pull(folder).failures
    found, store = read(folder)
    assert found == held(platform)
    assert store.read(DELETIONS).empty


def test_truncated_archive_is_fetched_again(tmp_path, qualtrics):
    folder = build_pulled_study(tmp_path / "study", qualtrics)
    qualtrics.outage("truncated", 2)
    assert not pull(folder).failures
    assert read(folder)[0] == held(qualtrics)


def test_forgotten_continuation_fetches_everything(tmp_path, qualtrics):
    folder = build_pulled_study(tmp_path / "study", qualtrics)
    pull(folder)
    qualtrics.edit(next(iter(qualtrics.responses)), TW_1="5")
    qualtrics.respond(TW_1="1")
    qualtrics.outage("forgotten", 1)
    done = pull(folder).pulled[0]
    assert done.is_whole
    assert landed(folder) == ["staff-000002.csv"]
    assert read(folder)[0] == held(qualtrics)


def test_later_pulls_fetch_only_what_was_modified(tmp_path, qualtrics):
    folder = build_pulled_study(tmp_path / "study", qualtrics)
    pull(folder)
    qualtrics.edit(next(iter(qualtrics.responses)), TW_1="5")
    assert not pull(folder).pulled[0].is_whole
    assert landed(folder) == ["staff-000001.csv", "staff-000002.csv"]
    assert len((folder / "exports/staff-000002.csv").read_text().splitlines()) == 3 + 1


def test_pull_that_was_stopped_takes_up_the_export_that_was_made(tmp_path, qualtrics):
    folder = build_pulled_study(tmp_path / "study", qualtrics)
    reply = qualtrics.reply

    def without_files(request):
        is_answers = request.path.endswith("ES_2/file")
        qualtrics.outages["broken"] = int(is_answers)
        return reply(request)

    qualtrics.reply = without_files
    assert "HTTP 500" in str(failure_of(pull(folder)))
    qualtrics.reply, qualtrics.outages["broken"] = reply, 0
    assert not pull(folder).failures
    asked = [each for each in qualtrics.requests if each.method == "POST" and b"breakoutSets" in each.body]
    assert len(asked) == 1


def test_study_that_names_another_survey_is_refused(tmp_path, qualtrics):
    folder = build_pulled_study(tmp_path / "study", qualtrics)
    pull(folder)
    spec = folder / "study.yaml"
    spec.write_text(spec.read_text().replace("SV_1", "SV_2"))
    assert isinstance(failure_of(pull(folder)), UsageError)


KILLED = """
import sys
from pathlib import Path
from pipelines.load import load_study
from pipelines.pulling import of_study
of_study.pull_study(load_study(Path(sys.argv[1])))
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_kill_at_any_request_loses_and_doubles_nothing(tmp_path, kind):
    with FakePlatform(kind) as platform:
        for number in range(30):
            platform.respond(TW_1=str(1 + number % 5))
        folder = build_pulled_study(tmp_path / "study", platform)
        reply = platform.reply
        for stopped_at in (2, 4, 7):
            reached = []

            def hang(request, stopped_at=stopped_at, reached=reached):
                reached.append(request)
                if len(reached) >= stopped_at:
                    time.sleep(1)
                return reply(request)

            platform.reply = hang
            process = subprocess.Popen([sys.executable, "-c", KILLED, str(folder)], env=dict(os.environ))
            while process.poll() is None and len(reached) < stopped_at:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.wait()
        platform.reply = reply
        platform.respond(TW_1="1")
        assert not pull(folder).failures
        assert read(folder)[0] == held(platform)
        assert not list(folder.rglob("*.part"))
        assert not list((folder / "warehouse/pull/staff").glob("pieces-*"))


@pytest.mark.parametrize("stage", ["record_deletions", "write_state", "remove_before"])
def test_stop_at_any_step_of_landing_loses_and_doubles_nothing(tmp_path, platform, monkeypatch, stage):
    folder = build_pulled_study(tmp_path / "study", platform)
    pull(folder)
    platform.respond(TW_1="5")
    platform.delete(next(iter(platform.responses)))
    with monkeypatch.context() as stopped:
        place = "remembered." if stage == "record_deletions" else ""
        calls = []

        def stop(*_):
            calls.append(1)
            if stage != "remove_before" or len(calls) > 1:
                raise OSError(28, "No space left on device")

        stopped.setattr(f"pipelines.pulling.of_source.{place}{stage}", stop)
        assert isinstance(failure_of(pull(folder)), OSError)
    platform.respond(TW_1="2")
    assert not pull(folder).failures
    found, store = read(folder)
    assert found == held(platform)
    assert len(store.read(DELETIONS)) == 1


def test_command_prints_one_document_and_ends_with_the_code(tmp_path, qualtrics):
    folder = build_pulled_study(tmp_path / "study", qualtrics)
    done = sensemaking("pull", str(folder), "--json")
    document = json.loads(done.stdout)
    assert done.code == 0
    assert document["sources"][0]["n_new"] == N_RESPONSES
    qualtrics.outage("expired", 1)
    refused = sensemaking("pull", str(folder), "--json")
    assert refused.code == 3
    assert json.loads(refused.stdout)["failures"][0]["exit_code"] == 3
    assert TOKEN not in refused.stdout + refused.stderr + done.stdout + done.stderr
    assert not Path(folder / "exports/staff-000002.csv").exists()
