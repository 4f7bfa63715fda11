"""A fieldwork lived through in seconds: a platform, a virtual clock, a mail server that fails; every event once."""

import datetime as dt
from collections import Counter

import pytest

from instruments.faults import DataError, UsageError
from pipelines.load import load_study
from pipelines.pulling.of_source import Wishes
from pipelines.telling.delivery import deliver
from pipelines.telling.letter.sending import put_letter
from pipelines.telling.looking import report_of_run
from pipelines.telling.notice import notice, notice_pull
from pipelines.telling.of_pull import report_of_pull
from pipelines.telling.outbox import Outbox
from tests.fake_platform import FakePlatform
from tests.pulled_study import build_pulled_study, pull
from tests.run_steps import bring_up_to_date
from tests.taking_messages import mail_server, webhook
from tests.telling_study import tell_section

FIRST = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
N_DAYS = 21
CHANGED_ON, DECIDED_ON, SPOILED_ON, MENDED_ON, MAIL_IS_OUT = 5, 7, 9, 10, (4, 5, 6)


def live_a_day(folder, day, platform, wishes):
    """Fetch, run, notice and deliver as a scheduler does every night; messages that wait are tried every six hours."""
    moment = FIRST + dt.timedelta(days=day)
    study = load_study(folder)
    notice_pull(study, moment, report_of_pull(study, pull(folder, wishes)))
    failures = []
    try:
        bring_up_to_date(folder, {"core/responses"})
    except (DataError, UsageError) as error:
        failures.append(("core/responses", "spring", error))
    notice(study, moment, report_of_run(study, failures, [] if failures else [("core/responses", "spring")]))
    put_letter(study, moment)
    for hours in (0, 6, 12, 18):
        deliver(study, moment + dt.timedelta(hours=hours))


@pytest.mark.slow
def test_three_weeks_of_fieldwork_tell_every_event_once(tmp_path):
    with FakePlatform("qualtrics") as platform, mail_server() as mails, webhook() as hook:
        folder = build_pulled_study(tmp_path / "pulled", platform)
        path = folder / "study.yaml"
        text = path.read_text().replace(
            "{title: {en: Spring}}", "{title: {en: Spring}, starts_on: 2026-03-02, ends_on: 2026-03-22}"
        )
        path.write_text(text + tell_section(mails.port, hook.address).replace("most_attempts: 3", "most_attempts: 20"))
        for day in range(N_DAYS):
            platform.respond(TW_1="3")
            if day == CHANGED_ON:
                platform.change_question("TW_1", text="We plan alone.")
            if day == SPOILED_ON:
                spoiled = platform.respond(TW_1="17")
            if day == MENDED_ON:
                platform.edit(spoiled, TW_1="4")
            mails.outages[:] = ["busy"] * 50 if day in MAIL_IS_OUT else []
            wishes = Wishes("wording was decided", "", whole=False) if day == DECIDED_ON else None
            live_a_day(folder, day, platform, wishes)
        kinds = Counter(document["kind"] for _, document in hook.taken)
        assert kinds == {"changed_question": 1, "blocked_validation": 1, "recovered": 2}
        by_mail = Counter(each["Subject"] for each in mails.taken if each["To"] == "fieldwork@example.org")
        assert by_mail == {
            "pulled: a question changed": 1,
            "pulled: data of wave spring are blocked": 1,
            "pulled: it is well again": 2,
            "pulled: fieldwork in week 2026-W11": 1,
            "pulled: fieldwork in week 2026-W12": 1,
        }
        messages = Outbox(load_study(folder).warehouse).messages()
        assert {each.status for each in messages} == {"told"}
        assert len({each["Message-ID"] for each in mails.taken}) == len(mails.taken)
