"""A replication package from the warehouse to the reviewer's folder: what is in it, what is not, what is noticed."""

import json
import re
import shutil
import subprocess
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import fisher_exact

from pipelines.load import load_study
from pipelines.replication import script
from pipelines.store import Store
from pipelines.tables import out
from tests.command_line import done, sensemaking
from tests.replication_script import reproduced, reproduced_here, with_hash_mended
from tests.run_steps import bring_up_to_date
from tests.small_study import MODEL, SECRET, answers, build_small_study, write_export

N_ORGANISATIONS = 24
CLUSTERED = MODEL.replace("covariance: HC3", "covariance: CR2\ncluster: organisation_id").replace(
    "{name: classical, covariance: classical}", "{name: hc3, covariance: HC3, cluster: none}"
)
DAY = re.compile(r"20\d\d-\d\d-\d\d|\d\d:\d\d:\d\d")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_small_study(tmp_path_factory.mktemp("replicated") / "small", waves=())
    (folder / "models/trust.yaml").write_text(CLUSTERED, encoding="utf-8")
    for wave in ("autumn", "spring"):
        table = answers(wave, n_responses=120)
        table["organisation"] = [f"Kommune-{place % N_ORGANISATIONS}" for place in range(len(table))]
        write_export(folder, f"{wave}.csv", table)
    bring_up_to_date(folder)
    return folder


@pytest.fixture(scope="module")
def packages(study: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, found = tmp_path_factory.mktemp("packages"), {}
    for kind, more in (("synthetic", ()), ("deidentified", ("--sign-off", "Data Board")), ("none", ())):
        found[kind] = folder / kind
        done(sensemaking("export", "replication", study, "--out", found[kind], "--data", kind, *more))
    return found


def copied(package: Path, folder: Path) -> Path:
    return shutil.copytree(package, folder / "received")


@pytest.mark.parametrize("kind", ["synthetic", "deidentified", "none"])
def test_a_package_reproduces_itself_in_a_clean_folder_and_process(packages, tmp_path, kind):
    package = copied(packages[kind], tmp_path)
    ended = reproduced(package)
    assert ended.code == 0, ended.stdout + ended.stderr
    assert "every file is as the manifest says" in ended.stdout
    if kind != "none":
        assert re.search(
            r"from these rows: [\d,]+ figures in \d+ tables of fits: \d+ identical, 0 within", ended.stdout
        )
    assert script.faults_of_manifest(package) == []


def test_real_rows_give_what_the_study_recorded(packages, tmp_path, capsys):
    package = copied(packages["deidentified"], tmp_path)
    told = done(reproduced_here(package, capsys)).stdout
    drawn = json.loads((package / "about.json").read_text())["drawn_anew"]
    assert {(table, what) for table, _, what in drawn} <= {("readings", "wild_bootstrap")}
    assert re.search(r"as the study recorded: [1-9].* 0 different", told)
    beside = pd.read_csv(package / "reproduced/beside_recorded.csv")
    assert len(beside) == 6
    assert beside["estimate_recorded"].to_numpy() == pytest.approx(beside["estimate_made_again"], abs=1e-9)
    assert beside["std_error_recorded"].to_numpy() == pytest.approx(beside["std_error_made_again"], abs=1e-9)


def test_invented_rows_give_other_figures_and_the_script_says_why(packages, tmp_path, capsys):
    package = copied(packages["synthetic"], tmp_path)
    assert "differ from the recorded ones by design" in done(reproduced_here(package, capsys)).stdout
    beside = pd.read_csv(package / "reproduced/beside_recorded.csv")
    assert (beside["estimate_recorded"] - beside["estimate_made_again"]).abs().min() > 1e-6
    assert (beside["std_error_made_again"] / beside["std_error_recorded"]).between(0.4, 2.5).all()
    for near in pd.read_csv(package / "data/closeness.csv").itertuples():
        n_by_chance = round(near.share_equal_real * near.n_rows)
        counts = [[near.n_equal, near.n_rows - near.n_equal], [n_by_chance, near.n_rows - n_by_chance]]
        assert fisher_exact(counts, alternative="greater").pvalue > 1e-6, "more rows are real ones than chance makes"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda package: (package / "specs/study.yaml").write_text("name: other"), "changed: specs/study.yaml"),
        (lambda package: (package / "software/models/estimates.py").write_text(""), "changed: software/models/estima"),
        (lambda package: (package / "results/withheld.csv").unlink(), "missing: results/withheld.csv"),
        (lambda package: (package / "data/more.csv").write_text("a\n1\n"), "added: data/more.csv"),
    ],
    ids=["changed", "changed software", "missing", "added"],
)
def test_a_changed_file_is_found(packages, tmp_path, change, told):
    package = copied(packages["synthetic"], tmp_path)
    change(package)
    (fault,) = script.faults_of_manifest(package)
    assert fault.startswith(told)


