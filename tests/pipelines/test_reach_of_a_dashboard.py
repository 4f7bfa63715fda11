"""What whoever serves a dashboard can reach (P1 of the design): the release and nothing of the warehouse."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from dashboard import pointer, queries
from dashboard.open_release import connect
from dashboard.permission import WHOLE_RELEASE
from pipelines import release
from pipelines.files import file_sha256
from pipelines.release import publish
from tests.pipelines.test_release import fill, pilot_study

READS = """\
import json, os, sys
from pathlib import Path

study, opened = Path(sys.argv[1]), set()


def note(event, args):
    if event in ("open", "os.listdir", "os.scandir") and isinstance(args[0], (str, bytes)):
        opened.add(os.path.abspath(os.fsdecode(args[0])))


sys.addaudithook(note)
from dashboard import queries
from dashboard.permission import WHOLE_RELEASE

release = queries.ReleaseReader(study / "releases").shown(WHOLE_RELEASE).release
assert release is not None and len(queries.response_rates(release))
held = [os.readlink(each) for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
print(json.dumps(sorted(each for each in {*opened, *held} if each.startswith(str(study)))))
"""


@pytest.fixture
def study(tmp_path):
    return pilot_study(tmp_path)


def of_others(path):
    """What the group and all others may do with a file or folder."""
    return stat.S_IMODE(path.stat().st_mode) & 0o077


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077], ids=oct)
def test_others_read_a_release_and_its_pointer_and_cannot_enter_the_warehouse(study, mask):
    before = os.umask(mask)
    try:
        published = publish(study, fill(study), "Ann").path
    finally:
        os.umask(before)
    assert (of_others(published), of_others(study.releases / "current.json")) == (0o044, 0o044)
    assert of_others(study.releases) == 0o055 & ~mask
    assert of_others(study.warehouse) == 0


@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
def test_without_the_rule_a_warehouse_that_others_may_enter_stays_open(study, is_on):
    store = fill(study)
    study.warehouse.chmod(0o755)
    if is_on:
        publish(study, store, "Ann")
    else:
        with patch.object(release, "close_to_others", lambda _: None):
            publish(study, store, "Ann")
    assert of_others(study.warehouse) == (0 if is_on else 0o055)


def test_a_process_that_shows_a_release_opens_nothing_else_of_the_study(study):
    published = publish(study, fill(study), "Ann").path
    asked = subprocess.run(
        [sys.executable, "-c", READS, str(study.folder)], capture_output=True, text=True, check=True, timeout=120
    )
    opened = set(json.loads(asked.stdout))
    assert str(published) in opened
    assert opened <= {str(study.releases), str(published), str(study.releases / "current.json")}


def warehouse_as_a_release(study, how):
    """Name the warehouse in the folder of releases as somebody would who may write there."""
    publish(study, fill(study), "Ann")
    secret = study.warehouse / "study.duckdb"
    said = json.loads((study.releases / "current.json").read_text())
    sha256 = file_sha256(secret)
    name = f"r000009-{sha256[:12]}.duckdb"
    if how == "a link":
        (study.releases / name).symlink_to(secret)
    else:
        name = {"a path": "../warehouse/study.duckdb", "a full path": str(secret)}[how]
    (study.releases / "current.json").write_text(json.dumps({**said, "file": name, "sha256": sha256}))
    return secret


@pytest.mark.parametrize(
    ("how", "trouble"),
    [("a link", "file_missing"), ("a path", "pointer_unreadable"), ("a full path", "pointer_unreadable")],
)
def test_a_pointer_that_leads_to_the_warehouse_is_not_followed(study, how, trouble):
    warehouse_as_a_release(study, how)
    reached: list[Path] = []
    with patch("dashboard.open_release.duckdb.connect", lambda path, **_: reached.append(Path(path))):
        shown = queries.ReleaseReader(study.releases).shown(WHOLE_RELEASE)
    assert (shown.release, shown.trouble, reached) == (None, trouble, [])


def test_without_the_rule_a_link_leads_to_the_warehouse(study):
    secret = warehouse_as_a_release(study, "a link")
    reached: list[Path] = []

    def noted(path, **_):
        reached.append(Path(path).resolve())
        raise pointer.UnusableReleaseError("file_unreadable")

    connect.cache_clear()
    with (
        patch("dashboard.open_release.duckdb.connect", noted),
        patch.object(Path, "is_symlink", lambda _: False),
    ):
        queries.ReleaseReader(study.releases).shown(WHOLE_RELEASE)
    assert reached == [secret.resolve()]
