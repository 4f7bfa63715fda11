"""How-to pages in Python: every block run on the demonstration study as it stands there, every answer found."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.studies.demo.generate import write_demo_study
from pipelines.studies.demo.parameters import SHIPPED
from tests.command_line import CHECKOUT, environment
from tests.run_steps import bring_up_to_date

BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = ("estimate-figures-of-the-population", "look-into-missing-answers")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demonstration study up to its analysis table."""
    found = tmp_path_factory.mktemp("pages")
    write_demo_study(found / "demo-study", parameters=SHIPPED)
    bring_up_to_date(found / "demo-study" / "demo", {"core/analysis"})
    return found


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_a_page_gives_what_the_page_says(name: str, folder: Path):
    page = (CHECKOUT / "docs/how-to" / f"{name}.md").read_text(encoding="utf-8")
    blocks = BLOCK.findall(page)
    script = "\n".join(text for kind, text in blocks if kind == "python")
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    printed = " ".join(ended.stdout.split())
    told = [line for kind, text in blocks if kind == "text" for line in text.splitlines()]
    assert told
    assert [line for line in told if " ".join(line.split()) not in printed] == []


def test_every_page_in_python_is_run():
    written = {page.stem for page in (CHECKOUT / "docs").rglob("*.md") if "```python\n" in page.read_text("utf-8")}
    assert written == set(PAGES)
