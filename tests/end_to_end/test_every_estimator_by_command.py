"""Every kind of fit on the shipped demonstration: fitted by command, made again with the same bits, compared, shown."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st

from pipelines.methods_report.defined import ESTIMATORS
from pipelines.workbench.opening import ROOM_VARIABLE, STUDY_VARIABLE
from tests.command_line import done, sensemaking, table
from tests.every_estimator import FITS
from tests.workbench.workbench_pages import Seen, open_page


@pytest.fixture(scope="module")
def demonstration(shipped_demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(shipped_demonstration, tmp_path_factory.mktemp("every") / "demo"))


@pytest.fixture
def pages(demonstration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Seen]]:
    monkeypatch.setenv(STUDY_VARIABLE, str(demonstration))
    monkeypatch.setenv(ROOM_VARIABLE, str(tmp_path / "copies"))
    yield open_page
    st.cache_resource.clear()


def test_every_kind_of_fit_is_among_those_made_here():
    assert set(FITS) == set(ESTIMATORS)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("kind", FITS)
def test_it_is_fitted_made_again_with_the_same_bits_compared_and_shown_in_the_workbench(
    demonstration: Path, kind: str, pages: Callable[..., Seen]
):
    model, *settings = FITS[kind]
    said = [part for setting in settings for part in ("--set", setting)]
    fit = done(sensemaking("fit", demonstration, model, *said, "--json")).document
    (record,) = fit["fit"]
    assert record["estimator"] == kind
    assert all(row["std_error"] > 0 for row in fit["estimates"] if row["std_error"] is not None)
    again = done(sensemaking("rerun", demonstration, record["fit_id"], "--json")).document
    assert (again["verdict"], again["largest_difference"], again["changed"]) == ("identical", 0, [])
    fits = table(demonstration, "out.fits").query("model == @model and variant == 'main' and is_declared")
    beside = done(sensemaking("compare", demonstration, fits["fit_id"].item(), record["fit_id"], "--json")).document
    terms = {row["term"] for row in beside["terms"] if row["estimate_second"] is not None}
    assert terms == {row["term"] for row in fit["estimates"]}
    shown = pages("Models", fit=record["fit_id"]).tables["Estimates"]
    assert shown["term"].tolist() == [row["term"] for row in fit["estimates"]]
