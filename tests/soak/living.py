"""A fieldwork lived through night by night: what a scheduler does, and what a person does after an accident."""

import contextlib
import datetime as dt
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.command_line import Ended, done
from tests.fake_platform import FakePlatform
from tests.soak.people import People
from tests.soak.process import command, unlucky
from tests.soak.scenario import OUTAGES, Scenario
from tests.soak.study import write_study
from tests.taking_messages import MailServer, Outage, Webhook, mail_server, webhook

FIRST = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
MANY = 200
REASON = "wording was decided"


@dataclass
class Fieldwork:
    """A fieldwork under way.

    Attributes:
        folder: The study folder.
        people: Source → those who answer there.
        mails: Takes mail.
        hook: Takes documents.
        is_undecided: Whether a changed question waits for a person.
    """

    folder: Path
    people: dict[str, People]
    mails: MailServer
    hook: Webhook
    is_undecided: bool = False

    @property
    def staff(self) -> FakePlatform:
        """Where staff answer, and where platforms fail."""
        return self.people["staff"].platform

    def live(self, scenario: Scenario) -> None:
        """Live through every night."""
        for night in range(scenario.n_days):
            accident = scenario.on(night)
            for each in self.people.values():
                each.live_a_day(night)
            with self._outages(accident):
                self._pull(night, accident)
                self._run(night, accident, is_whole=scenario.runs_whole_on(night))
                done(self._command(night, "tell"))
                if scenario.releases_on(night):
                    done(self._command(night, "release", "--sign-off", "Test"))

    def _command(self, night: int, name: str, *options: str) -> Ended:
        hours = ("pull", "run", "tell", "release", "doctor").index(name)
        return command(FIRST + dt.timedelta(days=night, hours=hours), name, self.folder, *options)

    def _unlucky(self, night: int, accident: str, name: str) -> Ended:
        return unlucky(FIRST + dt.timedelta(days=night, hours=int(name == "run")), accident, name, self.folder)

    @contextlib.contextmanager
    def _outages(self, accident: str | None) -> Iterator[None]:
        if accident in ("broken", "truncated"):
            self.staff.outage(accident, MANY)
        if accident == "dropped":
            self.staff.outage("dropped")
        if accident == "unreachable":
            self.staff.stop()
        busy: Outage = "busy"
        self.mails.outages = [busy] * MANY if accident == "mail_is_out" else []
        self.hook.answers[:] = [503] * MANY if accident == "hook_is_out" else []
        yield
        self.staff.outages.clear()
        if accident == "unreachable":
            self.staff.start()

    def _pull(self, night: int, accident: str | None) -> None:
        self._happens_on_the_platform(night, accident)
        if accident == "killed_pull":
            assert self._unlucky(night, accident, "pull").code == -signal.SIGKILL
            return
        decided = ("--accept-changes", REASON) if accident == "decided" else ()
        self.is_undecided = self.is_undecided and accident != "decided"
        is_out = accident in OUTAGES
        ended = self._command(night, "pull", *decided)
        assert ended.code == (3 if is_out else 1 if self.is_undecided else 0), ended.stderr
        for source, each in self.people.items():
            if source != "staff" or ended.code == 0:
                each.were_pulled()
        self._date_exports(night)

    def _happens_on_the_platform(self, night: int, accident: str | None) -> None:
        if accident == "asks_otherwise":
            self.staff.change_question("TW_2", text=f"We decide together, as of day {night}.")
            self.is_undecided = True
        if accident == "spoiled":
            self.people["staff"].spoil()
        if accident == "mended":
            self.people["staff"].mend()

    def _date_exports(self, night: int) -> None:
        """Give exports that arrived this night its time: what is late goes by the time of files."""
        moment = (FIRST + dt.timedelta(days=night)).timestamp()
        for path in (self.folder / "exports").glob("*"):
            if path.stat().st_mtime > moment:
                os.utime(path, (moment, moment))

    def _run(self, night: int, accident: str | None, *, is_whole: bool) -> None:
        if accident == "killed_run":
            assert self._unlucky(night, accident, "run").code == -signal.SIGKILL
            repaired = self._command(night, "doctor", "--repair", "--json").document
            assert "dead-run" in {each["kind"] for each in repaired["findings"]}
        elif accident == "full_disk":
            ended = self._unlucky(night, accident, "run")
            assert ended.code == 3, ended.stderr
        else:
            ended = self._command(night, "run", *([] if is_whole else ["--select", "core/responses"]))
            assert ended.code == (1 if accident == "spoiled" else 0), ended.stderr


@contextlib.contextmanager
def lived(folder: Path, scenario: Scenario) -> Iterator[Fieldwork]:
    """Live through a fieldwork in a new folder."""
    with (
        FakePlatform("qualtrics") as staff,
        FakePlatform("redcap") as managers,
        mail_server() as mails,
        webhook() as hook,
    ):
        write_study(folder, staff, managers, mails.port, hook.address)
        fieldwork = Fieldwork(folder, {"staff": People(staff, 1), "managers": People(managers, 2)}, mails, hook)
        fieldwork.live(scenario)
        yield fieldwork
