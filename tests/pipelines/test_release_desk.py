"""What becomes of releases: the log, embargoes, withdrawals; what was published once stays known to the audit."""

import datetime as dt
import json
import stat

import duckdb
import pandas as pd
import pytest

from dashboard import pointer as dashboard_pointer
from dashboard import queries
from dashboard.permission import WHOLE_RELEASE
from instruments.faults import UsageError
from pipelines import embargo, release, release_withdrawal
from pipelines.commands import shown_releases
from pipelines.commands.replication_fits import packaged_fits
from pipelines.commands.reruns import rerun_release
from pipelines.commands.table_sources import Asked, from_release
from pipelines.release import publish
from pipelines.release_gates import ReleaseRefused
from pipelines.release_log import reasons_of_withdrawal
from pipelines.release_withdrawal import withdraw
from pipelines.store import Store, quoted, released
from pipelines.store.released import read_current_release, read_release
from pipelines.tables.released import SCHEMA_VERSION, UNIT_MEANS
from pipelines.tables.releases import RELEASES
from tests.command_line import done, sensemaking
from tests.pipelines.test_release import fill, pilot_study
from tests.pipelines.test_release_again import FEW, STEPS, export, exported, folder
from tests.pipelines.test_release_again import released as unit_means
from tests.run_steps import bring_up_to_date

__all__ = ["folder"]

TODAY = dt.date(2026, 12, 1)
LATER, MUCH_LATER = "2026-12-24", "2027-01-31"
WHY = "the weights were wrong"


@pytest.fixture
def on(monkeypatch):
    """Let it be a day, wherever it is asked for."""

    def set_day(day):
        day = dt.date.fromisoformat(str(day))
        for module in (release, release_withdrawal, released, shown_releases, dashboard_pointer, queries):
            monkeypatch.setattr(module, "local_day", lambda: day)

    set_day(TODAY)
    return set_day


@pytest.fixture
def study(tmp_path, on):
    return pilot_study(tmp_path)


@pytest.fixture
def store(study):
    return fill(study)


def pointer(study):
    return json.loads((study.releases / "current.json").read_text(encoding="utf-8"))


def seen(study):
    """What a dashboard that starts now shows: number of the release, or why there is none."""
    shown = queries.ReleaseReader(study.releases).shown(WHOLE_RELEASE)
    return shown.release.number if shown.release is not None else shown.trouble


def statuses(study):
    return [each["status"] for each in shown_releases.log_document(study)["releases"]]


def read_by_number(study, store, number):
    return read_release(study.releases, number, (), reasons_of_withdrawal(store))


def test_the_log_says_what_became_of_every_release(study, store, on):
    for until in ("", "", LATER):
        publish(study, store, "Ann", embargo_until=until)
    withdraw(study, store, 1, WHY, "Bo")
    first, second, third = shown_releases.log_document(study)["releases"]
    assert (first["status"], first["withdrawn_by"], first["withdrawn_because"]) == ("withdrawn", "Bo", WHY)
    assert (second["status"], second["superseded_by"], second["supersedes"]) == ("current", None, 1)
    assert (third["status"], third["embargo_until"], third["supersedes"]) == ("under embargo", LATER, 2)
    assert second["hidden_cells"] == {"out.response_rates": 1, "out.scale_means": 1, "out.distributions": 1}
    assert second["n_hidden"] == 3
    on(LATER)
    assert statuses(study) == ["withdrawn", "superseded", "current"]
    assert shown_releases.log_document(study)["releases"][1]["superseded_by"] == 3


def test_a_release_under_embargo_is_shown_from_its_day_on_and_the_earlier_one_until_then(study, store, on):
    publish(study, store, "Ann")
    second = publish(study, store, "Ann", embargo_until=LATER)
    said = pointer(study)
    assert (said["release"], said["next"][0]["release"], said["next"][0]["embargo_until"]) == (1, 2, LATER)
    assert said["next"][0]["sha256"] == second.sha256
    assert read_by_number(study, store, 2).manifest["embargo_until"] == LATER
    for day, number in ((TODAY, 1), ("2026-12-23", 1), (LATER, 2), (MUCH_LATER, 2)):
        on(day)
        assert seen(study) == read_current_release(study.releases, ()).number == number


def test_without_an_earlier_release_nothing_is_shown_before_the_day(study, store, on):
    publish(study, store, "Ann", embargo_until=LATER)
    assert seen(study) == "under_embargo"
    with pytest.raises(UsageError, match=f"release 1 is under embargo until {LATER}.*--release 1"):
        read_current_release(study.releases, ())
    assert read_by_number(study, store, 1).number == 1
    on(LATER)
    assert seen(study) == 1


