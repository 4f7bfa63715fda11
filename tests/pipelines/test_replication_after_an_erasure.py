"""A package of a study from which a response was taken out: what can be made again is in it, and the rest is named."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.command_line import done, sensemaking, table
from tests.replication_script import reproduced_here
from tests.run_steps import bring_up_to_date
from tests.small_study import MODEL, build_small_study

GONE = ("--response", "autumn_staff/autumn-7", "--because", "asked")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with a model of each wave, released."""
    folder = build_small_study(tmp_path_factory.mktemp("released") / "small")
    for wave in ("autumn", "spring"):
        of_wave = f"population: {{waves: [{wave}]}}\noutcome:"
        model = MODEL.replace("name: trust", f"name: {wave}").replace("outcome:", of_wave)
        (folder / f"models/{wave}.yaml").write_text(model.partition("variants:")[0], encoding="utf-8")
    (folder / "models/trust.yaml").unlink()
    specification = (folder / "study.yaml").read_text(encoding="utf-8")
    specification = specification.replace("models: [trust]", "models: [autumn, spring]")
    (folder / "study.yaml").write_text(specification, encoding="utf-8")
    bring_up_to_date(folder)
    done(sensemaking("release", folder, "--sign-off", "Test"))
    return folder


@pytest.fixture(scope="module")
def erased(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = Path(shutil.copytree(released, tmp_path_factory.mktemp("erased") / "small"))
    done(sensemaking("erase", study, *GONE))
    return study


def models_in(package: Path) -> set[str]:
    return set(pd.read_csv(package / "results/recorded/fits.csv")["model"])


@pytest.mark.slow
@pytest.mark.parametrize("release", [(), ("--release", "1")], ids=["present", "release"])
def test_a_fit_whose_responses_were_erased_is_left_out_and_named(erased, tmp_path, capsys, release):
    package = tmp_path / "package"
    ended = done(sensemaking("export", "replication", erased, "--out", package, *release))
    fit = table(erased, "out.fits").set_index("model").loc["autumn", "fit_id"]
    assert re.search(f"withheld {fit}: responses of it were erased since", ended.stderr)
    assert ("1 response erased on" in ended.stderr) == bool(release)
    assert models_in(package) == {"spring"}
    assert list(pd.read_csv(package / "results/withheld.csv")["fit"]) == [fit]
    assert done(reproduced_here(package, capsys))


@pytest.mark.slow
def test_a_package_without_a_fit_that_can_be_made_again_is_refused_with_the_reason(erased, tmp_path):
    study = Path(shutil.copytree(erased, tmp_path / "small"))
    done(sensemaking("erase", study, "--response", "spring_staff/spring-7", "--because", "asked"))
    for release in ((), ("--release", "1")):
        ended = sensemaking("export", "replication", study, "--out", tmp_path / "package", "--data", "none", *release)
        assert ended.code == 1
        assert "no fit that may be shown and made again" in ended.stderr
        assert "responses of it were erased since" in ended.stderr
        assert "Traceback" not in ended.stderr
    assert not (tmp_path / "package").exists()


@pytest.mark.slow
def test_after_another_run_the_fit_of_the_others_is_packaged(erased, tmp_path):
    study = Path(shutil.copytree(erased, tmp_path / "small"))
    bring_up_to_date(study)
    done(sensemaking("export", "replication", study, "--out", tmp_path / "package"))
    assert models_in(tmp_path / "package") == {"autumn", "spring"}


def test_tables_of_a_release_are_its_rounded_figures_and_made_again_like_them(released, tmp_path, capsys):
    package, tables = tmp_path / "package", tmp_path / "tables"
    done(sensemaking("export", "replication", released, "--out", package, "--release", "1", "--data", "deidentified",
                     "--sign-off", "Data Board"))  # fmt: skip
    assert done(reproduced_here(package, capsys))
    done(sensemaking("tables", released, "--out", tables, "--kind", "regressions", "--format", "html"))
    assert (package / "results/tables/regressions.html").read_bytes() == (tables / "tables.html").read_bytes()
    assert (package / "reproduced/regressions.html").read_bytes() == (tables / "tables.html").read_bytes()
    assert "From release 1 of" in (package / "reproduced/regressions.html").read_text(encoding="utf-8")


def test_an_earlier_release_is_printed_as_it_was(released, tmp_path, capsys):
    study = Path(shutil.copytree(released, tmp_path / "small"))
    text = (study / "models/autumn.yaml").read_text(encoding="utf-8")
    (study / "models/autumn.yaml").write_text(text.replace("[teamwork, tenure]", "[teamwork]"), encoding="utf-8")
    bring_up_to_date(study)
    done(sensemaking("release", study, "--sign-off", "Test"))
    for number in ("1", "2"):
        done(sensemaking("export", "replication", study, "--out", tmp_path / number, "--release", number))
        assert done(reproduced_here(tmp_path / number, capsys))
    old, new = (pd.read_csv(tmp_path / number / "results/recorded/printed.csv") for number in ("1", "2"))
    assert (old["place"].str.startswith("label ").sum()) > new["place"].str.startswith("label ").sum()
    assert old["text"].str.contains("Years in the organisation", na=False).any()
