"""``instruments list`` on a narrow terminal: names stay whole, as they are copied into the next command."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from instruments.faults import UsageError
from instruments.load import LIBRARY, find_instruments
from pipelines.cli_instruments import list_instruments
from pipelines.commands import printing


@pytest.mark.parametrize("width", [80, 120])
def test_every_name_is_whole_and_no_line_is_wider_than_the_terminal(monkeypatch, width):
    shown = io.StringIO()
    monkeypatch.setattr(printing, "results", Console(file=shown, width=width, highlight=False, soft_wrap=True))
    list_instruments()
    lines = shown.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert set(find_instruments([LIBRARY])) <= {line[1:].strip("│ ").split(" ")[0] for line in lines if line}


def test_a_study_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="there is no folder"):
        list_instruments(study=tmp_path / "nowhere")
