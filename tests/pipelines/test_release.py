"""Publishing: gates first, one file of a new name, one pointer replaced at once, nothing about one respondent."""

import datetime as dt
import hashlib
import json
import re
import signal
import stat
import subprocess
import sys
import threading
from dataclasses import asdict
from importlib import metadata
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from pilot_study import INSTRUMENTS, MODELS, STUDY, pilot_study, write_study

from models.focal_term import focal_term
from models.origin import data_hash
from models.spec import RegressionSpec
from pipelines.assets.fits import fit_model
from pipelines.load import load_study
from pipelines.lock import exclusive
from pipelines.release import preview, publish
from pipelines.release_gates import ORIGIN, ReleaseRefused
from pipelines.sections.publishing import LEAST_CELL_SIZE_FLOOR
from pipelines.steps import disclosure
from pipelines.steps.lattice.policy import Policy
from pipelines.store import Store, WarehouseError, Write
from pipelines.tables import core, out, raw, released
from pipelines.tables.base import DUCKDB_TYPES

NOW = pd.Timestamp(dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC))
N = {"MGR": 40, "STAFF": 7}
SECRET = "SECRET"
DIE = "import os, signal\ndef die(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
PUBLISH = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from pipelines import release, release_pointer
from test_release import Store, pilot_study, publish
study = pilot_study(Path(sys.argv[1]))
{death}
publish(study, Store(study.warehouse), "Test")
"""


def response_rates():
    rows = [dict.fromkeys(out.RESPONSE_RATES.columns, 0) | {"wave": "spring", "respondent_group": group} for group in N]
    rates = pd.DataFrame(rows).assign(n_invited=100, n_complete=list(N.values()), response_rate_2=0.41234)
    return out.RESPONSE_RATES.typed(rates)


def scale_means():
    rows = pd.DataFrame({"respondent_group": list(N), "n_obs": list(N.values())})
    rows = rows.assign(
        scale="voice", wave="spring", exclusions="", n_organisations=4, mean=2.34567, std_dev=0.5, std_error=0.1
    )
    return out.SCALE_MEANS.typed(rows.assign(conf_low=2.14567, conf_high=2.54567))


def distributions():
    rows = [
        {"respondent_group": group, "code": code, "n_answers": n, "n_obs": sum(counts), "share": n / sum(counts)}
        for group, counts in (("MGR", [20, 19, 1]), ("STAFF", [3, 4, 0]))
        for code, n in zip((1, 2, 3), counts, strict=True)
    ]
    return out.DISTRIBUTIONS.typed(
        pd.DataFrame(rows).assign(item="v1", wave="spring", exclusions="", n_organisations=4)
    )


def responses():
    n = sum(N.values())
    groups = [group for group, size in N.items() for _ in range(size)]
    rows = dict.fromkeys(core.RESPONSES.columns) | {"wave": "spring", "source": "s", "respondent_group": groups}
    rows |= {"response_id": [f"{SECRET}_RESPONSE_{k}" for k in range(n)]}
    rows |= {"respondent_key": [f"{SECRET}_PERSON_{k}" for k in range(n)]}
    rows |= {"organisation_id": [f"{SECRET}_ORGANISATION_{k % 4}" for k in range(n)], "is_analysed": True}
    return core.RESPONSES.typed(pd.DataFrame({**rows, "file_sha256": SECRET, "row_number": range(2, n + 2)}))


def analysis(study):
    """Scores of voice whose mean is the one above, in both groups."""
    table = core.analysis(study)
    rows = pd.DataFrame(dict.fromkeys(table.columns), index=range(sum(N.values()))).assign(
        **responses()[["response_id", "organisation_id", "respondent_group", "wave"]]
    )
    place = rows.groupby("respondent_group").cumcount()
    is_last_of_odd = (place == rows["respondent_group"].map(N) - 1) & (place % 2 == 0)
    return table.typed(rows.assign(voice=2.34567 + np.where(is_last_of_odd, 0, 0.5 - place % 2)))


def rows_used(*, without=0):
    """The rows of a fit that used the first managers and staff but some; no organisation decides it."""
    n = 43 - without
    place = np.arange(n)
    rows = responses().iloc[:n][["response_id", "wave", "respondent_group", "organisation_id"]]
    return rows.assign(voice=1.0 + place % 5, trust=1.0 + place % 4).reset_index(drop=True)


MODEL = RegressionSpec(
    name="h1",
    kind="regression",
    title={"en": "H1"},
    estimand="e",
    outcome="trust",
    focal="voice",
    regressors=("voice",),
)


def fits(**changes):
    row = {
        **dict.fromkeys(out.FITS.columns),
        **{name: f"{name}-of-main" for name in ORIGIN},
        "data_hash": data_hash(rows_used()),
        "fit_id": "h1.main.aaaa",
        "model": "h1",
        "variant": "main",
        "is_declared": True,
        "is_current": True,
        "label": "exploratory",
        "label_because": "never_locked",
        "label_reason": "no analysis plan was locked",
        "plan_hash": "",
        "estimator": "OLS",
        "covariance": "CR1S",
        "outcome": "trust",
        "spec_json": MODEL.model_dump_json(),
        "labels_json": "{}",
        "n_obs": 43,
        "n_clusters": 12,
        "df_resid": 40.0,
        "r_squared": 0.23456,
        "seed": 1,
        "fitted_at": NOW,
    }
    rows = [row, {**row, "fit_id": "h1.plain.bbbb", "variant": "plain", "covariance": "HC3", "n_clusters": None}]
    rows.append({**row, "fit_id": "h1.hand.cccc", "variant": "by hand", "is_declared": False})
    rows.append({**row, "fit_id": "h1.main.earlier", "is_current": False})
    rows[0].update(changes)
    return out.FITS.typed(pd.DataFrame(rows))


def estimates():
    rows = [
        {"fit_id": fit, "variant": variant, "position": position, "term": term, "estimate": 0.123456}
        for fit, variant in (("h1.main.aaaa", "main"), ("h1.plain.bbbb", "plain"), ("h1.hand.cccc", "by hand"))
        for position, term in enumerate(("intercept", "voice", "workplace[Municipality]"))
    ]
    figures = {
        "std_error": 0.0456789,
        "df": 11.0,
        "statistic": 2.7,
        "p_value": 0.0204,
        "conf_low": 0.02,
        "conf_high": 0.2,
    }
    return out.ESTIMATES.typed(pd.DataFrame(rows).assign(model="h1", is_declared=True, **figures))


def diagnostics(**values):
    values = {"max_leverage": 0.2, "least_category_n": 15.0, **values}
    rows = [
        {"fit_id": fit, "variant": variant, "diagnostic": name, "value": value}
        for fit, variant in (("h1.main.aaaa", "main"), ("h1.plain.bbbb", "plain"))
        for name, value in values.items()
    ]
    return out.DIAGNOSTICS.typed(pd.DataFrame(rows).assign(model="h1", is_declared=True, threshold=None, verdict="ok"))


def checks(*, passed=True, wave="spring"):
    row = {"check_name": "answers_are_valid", "wave": wave, "passed": passed, "n_failures": 0 if passed else 3}
    return raw.CHECKS.typed(pd.DataFrame([{**row, "checked_at": NOW}]))


def results(**changes):
    return {
        "response_rates": (out.RESPONSE_RATES, response_rates()),
        "scale_means": (out.SCALE_MEANS, scale_means()),
        "distributions": (out.DISTRIBUTIONS, distributions()),
        "fits": (out.FITS, fits()),
        "estimates": (out.ESTIMATES, estimates()),
        "diagnostics": (out.DIAGNOSTICS, diagnostics()),
        "checks": (raw.CHECKS, checks()),
        "responses": (core.RESPONSES, responses()),
        **changes,
    }


def fill(study, **changes):
    store = Store(study.warehouse)
    store.keep_rows(rows_used())
    writes = [Write(table, rows) for table, rows in results(**changes).values()]
    writes.append(Write(core.analysis(study), analysis(study)))
    store.write(writes, input_hash="inputs", run_id="run-1")
    return store


@pytest.fixture
def study(tmp_path):
    return pilot_study(tmp_path)


@pytest.fixture
def store(study):
    return fill(study)


def pointer(study):
    return json.loads((study.releases / "current.json").read_text(encoding="utf-8"))


def read(path, table):
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY ALL").fetch_df()


def assert_whole(study):
    """The pointer names a file that is there, with the bytes it promises."""
    said = pointer(study)
    assert hashlib.sha256((study.releases / said["file"]).read_bytes()).hexdigest() == said["sha256"]
    return said


def test_a_release_is_a_file_of_its_own_name_that_the_pointer_names(study, store):
    done = publish(study, store, "Test")
    said = assert_whole(study)
    assert re.fullmatch(r"r000001-[0-9a-f]{12}\.duckdb", done.path.name)
    assert done.path.name == said["file"] == f"r000001-{done.sha256[:12]}.duckdb"
    assert (said["release"], said["schema_version"], said["sha256"]) == (1, released.SCHEMA_VERSION, done.sha256)
    assert stat.S_IMODE(done.path.stat().st_mode) == 0o444
    assert dt.datetime.fromisoformat(said["published_at"]).tzinfo is not None
    assert sorted(path.name for path in study.releases.iterdir()) == ["current.json", done.path.name]


def test_three_releases_have_three_names_and_leave_the_earlier_files(study, store):
    done = [publish(study, store, "Test") for _ in range(3)]
    assert [each.number for each in done] == [1, 2, 3]
    assert len({each.path for each in done}) == 3
    assert all(hashlib.sha256(each.path.read_bytes()).hexdigest() == each.sha256 for each in done)
    assert pointer(study)["release"] == 3


def test_the_file_has_exactly_the_released_tables_with_their_columns_and_comments(study, store):
    path = publish(study, store, "Test").path
    with duckdb.connect(path, read_only=True) as connection:
        rows = connection.execute(
            "SELECT schema_name || '.' || table_name, column_name, data_type, comment FROM duckdb_columns() "
            "WHERE NOT internal"
        ).fetchall()
        views = connection.execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchall()
    expected = {
        (table.name, name, DUCKDB_TYPES[column.kind], f"{table.grain}. {column.meaning}")
        for table in released.TABLES
        for name, column in table.columns.items()
    }
    assert set(rows) == expected
    assert views == [(0,)]
    for table in released.TABLES:
        table.schema().validate(table.typed(read(path, table.name)))


def test_no_column_and_no_byte_of_the_file_is_about_one_respondent_or_organisation(study, store):
    path = publish(study, store, "Test").path
    assert SECRET.encode() not in path.read_bytes()
    with duckdb.connect(path, read_only=True) as connection:
        columns = {name for (name,) in connection.execute("SELECT column_name FROM duckdb_columns()").fetchall()}
        tables = connection.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    assert not columns & set(disclosure.FORBIDDEN_COLUMNS)
    assert not any(name.startswith(("core.", "raw.")) for (name,) in tables)


def test_small_groups_are_hidden_and_shown_figures_rounded(study, store):
    done = publish(study, store, "Test")
    means = read(done.path, "out.scale_means").set_index("respondent_group")
    assert means.loc["MGR", ["n_obs", "mean", "conf_low", "conf_high"]].tolist() == [40, 2.35, 1.43, 3.26]
    assert means.loc["STAFF", ["n_obs", "mean", "conf_low", "conf_high", "alpha", "omega"]].isna().all()
    bands = read(done.path, "out.distributions").set_index("respondent_group")
    assert bands.loc["MGR", ["code_from", "code_to", "percent"]].to_numpy().tolist() == [[1, 1, 50], [2, 3, 50]]
    assert bands.loc["STAFF", ["code_from", "code_to", "is_hidden"]].tolist() == [1, 3, True]
    rates = read(done.path, "out.response_rates").set_index("respondent_group")
    assert rates.loc["MGR", ["n_invited", "n_responses", "n_organisations", "response_rate_2"]].tolist() == [
        100,
        40,
        5,
        0.4,
    ]
    assert rates.loc["STAFF", ["n_invited", "n_responses", "response_rate_2"]].isna().all()
    assert done.n_hidden == {"out.response_rates": 1, "out.scale_means": 1, "out.distributions": 1}


def test_declared_fits_are_released_rounded_with_their_origin_and_fits_by_hand_are_not(study, store):
    done = publish(study, store, "Test")
    fits_ = read(done.path, "out.fits").set_index("variant")
    assert set(fits_.index) == {"main", "plain"}
    shown = ["n_obs", "n_clusters", "r_squared", "focal_term", "expected_sign", "digest"]
    assert fits_.loc["main", shown].tolist() == [
        45,
        10,
        0.23,
        "voice",
        "positive",
        "digest-of-main",
    ]
    terms = read(done.path, "out.estimates")
    assert set(terms["fit_id"]) == set(fits_["fit_id"])
    assert set(terms["estimate"]) == {0.123}
    labels = read(done.path, "meta.texts").query("kind == 'term_label' and language == 'en'")
    assert dict(zip(labels["name"], labels["text"], strict=True))["h1/workplace[Municipality]"] == (
        "Place of work: Municipality"
    )


def test_the_manifest_says_what_a_page_must_know(study, store):
    publish(study, store, "Test")
    manifest = read(publish(study, store, "Test").path, "meta.manifest").set_index("key")["value"]
    assert dt.datetime.fromisoformat(manifest.pop("released_at")).tzinfo is not None
    assert manifest.to_dict() == {
        "study": "pilot",
        "is_synthetic": "true",
        "schema_version": str(released.SCHEMA_VERSION),
        "software_version": metadata.version("sensemaking"),
        "release": "2",
        "least_cell_size": "10",
        "policy": json.dumps(asdict(Policy(least_cell_size=10)), sort_keys=True),
        "policy_sha256": Policy(least_cell_size=10).sha256,
        "languages": "en,da",
        "waves": "spring,autumn",
        "respondent_groups": "MGR,STAFF",
        "no_inference": "",
        "audit": "passed",
        "embargo_until": "",
    }


def test_what_is_published_is_what_was_looked_at(study, store):
    seen = preview(study, store)
    assert publish(study, store, "Test", seen=seen).number == 1
    seen = preview(study, store)
    fill(study, response_rates=(out.RESPONSE_RATES, response_rates().assign(n_invited=200)))
    with pytest.raises(ReleaseRefused, match="changed while the release was looked at"):
        publish(study, store, "Test", seen=seen)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"fits": (out.FITS, fits(df_resid=9.0))}, "fewer than 10 degrees of freedom"),
        ({"fits": (out.FITS, fits(n_clusters=9))}, "fewer than 10 clusters"),
        ({"fits": (out.FITS, fits(n_obs=9))}, "fewer than 10 responses"),
    ],
)
def test_a_fit_that_gives_someone_away_is_withheld_with_its_terms_and_the_reason(study, changes, reason):
    done = publish(study, fill(study, **changes), "Test")
    assert done.withheld_fits == {"h1.main.aaaa": reason}
    assert set(read(done.path, "out.fits")["variant"]) == {"plain"}
    assert set(read(done.path, "out.estimates")["variant"]) == {"plain"}


@pytest.mark.parametrize(
    "values",
    [
        {"max_leverage": 0.95},
        {"max_leverage": None},
        {"least_category_n": 2.0},
        {"least_category_organisations": 2.0},
    ],
)
def test_diagnostics_decide_on_every_fit(study, values):
    done = publish(study, fill(study, diagnostics=(out.DIAGNOSTICS, diagnostics(**values))), "Test")
    assert set(done.withheld_fits) == {"h1.main.aaaa", "h1.plain.bbbb"}
    assert read(done.path, "out.estimates").empty


def test_a_variant_whose_people_differ_by_few_from_the_model_s_is_withheld(study):
    store = fill(study)
    others = store.keep_rows(rows_used(without=4))
    store = fill(study, fits=(out.FITS, fits(data_hash=others)))
    reason = "differs from a released fit by fewer than 10 responses"
    assert publish(study, store, "Test").withheld_fits == {"h1.plain.bbbb": reason}


def test_a_model_as_written_goes_before_the_variants_of_every_model(tmp_path):
    write_study(tmp_path, STUDY.replace("[h1]", "[h2, h1]"))
    (tmp_path / "models" / "h2.yaml").write_text(MODELS["h1"].replace("name: h1", "name: h2"), encoding="utf-8")
    study = load_study(tmp_path)
    others = fill(study).keep_rows(rows_used(without=4))
    rows = fits(model="h2", data_hash=others)
    assert set(publish(study, fill(study, fits=(out.FITS, rows)), "Test").withheld_fits) == {"h1.plain.bbbb"}


def test_a_fit_with_a_category_of_cell_texts_is_withheld(tmp_path):
    write_study(tmp_path)
    instrument = INSTRUMENTS["voice"].replace("workplace: {response_scale: workplaces,", "workplace: {kind: code,")
    (tmp_path / "instruments" / "voice.yaml").write_text(instrument, encoding="utf-8")
    study = load_study(tmp_path)
    done = publish(study, fill(study), "Test")
    reason = "a category whose names are cell texts"
    assert done.withheld_fits == {"h1.main.aaaa": reason, "h1.plain.bbbb": reason}
    assert b"Municipality" not in done.path.read_bytes()


@pytest.mark.parametrize("rows", [out.FITS.empty(), fits(is_current=False).head(1), fits(is_declared=False).head(1)])
def test_a_model_that_could_not_be_estimated_is_named_and_does_not_block(study, rows):
    done = publish(study, fill(study, fits=(out.FITS, rows)), "Test")
    assert done.withheld_fits == {"h1": "not estimated: see the run"}
    assert len(read(done.path, "out.scale_means")) == 2


def test_the_study_s_least_cell_size_is_the_one_that_is_used(tmp_path):
    study = pilot_study(tmp_path, f"{STUDY}release: {{least_cell_size: {LEAST_CELL_SIZE_FLOOR}}}\n")
    done = publish(study, fill(study), "Test")
    assert done.n_hidden == {"out.response_rates": 0, "out.scale_means": 0, "out.distributions": 0}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"checks": (raw.CHECKS, checks(passed=False))},
            "the check answers_are_valid of wave spring last failed with 3 failures; mend the data",
        ),
        (
            {
                "scale_means": (out.SCALE_MEANS, out.SCALE_MEANS.empty()),
                "response_rates": (out.RESPONSE_RATES, out.RESPONSE_RATES.empty()),
            },
            "there are no results yet; run the study first",
        ),
        *(
            (
                {"fits": (out.FITS, fits(**{name: value}))},
                "the fit h1.main.aaaa has no complete record of its origin; run the study again",
            )
            for name in ORIGIN
            for value in ("", None)
        ),
    ],
)
def test_a_shut_gate_releases_nothing_and_says_why(study, changes, reason):
    first = publish(study, fill(study), "Test")
    with pytest.raises(ReleaseRefused) as caught:
        publish(study, fill(study, **changes), "Test")
    assert caught.value.reasons == (reason,)
    assert assert_whole(study)["file"] == first.path.name
    assert len(list(study.releases.glob("*.duckdb"))) == 1


def test_a_failed_check_of_a_wave_that_the_study_no_longer_has_shuts_no_gate(study):
    both = pd.concat([checks(), checks(passed=False, wave="pretest")], ignore_index=True)
    publish(study, fill(study, checks=(raw.CHECKS, both)), "Test")
    assert pointer(study)["release"] == 1


def test_a_wave_that_was_never_checked_is_refused(study):
    with pytest.raises(ReleaseRefused, match="wave spring was never checked"):
        publish(study, fill(study, checks=(raw.CHECKS, checks(wave="pretest"))), "Test")


def test_an_empty_warehouse_is_refused(study):
    with pytest.raises(ReleaseRefused, match="there are no results yet"):
        publish(study, Store(study.warehouse), "Test")
    assert not study.releases.exists() or list(study.releases.iterdir()) == []


def test_what_the_audit_finds_is_never_written(study, store, monkeypatch):
    protect = disclosure.protect_scale_means
    monkeypatch.setattr(disclosure, "protect_scale_means", lambda *given: protect(*given).assign(mean=2.0))
    with pytest.raises(disclosure.DisclosureError, match=r"out\.scale_means shows a value in a cell that is hidden"):
        publish(study, store, "Test")
    assert not list(study.releases.glob("*"))


def test_a_folder_that_cannot_be_written_is_an_error_of_the_machine(study, store):
    study.releases.write_text("a file", encoding="utf-8")
    with pytest.raises(WarehouseError, match="releases"):
        publish(study, store, "Test")


def test_a_lock_that_cannot_be_made_is_an_error_of_the_machine(study, store):
    (study.warehouse / "release.lock").mkdir()
    with pytest.raises(WarehouseError, match="releases"):
        publish(study, store, "Test")


def test_a_release_waits_for_a_run_and_says_for_whom(study, store):
    hold = (
        "import sys, time\nfrom pathlib import Path\nfrom pipelines.lock import exclusive\n"
        "with exclusive(Path(sys.argv[1]), 'sensemaking run'):\n    print('held', flush=True)\n"
        "    sys.stdin.readline()\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", hold, str(study.warehouse / "run.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout.readline() == "held\n"
    messages, seen = [], []

    def on_wait(message):
        messages.append(message)
        seen.append(study.releases.exists())
        run.communicate("\n", timeout=30)

    publish(study, store, "Test", on_wait)
    assert len(messages) == 1
    assert f"Waiting for sensemaking run (process {run.pid}, since" in messages[0]
    assert seen == [False]
    assert pointer(study)["release"] == 1


def test_a_release_may_be_made_by_the_process_that_holds_the_study(study, store):
    with exclusive(study.warehouse / "run.lock", "a run and its release"):
        assert publish(study, store, "Test").number == 1


def test_left_overs_of_a_killed_release_are_removed(study, store):
    study.releases.mkdir()
    for name in (".build-dead.duckdb", ".build-dead.duckdb.wal", ".current.json.dead"):
        (study.releases / name).write_bytes(b"half")
    done = publish(study, store, "Test")
    assert sorted(path.name for path in study.releases.iterdir()) == ["current.json", done.path.name]


def test_the_pointer_is_replaced_and_never_written_over(study, store):
    first = publish(study, store, "Test")
    with (study.releases / "current.json").open(encoding="utf-8") as opened:
        publish(study, store, "Test")
        assert json.load(opened)["file"] == first.path.name
    assert pointer(study)["release"] == 2


@pytest.mark.slow
def test_a_reader_never_finds_half_a_pointer_or_a_missing_file(study, store):
    publish(study, store, "Test")
    stop, seen, broken = threading.Event(), set(), []

    def look():
        while not stop.is_set():
            try:
                seen.add(assert_whole(study)["release"])
            except Exception as error:
                broken.append(error)

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for _ in range(6):
            publish(study, store, "Test")
    finally:
        stop.set()
        reader.join()
    assert broken == []
    assert seen <= set(range(1, 8))
    assert len(seen) > 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "death",
    [
        "release.insert_rows = die",
        "release.file_sha256 = die",
        "release.point_to = die",
        "flush = release_pointer.flush_file\n"
        "release_pointer.flush_file = lambda path: die() if path.name.startswith('.current') else flush(path)",
    ],
    ids=["while the file is built", "before it has its name", "before the pointer", "before the pointer is replaced"],
)
def test_a_killed_release_leaves_the_earlier_one(study, store, death):
    first = publish(study, store, "Test")
    program = PUBLISH.format(tests=str(Path(__file__).parent), death=DIE + death)
    ended = subprocess.run(
        [sys.executable, "-c", program, str(study.folder)], capture_output=True, text=True, check=False, timeout=120
    )
    assert (ended.returncode, ended.stderr) == (-signal.SIGKILL, "")
    assert assert_whole(study)["file"] == first.path.name
    later = publish(study, store, "Test")
    assert assert_whole(study)["file"] == later.path.name
    assert later.number > first.number
    assert not [path for path in study.releases.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("use", "term"),
    [
        ("number", "voice"),
        ("organisation_mean", "voice_organisation_mean"),
        ("within_organisation", "voice_within_organisation"),
    ],
)
def test_the_focal_term_is_the_name_the_estimates_use(study, use, term):
    model = study.models["h1"]
    focal = {"variable": "voice", "use": use}
    changed = type(model).model_validate({**model.model_dump(), "focal": focal, "regressors": (focal,)})
    assert focal_term(changed) == term


def test_a_focal_category_has_no_single_term(study):
    model = study.models["h1"]
    focal = {"variable": "workplace", "use": "category"}
    assert (
        focal_term(type(model).model_validate({**model.model_dump(), "focal": focal, "regressors": (focal,)})) is None
    )


def analysis_of(n_per_cell, organisations):
    """Responses in which the workplace is spread over the organisations named, workplace by workplace."""
    random = np.random.default_rng(20260501)
    rows = pd.DataFrame(
        [
            {"workplace": workplace, "organisation_id": organisation}
            for workplace, names in organisations.items()
            for organisation in names
            for _ in range(n_per_cell)
        ]
    )
    n = len(rows)
    rows = rows.assign(response_id=[f"s/{k:04}" for k in range(n)], wave="spring", source="s", respondent_group="MGR")
    return rows.assign(voice=random.normal(size=n), trust=random.normal(size=n))


def diagnostics_of(study, rows, regressors, **changes):
    """The diagnostics of a fit of the model with these regressors to these rows."""
    store = Store(study.warehouse)
    table = core.analysis(study)
    store.write([Write(table, rows.reindex(columns=list(table.columns)))], input_hash="inputs", run_id="run-1")
    model = study.models["h1"]
    changed = {**model.model_dump(), "focal": regressors[0], "regressors": tuple(regressors), "variants": (), **changes}
    found = fit_model(
        study, store, store.read(core.analysis(study)), type(model).model_validate(changed), "main", is_declared=True
    ).diagnostics
    return dict(zip(found["diagnostic"], found["value"], strict=True))


WORKPLACE = {"variable": "workplace", "use": "category"}
MANY = [f"o{k}" for k in range(12)]
HC3 = {"covariance": "HC3", "cluster": None}


@pytest.mark.parametrize(
    ("organisations", "reference", "least"),
    [
        ({1: MANY, 2: MANY}, 1, 12),
        ({1: MANY, 2: MANY[:1]}, 1, 1),
        ({1: MANY, 2: MANY[:1]}, 2, 1),
        ({1: MANY[:2], 2: MANY}, 1, 2),
        ({1: MANY[:6], 2: MANY[6:]}, 1, 6),
    ],
    ids=["in all", "a category of one", "the reference of one", "the reference of two", "a half each"],
)
def test_the_organisations_behind_the_least_category_are_counted(study, organisations, reference, least):
    rows = analysis_of(10, organisations)
    found = diagnostics_of(study, rows, ["voice", {**WORKPLACE, "reference": reference}], **HC3)
    assert found["least_category_organisations"] == least
    assert found["n_organisations"] == 12


def test_a_cell_of_two_categories_counts_where_a_product_makes_it_a_term(study):
    rows = analysis_of(10, {1: MANY, 2: MANY})
    late = (rows["workplace"] == 2) & (rows["organisation_id"] != "o0")
    rows["wave"] = np.where(late | (rows.index % 2 == 0), "autumn", "spring")
    apart = ["voice", WORKPLACE, {"variable": "wave", "use": "category"}]
    product = {"interaction": (WORKPLACE, {"variable": "wave", "use": "category"})}
    assert diagnostics_of(study, rows, apart, **HC3)["least_category_organisations"] == 12
    assert diagnostics_of(study, rows, [*apart, product], **HC3)["least_category_organisations"] == 1


def test_a_number_with_two_values_counts_as_a_category(study):
    rows = analysis_of(10, {1: MANY})
    rows["age"] = np.where(rows["organisation_id"] == "o3", 30, 40)
    assert diagnostics_of(study, rows, ["voice", "age"], **HC3)["least_category_organisations"] == 1


def test_without_categories_or_without_organisations_nothing_is_counted(study):
    rows = analysis_of(10, {1: MANY, 2: MANY})
    assert "least_category_organisations" not in diagnostics_of(study, rows, ["voice"], **HC3)
    unknown = rows.assign(organisation_id=None)
    found = diagnostics_of(study, unknown, ["voice", WORKPLACE], **HC3)
    assert not {"least_category_organisations", "n_organisations"} & set(found)
