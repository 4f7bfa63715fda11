"""The methodologist's walk of the tutorial: every command run as it stands there, every answer found."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.studies.demo.generate import write_demo_study
from pipelines.studies.demo.parameters import SHIPPED
from tests.command_line import CHECKOUT, environment

PAGE = CHECKOUT / "docs/tutorials/methodologists-walk.md"
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LEFT_OUT = "…"


def walked(commands: str, folder: Path) -> str:
    """Run a block of commands as a shell does, and return all that they print."""
    own = {**environment(), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=folder,
        env=own,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    return " ".join((ended.stdout + ended.stderr).split())


@pytest.mark.long
@pytest.mark.slow
def test_every_command_of_the_walk_gives_what_the_page_says(tmp_path: Path):
    write_demo_study(tmp_path / "demo-study", parameters=SHIPPED)
    printed = ""
    for kind, block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "sh":
            printed = walked(block, tmp_path)
            continue
        told = [" ".join(part.split()) for line in block.splitlines() for part in line.split(LEFT_OUT)]
        assert [each for each in told if each not in printed] == []
    assert (tmp_path / "walk/pictures/coefficients.png").is_file()
    assert (tmp_path / "walk/measured/coproduction_measurement_FRL_wave_ladder.svg").is_file()
