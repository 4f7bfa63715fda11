"""``plan lock``, ``amend`` and ``status`` on a small study, and the labels that its fits get; nothing is released."""

import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import duckdb
import pandas as pd
import pytest

from pipelines.assets.plan import label_of
from pipelines.cli import main
from pipelines.commands import plan
from pipelines.load import load_study
from pipelines.release import publish
from pipelines.release_gates import ReleaseRefused
from pipelines.store import Store, slices
from pipelines.tables import core, out
from pipelines.tables.plan import PLAN
from tests.command_line import PROGRAM, done, environment, program, sensemaking, table
from tests.run_steps import bring_up_to_date
from tests.small_study import MODEL, answers, build_small_study, write_export

RULE = """\
screening:
  exclusions:
    careless: {any_of: [longstring], because: test, declared_on: 2026-01-01}
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study locked before data came, brought up to date with both waves; not to be changed."""
    folder = build_small_study(tmp_path_factory.mktemp("locked") / "small", waves=())
    done(sensemaking("plan", "lock", folder, "--by", "Ada"))
    for wave in ("autumn", "spring"):
        write_export(folder, f"{wave}.csv", answers(wave))
    bring_up_to_date(folder)
    return folder


@pytest.fixture
def study(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "small"))


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A study without any data."""
    return build_small_study(tmp_path / "fresh" / "small", waves=())


def edit(folder: Path, old: str, new: str, path: str = "models/trust.yaml") -> None:
    text = (folder / path).read_text(encoding="utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new), encoding="utf-8")


def labels_now(folder: Path, variant: str = "main") -> tuple[str, str, str]:
    """Return label, because and reason that a fit of the study as it is now would get."""
    loaded = load_study(folder)
    store = Store(loaded.warehouse)
    found = label_of(
        loaded, store, ("trust", variant), store.read(core.analysis(loaded))["response_id"], is_declared=True
    )
    return found.label, found.because, found.reason


def tamper(folder: Path, statement: str) -> None:
    with duckdb.connect(folder / "warehouse" / "study.duckdb") as connection:
        connection.execute(statement)


def status(folder: Path):
    return sensemaking("plan", "status", folder, "--json")


def test_a_lock_before_data_makes_the_declared_fits_confirmatory(study: Path):
    fits = table(study, "out.fits")
    assert set(fits["label"]) == {"confirmatory"}
    assert set(fits["label_because"]) == {"locked"}
    (hashed,) = set(fits["plan_hash"])
    told = done(status(study)).document
    assert [entry["plan_hash"] for entry in told["entries"]] == [hashed]
    assert told["entries"][0]["locked_by"] == "Ada"
    assert (told["faults"], told["changes"]) == ([], {})
    shown = done(sensemaking("fits", study)).stdout
    assert "confirmatory: as fixed by the lock of" in shown


def test_the_document_says_what_was_locked_and_hashes_to_what_it_states(study: Path):
    said = json.loads((study / "plan" / "0001-lock.json").read_text(encoding="utf-8"))
    stated = said.pop("plan_hash")
    assert plan.hash_of(said) == stated == table(study, "out.plan")["plan_hash"][0]
    main = said["models"]["trust"]["main"]
    assert main["covariance"] == "HC3"
    assert main["expected_sign"] == "positive"
    assert said["models"]["trust"]["scales"]["trust"]["reverse_scored"] == ["TR_3"]
    assert said["arrived"]["autumn"] == {"n_responses": 0, "n_unread_rows": 0, "n_gone_files": 0}


def test_defaults_are_locked_as_what_they_stand_for(fresh: Path):
    edit(fresh, "covariance: HC3\n", "")
    document = done(sensemaking("plan", "lock", fresh, "--json")).document
    assert document["models"]["trust"]["main"]["covariance"] == "HC3"
    assert document["models"]["trust"]["rows"]["dispositions"]["complete_if_share_answered_at_least"] == 0.8
    edit(fresh, "regressors: [teamwork, tenure]", "regressors: [teamwork, tenure]\ncovariance: HC3")
    assert done(status(fresh)).document["changes"] == {}


REWRITTEN = """\
# The same model, written otherwise.
variants:
  - covariance: classical   # without weights
    name: classical
expected_sign: positive
kind: regression
name: trust
covariance: HC3
regressors:
  - tenure
  - {use: number, variable: teamwork}
