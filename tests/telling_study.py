"""The small study with people who are told: a field manager by mail, a chat by webhook; and states made by hand."""

from pathlib import Path

from pipelines.load import Study, load_study
from tests.small_study import build_small_study

TELL = """\
tell:
  mail: {{host: 127.0.0.1, port: {port}, security: none, sender: study@example.org}}
  recipients:
    field_manager: {{mail: fieldwork@example.org, letter: true}}
    chef: {{mail: chef@example.org, language: da, events: [finished_release, failed_run]}}
    chat: {{webhook: "{address}"}}
  first_wait_seconds: 60
  most_attempts: 3
"""


def tell_section(port: int = 1, address: str = "http://127.0.0.1:1/hook") -> str:
    return TELL.format(port=port, address=address)


def telling_study(folder: Path, port: int = 1, address: str = "http://127.0.0.1:1/hook") -> Study:
    """Write the small study into a folder, with the section ``tell``."""
    study = build_small_study(folder)
    with (study / "study.yaml").open("a", encoding="utf-8") as file:
        file.write(tell_section(port, address))
    return load_study(study)
