"""Files of secrets: who may read them, what they must be, and that no message tells what stands in them."""

from pathlib import Path

import pytest

from instruments.faults import EnvironmentFault, UsageError
from pipelines.access_secrets import FILE as OF_SIGN_IN
from pipelines.access_secrets import read_secrets
from pipelines.pulling.secrets import FILE as OF_PULLING
from pipelines.pulling.secrets import read_secret
from pipelines.telling.secrets import FILE as OF_TELLING
from pipelines.telling.secrets import read_tell_secrets

READERS = {
    OF_PULLING: lambda folder: read_secret(folder, "qualtrics"),
    OF_TELLING: lambda folder: read_tell_secrets(folder, ["chat"]),
    OF_SIGN_IN: read_secrets,
}


@pytest.fixture(autouse=True)
def _without_variables(monkeypatch):
    for name in ("SENSEMAKING_PULL_QUALTRICS", "SENSEMAKING_CLIENT_SECRET", "SENSEMAKING_COOKIE_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("one: 1\nqualtrics: [hush\n", r":\d+: this is no valid YAML"),
        ("qualtrics: hush\nqualtrics: hush-hush\n", r":2: .* a key stands twice"),
        ("hush\n", 'expected a line key: "secret" for each, found none'),
        ("", 'expected a line key: "secret" for each, found none'),
    ],
    ids=["a bracket is open", "a key twice", "a word alone", "empty"],
)
def test_a_file_that_is_no_list_of_keys_is_refused_by_its_line_alone(tmp_path: Path, name: str, text: str, told: str):
    (tmp_path / name).write_text(text)
    (tmp_path / name).chmod(0o600)
    with pytest.raises(UsageError, match=told) as refused:
        READERS[name](tmp_path)
    assert "hush" not in str(refused.value)
    assert name in str(refused.value)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_that_others_can_open_is_not_even_read(tmp_path: Path, name: str, mode: int):
    (tmp_path / name).write_text("hush: [\n")
    (tmp_path / name).chmod(mode)
    with pytest.raises(EnvironmentFault, match="chmod 600") as refused:
        READERS[name](tmp_path)
    assert "hush" not in str(refused.value)