def test_nothing_of_a_changed_package_runs(packages, tmp_path):
    package = copied(packages["synthetic"], tmp_path)
    (package / "software/models/__init__.py").write_text("raise SystemExit(7)")
    ended = reproduced(package)
    assert (ended.code, ended.stderr) == (2, "")
    assert "changed: software/models/__init__.py" in ended.stdout


@pytest.mark.parametrize("kind", ["recorded", "expected"])
def test_a_figure_changed_together_with_its_hash_is_found_by_the_refit(packages, tmp_path, capsys, kind):
    package, name = copied(packages["deidentified"], tmp_path), f"results/{kind}/estimates.csv"
    table = pd.read_csv(package / name)
    table.loc[0, "estimate"] += 1e-6
    table.to_csv(package / name, index=False)
    with_hash_mended(package, name)
    ended = reproduced_here(package, capsys)
    assert ended.code == 1
    assert f"different: {table.loc[0, 'fit_id']}, estimates" in ended.stdout


def test_a_changed_answer_is_found_by_the_refit(packages, tmp_path, capsys):
    package = copied(packages["deidentified"], tmp_path)
    index = pd.read_csv(package / "data/rows_of_fits.csv")
    name = f"data/{index.loc[0, 'file']}"
    rows = pd.read_csv(package / name)
    rows.loc[0, "trust"] += 0.5
    rows.to_csv(package / name, index=False)
    with_hash_mended(package, name)
    assert reproduced_here(package, capsys).code == 1


def test_whom_to_ask_and_terms_may_be_filled_in(packages, tmp_path):
    package = copied(packages["synthetic"], tmp_path)
    for name in ("README.md", "LICENCE.md"):
        (package / name).write_text((package / name).read_text() + "\nFilled in.\n")
    assert script.faults_of_manifest(package) == []


@pytest.mark.parametrize("kind", ["synthetic", "deidentified", "none"])
def test_no_package_names_a_response_an_organisation_a_day_or_an_open_answer(study, packages, kind):
    names = {f"Kommune-{place}" for place in range(N_ORGANISATIONS)} | {SECRET, "autumn-1", "staff/"}
    for path in packages[kind].rglob("*"):
        if not path.is_file() or "software" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        assert [name for name in names if name in text] == [], path
        assert str(study) not in text
        if {"data", "results"} & set(path.relative_to(packages[kind]).parts):
            assert DAY.search(text) is None, path


def test_rows_without_identifiers_keep_answers_and_clusters_and_no_other_column(packages, study):
    store = Store(load_study(study).warehouse)
    fit = store.read(out.FITS).query("variant == 'main'").iloc[0]
    real = store.kept_rows(fit["data_hash"])
    given = pd.read_csv(packages["deidentified"] / f"data/{fit['fit_id']}.csv", float_precision="round_trip")
    assert list(given) == list(real)
    answers_of = ["trust", "teamwork", "tenure"]
    assert sorted(map(tuple, given[answers_of].to_numpy())) == sorted(map(tuple, real[answers_of].to_numpy(float)))
    sizes = [sorted(each.groupby("organisation_id").size()) for each in (given, real)]
    assert sizes[0] == sizes[1]
    assert given["organisation_id"].str.fullmatch(r"o\d+").all()


