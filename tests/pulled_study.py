"""A study whose one source is pulled from a fake platform: one wave, six items, no model."""

import datetime as dt
import os
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.load import load_study
from pipelines.pulling.of_source import Wishes
from pipelines.pulling.of_study import PulledStudy, pull_study
from pipelines.pulling.patience import Clock
from pipelines.pulling.secrets import PREFIX
from tests.fake_platform import TEXTS, TOKEN, FakePlatform

STUDY = """\
name: pulled
title: {{en: Teamwork}}
is_synthetic: true
waves: {{spring: {{title: {{en: Spring}}}}}}
respondent_groups: {{FRL: {{en: Frontline staff}}}}
instruments: [teamwork]
sources:
  staff:
    wave: spring
    files: staff-*.csv
    respondent_group: FRL
    language: en
    identifiers: {{organisation_id: organisation}}
    {more}
    pull: {pull}
"""
INSTRUMENT = """\
name: teamwork
version: "1"
title: {en: Teamwork}
response_scales:
  agreement:
    points:
      1: {label: {en: Strongly disagree}}
      2: {label: {en: Disagree}}
      3: {label: {en: Neither}}
      4: {label: {en: Agree}}
      5: {label: {en: Strongly agree}}
items:
"""
STRUCTURES = {"qualtrics": "survey.qsf", "redcap": "dictionary.csv", "kobo": "form.xlsx", "odk": "form.xlsx"}
COLUMNS = {"redcap": str.lower, "limesurvey": lambda name: name.replace("_", "")}


@dataclass
class VirtualClock:
    """A clock that moves when somebody sleeps."""

    time: dt.datetime = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self.slept.append(seconds)
        self.time += dt.timedelta(seconds=seconds)

    def now(self) -> dt.datetime:
        """Tell the time, a moment later at each look."""
        self.time += dt.timedelta(milliseconds=1)
        return self.time

    @property
    def clock(self) -> Clock:
        """The clock as pulling takes it."""
        return Clock(self.sleep, self.now)


def build_pulled_study(folder: Path, platform: FakePlatform) -> Path:
    """Write a study folder that pulls from a platform, and set its secret in the environment."""
    name = COLUMNS.get(platform.kind)
    more = f"columns: {{{', '.join(f'{item}: {name(item)}' for item in TEXTS)}}}" if name else ""
    if platform.kind in STRUCTURES:
        more = f"structure: [{STRUCTURES[platform.kind]}]\n    {more}"
    (folder / "instruments").mkdir(parents=True)
    (folder / "study.yaml").write_text(STUDY.format(pull=platform.pull, more=more), encoding="utf-8")
    items = "".join(f"  {item}: {{text: {{en: {text}}}, response_scale: agreement}}\n" for item, text in TEXTS.items())
    (folder / "instruments/teamwork.yaml").write_text(INSTRUMENT + items, encoding="utf-8")
    os.environ[f"{PREFIX}{platform.kind.upper()}"] = TOKEN
    return folder


def pull(folder: Path, wishes: Wishes | None = None, clock: VirtualClock | None = None) -> PulledStudy:
    """Pull a study without waiting."""
    return pull_study(load_study(folder), None, wishes or Wishes(), (clock or VirtualClock()).clock)
