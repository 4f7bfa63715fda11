"""The study of the fieldwork: staff answer in Qualtrics, managers in REDCap; two scales, one model, people are told."""

import os
from pathlib import Path

from pipelines.pulling.secrets import PREFIX
from tests.fake_platform import TEXTS, TOKEN, FakePlatform
from tests.pulled_study import INSTRUMENT
from tests.soak.scenario import HOURS_UNTIL_LATE

STUDY = """\
name: soak
title: {{en: Teamwork}}
is_synthetic: true
waves: {{spring: {{title: {{en: Spring}}, starts_on: 2026-03-02, ends_on: 2026-06-30}}}}
respondent_groups: {{FRL: {{en: Frontline staff}}, MGR: {{en: Managers}}}}
instruments: [teamwork]
sources:
  staff:
    wave: spring
    files: staff-*.csv
    respondent_group: FRL
    language: en
    identifiers: {{organisation_id: organisation}}
    structure: [survey.qsf]
    pull: {staff}
  managers:
    wave: spring
    files: managers-*.csv
    respondent_group: MGR
    language: en
    identifiers: {{organisation_id: organisation}}
    structure: [dictionary.csv]
    columns: {{{columns}}}
    pull: {managers}
models: [trust]
release: {{least_cell_size: 10, languages: [en]}}
schedule: {{expected_every_hours: {hours}}}
tell:
  mail: {{host: 127.0.0.1, port: {port}, security: none, sender: study@example.org}}
  recipients:
    field_manager: {{mail: fieldwork@example.org, letter: true}}
    chat: {{webhook: "{address}"}}
  first_wait_seconds: 60
  most_attempts: 20
"""
SCALES = """\
scales:
  teamwork: {title: {en: Teamwork}, items: [TW_1, TW_2, TW_3], least_answered: 2}
  trust: {title: {en: Trust}, items: [TR_1, TR_2, TR_3], reverse_scored: [TR_3], least_answered: 2}
"""
MODEL = """\
name: trust
kind: regression
title: {en: Trust and teamwork}
hypothesis: Those who work in teams trust each other.
estimand: Difference in trust (points, 1 to 5) between respondents whose teamwork differs by one point.
outcome: trust
focal: teamwork
regressors: [teamwork]
covariance: HC3
expected_sign: positive
"""


def write_study(folder: Path, staff: FakePlatform, managers: FakePlatform, port: int, address: str) -> Path:
    """Write the study folder, and set the secrets of its platforms in the environment.

    Args:
        folder: The study folder, to be made.
        staff: Where staff answer.
        managers: Where managers answer.
        port: Of the mail server.
        address: Of the webhook.
    """
    columns = ", ".join(f"{name}: {name.lower()}" for name in TEXTS)
    items = "".join(f"  {item}: {{text: {{en: {text}}}, response_scale: agreement}}\n" for item, text in TEXTS.items())
    study = STUDY.format(
        staff=staff.pull, managers=managers.pull, columns=columns, hours=HOURS_UNTIL_LATE, port=port, address=address
    )
    for name, text in (
        ("study.yaml", study),
        ("instruments/teamwork.yaml", INSTRUMENT + items + SCALES),
        ("models/trust.yaml", MODEL),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for platform in (staff, managers):
        os.environ[f"{PREFIX}{platform.kind.upper()}"] = TOKEN
    return folder