def test_real_rows_are_refused_without_a_sign_off_with_every_reason(study, tmp_path):
    ended = sensemaking("export", "replication", study, "--out", tmp_path / "p", "--data", "deidentified")
    assert ended.code == 1
    assert "k = 1" in ended.stderr
    assert "--sign-off NAME" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_who_signed_off_and_what_rows_tell_is_written_down(packages):
    package = packages["deidentified"]
    told = json.loads((package / "disclosure.json").read_text())
    assert (told["sign_off"], told["k"]) == ("Data Board", 1)
    assert told["reasons"]
    assert "Data Board states that a data agreement covers these rows" in (package / "README.md").read_text()
    assert package.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--data", "real"), 2, "expected synthetic, deidentified, none"),
        (("--sign-off", "Me"), 2, "--sign-off is for real rows"),
        (("--release", "7"), 2, "there is no release 7; published: none yet"),
        (("--release", "latest"), 2, "give its number"),
        (("--out", "{study}/releases/p"), 2, "releases"),
        (("--out", "{study}/nowhere/p"), 2, "make it first"),
        (("--out", "{study}"), 2, "is there already, and a package is never replaced"),
    ],
    ids=["kind", "sign-off", "release", "name", "public place", "no folder", "taken"],
)
def test_wrong_use_is_refused_with_what_to_do(study, tmp_path, options, code, told):
    (study / "releases").mkdir(exist_ok=True)
    given = [each.replace("{study}", str(study)) for each in options]
    ended = sensemaking(
        "export", "replication", study, *(() if "--out" in given else ("--out", tmp_path / "p")), *given
    )
    assert ended.code == code
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_same_study_gives_the_same_archive_of_invented_rows(study, tmp_path):
    for name in ("first.zip", "second.zip"):
        told = done(sensemaking("export", "replication", study, "--out", tmp_path / name, "--json")).document
        assert (told["n_fits"], told["data"]) == (2, "synthetic")
    contents = []
    for name in ("first", "second"):
        with zipfile.ZipFile(tmp_path / f"{name}.zip") as archive:
            contents.append({each.partition("/")[2]: archive.read(each) for each in archive.namelist()})
    assert contents[0] == contents[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first.zip", "second.zip"]


def test_models_changed_since_the_run_are_refused(study, tmp_path):
    changed = shutil.copytree(study, tmp_path / "small")
    (changed / "models/trust.yaml").write_text(CLUSTERED.replace("[teamwork, tenure]", "[teamwork]"), encoding="utf-8")
    ended = sensemaking("export", "replication", changed, "--out", tmp_path / "p")
    assert ended.code == 1
    assert "models changed since the last run: trust (hc3), trust (main)" in ended.stderr


def test_the_fits_of_a_release_are_packaged_by_its_number(study, tmp_path):
    released = shutil.copytree(study, tmp_path / "small")
    done(sensemaking("release", released, "--sign-off", "Test"))
    for number, name in (("1", "by_number"), (next((released / "releases").glob("r*.duckdb")).name, "by_name")):
        options = ("--out", tmp_path / name, "--release", number, "--data", "none", "--json")
        assert done(sensemaking("export", "replication", released, *options)).document["n_fits"] == 2
        assert "release 1: 2 fits" in (tmp_path / name / "README.md").read_text()
        assert not (tmp_path / name / "data").exists()


@pytest.mark.slow
def test_a_package_runs_in_an_environment_that_holds_what_its_requirements_list_and_nothing_else(packages, tmp_path):
    package = copied(packages["synthetic"], tmp_path)
    listed = re.findall(r"^([\w.-]+)==(\S+)", (package / "environment/requirements.txt").read_text(), re.MULTILINE)
    assert len(listed) > 10
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    site = next((tmp_path / "venv").glob("lib/python*/site-packages"))
    for name, version in listed:
        distribution = metadata.distribution(name)
        assert distribution.version == version
        for path in distribution.files or ():
            if ".." not in path.parts and "__pycache__" not in path.parts:
                (site / path).parent.mkdir(parents=True, exist_ok=True)
                (site / path).symlink_to(path.locate().resolve())
    command = [str(tmp_path / "venv/bin/python"), "-I", str(package / "reproduce.py")]
    ended = subprocess.run(command, capture_output=True, text=True, env={}, timeout=300, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "0 within 1e-9, 0 different" in ended.stdout