def test_of_several_embargoes_the_newest_release_that_is_out_is_shown(study, store, on):
    for until in ("", MUCH_LATER, LATER):
        publish(study, store, "Ann", embargo_until=until)
    for day, number in ((TODAY, 1), (LATER, 3), (MUCH_LATER, 3)):
        on(day)
        assert seen(study) == number
    assert statuses(study) == ["superseded", "superseded", "current"]


def test_a_pointer_that_forgets_the_embargo_does_not_open_the_file(study, store):
    publish(study, store, "Ann", embargo_until=LATER)
    entry = {**pointer(study)["next"][0], "embargo_until": ""}
    (study.releases / "current.json").write_text(json.dumps(entry), encoding="utf-8")
    assert seen(study) == "under_embargo"


@pytest.mark.parametrize(
    ("withdrawn", "before", "after"),
    [
        ([2], 1, 3),
        ([1], 2, 3),
        ([3], 2, 2),
        ([2, 3], 1, 1),
        ([1, 2], "under_embargo", 3),
        ([1, 2, 3], "withdrawn", "withdrawn"),
    ],
)
def test_after_a_withdrawal_the_newest_other_release_is_shown(study, store, on, withdrawn, before, after):
    for until in ("", "", LATER):
        publish(study, store, "Ann", embargo_until=until)
    for number in withdrawn:
        withdraw(study, store, number, WHY, "Bo")
    assert seen(study) == before
    on(LATER)
    assert seen(study) == after
    assert len(list(study.releases.glob("r*.duckdb"))) == 3, "files stay"


def test_a_dashboard_that_is_open_drops_a_withdrawn_release(study, store):
    publish(study, store, "Ann")
    second = publish(study, store, "Ann")
    reader = queries.ReleaseReader(study.releases)
    assert reader.shown(WHOLE_RELEASE).release.number == 2
    next(path for path in study.releases.glob("r000001-*")).unlink()
    shown = withdraw(study, store, 2, WHY, "Bo").shown
    assert shown == 1
    assert reader.shown(WHOLE_RELEASE) == queries.Shown(None, "file_missing")
    assert second.path.is_file()


def test_a_pointer_that_names_a_withdrawn_file_does_not_show_it(study, store):
    publish(study, store, "Ann")
    old = pointer(study)
    withdraw(study, store, 1, WHY, "Bo")
    spoiled = {**old, "withdrawn": pointer(study)["withdrawn"]}
    (study.releases / "current.json").write_text(json.dumps(spoiled), encoding="utf-8")
    assert seen(study) == "withdrawn"


def test_a_withdrawn_release_is_read_by_nobody_and_the_next_is_shown(study, store):
    publish(study, store, "Ann")
    withdraw(study, store, 1, WHY, "Bo")
    told = f"release 1 was withdrawn: {WHY}"
    for read in (
        lambda: read_by_number(study, store, 1),
        lambda: from_release(study, Asked(), 1),
        lambda: rerun_release(study, "r000001"),
        lambda: packaged_fits(study, store, 1, has_real_rows=False),
    ):
        with pytest.raises(UsageError, match=told):
            read()
    with pytest.raises(UsageError, match="every release was withdrawn"):
        read_current_release(study.releases, ())
    assert publish(study, store, "Ann").number == 2
    assert seen(study) == 2


@pytest.mark.parametrize(
    ("number", "because", "by", "told"),
    [
        (2, WHY, "Bo", "there is no release 2; published: 1"),
        (1, " ", "Bo", "needs a reason"),
        (1, WHY, "", "name of somebody"),
    ],
)
def test_a_withdrawal_of_nothing_by_nobody_or_without_a_reason_is_refused(study, store, number, because, by, told):
    publish(study, store, "Ann")
    with pytest.raises(UsageError, match=told):
        withdraw(study, store, number, because, by)
    assert statuses(study) == ["current"]


@pytest.mark.parametrize("sign", ["\x1b[2K", "\u202e", "\x00", "\x9b"])
def test_a_name_or_a_reason_that_would_steer_the_screen_of_the_log_is_refused(study, store, sign):
    publish(study, store, "Ann\n  Ørsted")
    for answer in (lambda: publish(study, store, f"Bo{sign}"), lambda: withdraw(study, store, 1, f"wrong{sign}", "Bo")):
        with pytest.raises(UsageError, match=r"^[ -~]+do not print"):
            answer()
    assert [each["signed_off_by"] for each in shown_releases.log_document(study)["releases"]] == ["Ann Ørsted"]


def test_a_release_is_withdrawn_once(study, store):
    publish(study, store, "Ann")
    withdraw(study, store, 1, WHY, "Bo")
    with pytest.raises(UsageError, match=f"withdrawn already, on .*: {WHY}"):
        withdraw(study, store, 1, "another reason", "Bo")


