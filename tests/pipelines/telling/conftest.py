"""A study that tells two recipients, and the servers that take what it says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.load import Study
from tests.taking_messages import mail_server, webhook
from tests.telling_study import telling_study


@pytest.fixture
def servers() -> Iterator[tuple]:
    with mail_server() as mails, webhook() as hook:
        yield mails, hook


@pytest.fixture
def study(tmp_path: Path, servers: tuple) -> Study:
    mails, hook = servers
    return telling_study(tmp_path / "small", mails.port, hook.address)