focal: {variable: teamwork}
outcome: trust
title: {en: "Trust, and how teams work"}
estimand: "Difference in trust (points, 1 to 5) between respondents whose teamwork differs by one point."
hypothesis: Those who work in teams trust each other.
"""
CHANGES: dict[str, tuple[str, Callable[[Path], object], str, str]] = {
    "nothing": ("main", lambda _: None, "locked", ""),
    "the file was written otherwise": (
        "main",
        lambda folder: (folder / "models/trust.yaml").write_text(REWRITTEN, encoding="utf-8"),
        "locked",
        "",
    ),
    "another covariance": (
        "main",
        lambda folder: edit(folder, "covariance: HC3", "covariance: HC1"),
        "changed_after_lock",
        'model.covariance: "HC3" → "HC1"',
    ),
    "another covariance of main, seen from the variant": (
        "classical",
        lambda folder: edit(folder, "covariance: HC3", "covariance: HC1"),
        "locked",
        "",
    ),
    "another population": (
        "main",
        lambda folder: edit(folder, "outcome: trust", "outcome: trust\npopulation: {waves: [spring]}"),
        "changed_after_lock",
        'model.population.waves: [] → ["spring"]',
    ),
    "another family": (
        "main",
        lambda folder: edit(folder, "outcome: trust", "outcome: trust\nfamily: H1"),
        "changed_after_lock",
        'model.family: null → "H1"',
    ),
    "another expected sign": (
        "main",
        lambda folder: edit(folder, "expected_sign: positive", "expected_sign: negative"),
        "changed_after_lock",
        "model.expected_sign",
    ),
    "a variant more": (
        "hc1",
        lambda folder: edit(folder, "variants:\n", "variants:\n  - {name: hc1, covariance: HC1}\n"),
        "never_locked",
        "the variant hc1 of trust is not in the lock",
    ),
    "an exclusion rule more": (
        "without_careless",
        lambda folder: edit(folder, "models: [trust]\n", f"models: [trust]\n{RULE}", "study.yaml"),
        "never_locked",
        "the variant without_careless of trust is not in the lock",
    ),
    "an exclusion rule more, seen from main": (
        "main",
        lambda folder: edit(folder, "models: [trust]\n", f"models: [trust]\n{RULE}", "study.yaml"),
        "locked",
        "",
    ),
    "another scoring": (
        "main",
        lambda folder: edit(
            folder, "reverse_scored: [TR_3]\n    least_answered: 2", "least_answered: 2", "instruments/teamwork.yaml"
        ),
        "changed_after_lock",
        'scales.trust.reverse_scored: ["TR_3"] → []',
    ),
    "another wording": (
        "main",
        lambda folder: edit(folder, "We plan together.", "We make plans together.", "instruments/teamwork.yaml"),
        "locked",
        "",
    ),
    "another rule for complete responses": (
        "main",
        lambda folder: edit(
            folder,
            "models: [trust]\n",
            "models: [trust]\ndispositions: {complete_if_share_answered_at_least: 0.9}\n",
            "study.yaml",
        ),
        "changed_after_lock",
        "rows.dispositions.complete_if_share_answered_at_least: 0.8 → 0.9",
    ),
}


@pytest.mark.parametrize("case", CHANGES, ids=[name.replace(" ", "_") for name in CHANGES])
def test_what_changed_after_the_lock_decides_the_label(study: Path, case: str):
    variant, change, because, told = CHANGES[case]
    change(study)
    found = labels_now(study, variant)
    assert found[:2] == ("confirmatory" if because == "locked" else "exploratory", because)
    assert told in found[2]


def test_a_change_after_data_is_exploratory_with_its_reason_and_the_earlier_fit_keeps_its_label(study: Path):
    edit(study, "covariance: HC3", "covariance: HC1")
    changes = done(status(study)).document["changes"]
    assert changes["trust"] == [{"key": "model.covariance", "old": '"HC3"', "new": '"HC1"'}]
    made = done(sensemaking("plan", "amend", study, "--reason", "a slip", "--json")).document
    assert made["changes"]["trust"] == changes["trust"]
    assert made["arrived"]["autumn"]["n_responses"] == 40
    assert done(status(study)).document["changes"] == {}
    bring_up_to_date(study)
    fits = table(study, "out.fits").query("variant == 'main'").set_index("is_current")
    assert fits["label"].to_dict() == {True: "exploratory", False: "confirmatory"}
    assert fits.loc[True, "label_because"] == "amended_after_data"
    assert "after data arrived (a slip)" in str(fits.loc[True, "label_reason"])
    old = table(study, "out.plan").query("entry == 1")
    assert json.loads(old["spec_json"].iloc[0])["main"]["covariance"] == "HC3"


def test_a_fit_by_hand_is_exploratory_whatever_was_locked(study: Path):
    loaded = load_study(study)
    store = Store(loaded.warehouse)
    rows = store.read(core.analysis(loaded))["response_id"]
    assert label_of(loaded, store, ("trust", "main"), rows, is_declared=False).because == "by_hand"


@pytest.mark.slow
def test_a_wave_that_came_before_the_lock_makes_what_uses_it_exploratory(fresh: Path):
    write_export(fresh, "autumn.csv", answers("autumn"))
    bring_up_to_date(fresh)
    done(sensemaking("plan", "lock", fresh))
    write_export(fresh, "spring.csv", answers("spring"))
    bring_up_to_date(fresh)
    fits = table(fresh, "out.fits").query("is_current")
    assert set(fits["label_because"]) == {"locked_after_data"}
    assert "data of wave autumn had arrived before the lock" in fits["label_reason"].iloc[0]
    loaded = load_study(fresh)
    store = Store(loaded.warehouse)
    responses = store.read(core.RESPONSES)
    spring = responses.loc[responses["wave"] == "spring", "response_id"]
    assert label_of(loaded, store, ("trust", "main"), spring, is_declared=True).because == "locked"


def test_exports_that_no_run_has_read_count_as_data(fresh: Path):
    write_export(fresh, "autumn.csv", answers("autumn"))
    ended = done(sensemaking("plan", "lock", fresh))
    assert "wave autumn: 40 rows not read yet" in ended.stdout
    (fresh / "exports" / "spring.csv").write_bytes(b"\x00\x01")
    assert done(status(fresh)).document["waves"]["spring"]["n_unread_rows"] is None


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("lock",), "what changes since is an amendment"),
        (("amend", "--reason", "because"), "nothing that the plan fixes has changed"),
        (("amend", "--reason", " "), "say why the plan is amended"),
        (("amend",), "Missing option '--reason'"),
    ],
)
def test_what_cannot_be_locked_or_amended_is_told(study: Path, command: tuple[str, ...], told: str):
    ended = sensemaking("plan", command[0], study, *command[1:], "--json")
    assert ended.code == 2
    assert told in ended.document["error"]["message"]
    assert len(table(study, "out.plan")) == 1


def test_without_a_lock_there_is_nothing_to_amend_and_status_says_so(fresh: Path):
    ended = sensemaking("plan", "amend", fresh, "--reason", "why", "--json")
    assert (ended.code, "lock it first" in ended.document["error"]["message"]) == (2, True)
    assert "no analysis plan is locked" in done(sensemaking("plan", "status", fresh)).stdout


ALTERED = {
    "a spec": "UPDATE out.plan SET spec_json = replace(spec_json, 'HC3', 'HC1')",
    "a date": "UPDATE out.plan SET locked_at = locked_at - INTERVAL 90 DAY",
    "who": "UPDATE out.plan SET locked_by = 'Eve'",
    "what had arrived": """UPDATE out.plan SET arrived_json = '{}'""",
    "a text that is no JSON any more": "UPDATE out.plan SET spec_json = '{'",
}


@pytest.mark.parametrize("what", ALTERED, ids=[name.replace(" ", "_") for name in ALTERED])
def test_an_altered_record_is_found_and_makes_nothing_confirmatory(study: Path, what: str):
    tamper(study, ALTERED[what])
    ended = status(study)
    assert ended.code == 1
    assert ended.document["faults"]
    assert labels_now(study)[1] == "plan_altered"
    assert sensemaking("plan", "amend", study, "--reason", "why").code == 3
    with pytest.raises(ReleaseRefused, match="changed since"):
        publish(load_study(study), Store(study / "warehouse"), "Test")


def test_an_altered_document_is_found_and_a_missing_one_is_written_again(study: Path):
    document = study / "plan" / "0001-lock.json"
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace("HC3", "HC1"), encoding="utf-8")
    ended = status(study)
    assert (ended.code, "was changed since" in ended.document["faults"][0]) == (1, True)
    document.unlink()
    assert "was missing and was written again" in done(status(study)).document["notes"][0]
    assert document.read_text(encoding="utf-8") == text


def test_a_plan_that_was_taken_out_of_the_record_is_missed(study: Path):
    tamper(study, "DELETE FROM out.plan")
    ended = status(study)
    assert (ended.code, ended.document["faults"]) == (
        1,
        ["plan/0001-lock.json belongs to no lock that this warehouse knows"],
    )


def test_a_fit_whose_label_was_typed_is_found(study: Path):
    edit(study, "covariance: HC3", "covariance: HC1")
    bring_up_to_date(study)
    tamper(study, "UPDATE out.fits SET label = 'confirmatory'")
    ended = status(study)
    assert ended.code == 1
    assert "under a plan that was never locked" in ended.document["faults"][0]


def test_a_typed_label_is_found_in_the_rows_that_an_erasure_left(fresh: Path):
    write_export(fresh, "autumn.csv", answers("autumn"))
    bring_up_to_date(fresh)
    done(sensemaking("plan", "lock", fresh))
    (hashed,) = set(table(fresh, "out.plan")["plan_hash"])
    tamper(fresh, f"UPDATE out.fits SET label = 'confirmatory', plan_hash = '{hashed}'")
    faults = status(fresh).document["faults"]
    assert len(faults) == len(table(fresh, "out.fits"))
    assert all("its plan came after its data" in fault for fault in faults)
    done(sensemaking("erase", fresh, "--response", "autumn_staff/autumn-7", "--because", "asked"))
    assert status(fresh).document["faults"] == faults


def test_a_clock_that_runs_behind_the_plan_is_refused(study: Path, monkeypatch: pytest.MonkeyPatch):
    edit(study, "covariance: HC3", "covariance: HC1")
    monkeypatch.setattr(plan, "clock", lambda: dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    ended = sensemaking("plan", "amend", study, "--reason", "why", "--json")
    assert (ended.code, "the clock of this machine says 2020-01-01" in ended.document["error"]["message"]) == (3, True)
    assert len(table(study, "out.plan")) == 1


def _before_the_commit() -> None:
    def insert_and_die(*arguments: object) -> None:
        del arguments
        os.kill(os.getpid(), signal.SIGKILL)

    patch.object(slices, "insert_rows", insert_and_die).start()


def _between_record_and_document() -> None:
    def die(*arguments: object) -> None:
        del arguments
        os.kill(os.getpid(), signal.SIGKILL)

    patch.object(plan, "write_document", die).start()


def _within_the_document() -> None:
    def die(path: Path) -> None:
        del path
        os.kill(os.getpid(), signal.SIGKILL)

    patch("pipelines.files.flush_file", die).start()


KILLS = {each.__name__: each for each in (_before_the_commit, _between_record_and_document, _within_the_document)}


@pytest.mark.slow
@pytest.mark.parametrize(("moment", "n_entries"), zip(KILLS, (0, 1, 1), strict=True))
def test_a_killed_lock_leaves_no_plan_or_the_whole_plan(fresh: Path, moment: str, n_entries: int):
    command = [sys.executable, __file__, moment, "plan", "lock", str(fresh)]
    ended = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=180, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    told = done(status(fresh)).document
    assert len(told["entries"]) == n_entries
    again = sensemaking("plan", "lock", fresh)
    assert again.code == (2 if n_entries else 0)
    (document,) = (fresh / "plan").glob("[!.]*")
    assert json.loads(document.read_text(encoding="utf-8"))["plan_hash"] == table(fresh, "out.plan")["plan_hash"][0]


@pytest.mark.slow
def test_of_two_locks_at_once_one_is_made(fresh: Path):
    command = [*PROGRAM, "plan", "lock", str(fresh)]
    both = [
        subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)
    ]
    errors = [each.communicate(timeout=180)[1] for each in both]
    assert sorted(each.returncode for each in both) == [0, 2], errors
    assert len(table(fresh, "out.plan")) == 1
    assert done(status(fresh)).document["faults"] == []


def test_the_commands_run_as_programs_and_print_one_document(fresh: Path):
    assert done(program("plan", "lock", fresh, "--json")).document["entry"] == 1


def test_fits_recorded_before_there_were_plans_are_still_found_and_kept(study: Path):
    before = table(study, "out.fits")
    for column in ("label_because", "label_reason", "plan_hash", "recipe_hash"):
        tamper(study, f"ALTER TABLE out.fits DROP COLUMN {column}")
    read = Store(study / "warehouse").read(out.FITS)
    assert list(read["fit_id"]) == list(before["fit_id"])
    assert set(read["label_because"]) == {"never_locked"}
    edit(study, "covariance: HC3", "covariance: HC1")
    bring_up_to_date(study)
    assert set(before["fit_id"]) <= set(table(study, "out.fits")["fit_id"])


def test_a_renamed_model_of_the_same_content_stays_confirmatory(study: Path):
    (study / "models" / "trust.yaml").unlink()
    (study / "models" / "renamed.yaml").write_text(MODEL.replace("name: trust", "name: renamed"), encoding="utf-8")
    edit(study, "models: [trust]", "models: [renamed]", "study.yaml")
    loaded = load_study(study)
    store = Store(loaded.warehouse)
    rows = store.read(core.analysis(loaded))["response_id"]
    assert label_of(loaded, store, ("renamed", "main"), rows, is_declared=True).because == "locked"


def test_the_plan_has_one_row_an_entry_and_model(study: Path):
    assert PLAN.schema().validate(Store(study / "warehouse").read(PLAN)).shape[0] == 1
    assert pd.Timestamp.now(tz="UTC") > table(study, "out.plan")["locked_at"][0]


if __name__ == "__main__":
    KILLS[sys.argv[1]]()
    sys.argv = ["sensemaking", *sys.argv[2:]]
    main()