def test_a_warehouse_from_before_the_log_is_still_read_and_released_from(study, store):
    publish(study, store, "Ann")
    with duckdb.connect(study.warehouse / "study.duckdb") as connection:
        for name in ("schema_version", "embargo_until", "supersedes", "hidden_json", "software_version"):
            connection.execute(f"ALTER TABLE out.releases DROP COLUMN {quoted(name)}")
    fresh = Store(study.warehouse)
    (entry,) = shown_releases.log_document(study)["releases"]
    assert (entry["status"], entry["n_hidden"], entry["supersedes"]) == ("current", None, None)
    publish(study, fresh, "Ann")
    assert fresh.read(RELEASES)["schema_version"].tolist() == [5, SCHEMA_VERSION]
    assert statuses(study) == ["superseded", "current"]


@pytest.mark.parametrize(("text", "told"), [("2026-11-30", "over already"), ("24.12.2026", "is no day"),
                                            ("20261224", "is no day"), ("2026-02-30", "is no day")])  # fmt: skip
def test_an_embargo_that_is_over_or_no_day_is_refused(text, told):
    with pytest.raises(UsageError, match=told):
        embargo.embargo_day(text, TODAY)


@pytest.mark.parametrize("text", ["", "2026-12-01", "2026-12-24"])
def test_an_embargo_is_today_or_later_or_none(text):
    assert embargo.embargo_day(text, TODAY) == text


@pytest.mark.parametrize("n_withdrawn", [1, 2])
def test_a_withdrawn_release_stays_known_to_the_audit(folder, n_withdrawn):
    """One answer is corrected after two releases: the new mean beside a withdrawn one would tell it."""
    first = unit_means(folder)
    unit_means(folder)
    study, store = bring_up_to_date(folder, STEPS)
    for number in (2, 1)[:n_withdrawn]:
        withdraw(study, store, number, WHY, "Bo")
    export(folder, FEW["one corrected"](exported(folder)))
    study, store = bring_up_to_date(folder, STEPS)
    if n_withdrawn == 2:
        with pytest.raises(ReleaseRefused, match="since the withdrawn releases"):
            publish(study, store, "Ann")
        return
    made = publish(study, store, "Ann")
    assert made.as_before == {"spring, FRL": 1}
    means = read_release(study.releases, 3, (UNIT_MEANS,), {}).tables[UNIT_MEANS.name]
    pd.testing.assert_frame_equal(means, UNIT_MEANS.typed(first).sort_values(list(UNIT_MEANS.key), ignore_index=True))


def test_the_commands_publish_under_embargo_list_and_withdraw(folder):
    done(sensemaking("run", folder))
    assert "Nothing has been released yet" in done(sensemaking("releases", folder)).stdout
    refused = sensemaking("release", folder, "--sign-off", "Ann", "--embargo", "2020-01-01", "--json")
    assert (refused.code, "over already" in refused.document["error"]["message"]) == (2, True)
    until = str(embargo.local_day() + dt.timedelta(days=9))
    made = done(sensemaking("release", folder, "--sign-off", "Ann", "--embargo", until, "--json")).document
    assert made["embargo_until"] == until
    assert f"under embargo until {until}" in " ".join(done(sensemaking("releases", folder)).stdout.split())
    (entry,) = done(sensemaking("releases", folder, "--json")).document["releases"]
    assert (entry["release"], entry["status"], entry["signed_off_by"]) == (1, "under embargo", "Ann")
    options = ("--release", "1", "--because", WHY, "--sign-off", "Bo")
    assert sensemaking("withdraw", folder, "--release", "1").code == 2
    assert "nothing is shown any more" in done(sensemaking("withdraw", folder, *options)).stdout
    again = sensemaking("withdraw", folder, *options, "--json")
    assert (again.code, WHY in again.document["error"]["message"]) == (2, True)
    assert "withdrawn" in done(sensemaking("releases", folder)).stdout


def test_tables_of_a_release_under_embargo_are_made_by_number_and_kept_private(folder, tmp_path):
    done(sensemaking("run", folder))
    until = str(embargo.local_day() + dt.timedelta(days=9))
    done(sensemaking("release", folder, "--sign-off", "Ann", "--embargo", until))
    options = ("--kind", "regressions", "--format", "html", "--out", tmp_path / "tables")
    refused = sensemaking("tables", folder, *options)
    assert (refused.code, "--release 1" in refused.stderr) == (2, True)
    assert sensemaking("tables", folder, *options, "--release", "1", "--private").code == 2
    done(sensemaking("tables", folder, *options, "--release", "1"))
    assert stat.S_IMODE((tmp_path / "tables/tables.html").stat().st_mode) == 0o600
