"""The workbench's page of coding: scheme, progress and agreement, and never an answer."""

from collections.abc import Callable
from pathlib import Path

from workbench_pages import Seen
from workbench_studies import code_by_two

from tests.coded_study import build_coded_study, run_steps


def test_progress_and_agreement_are_shown_without_any_answer(
    tmp_path: Path, opened: Callable[..., Callable[..., Seen]]
):
    folder = build_coded_study(tmp_path / "small")
    study, _ = run_steps(folder)
    page = opened(folder)
    before = page("Coding").tables["Progress"]
    assert (before["n_coded"].sum(), before["n_left"].sum()) == (0, before["n_assigned"].sum())
    code_by_two(study)
    seen = page("Coding")
    assert seen.tables["Progress"]["n_left"].sum() == 0
    assert seen.tables["Scheme"]["code"].tolist() == ["A1", "A2", "A3", "X1", "X2"]
    now = seen.tables["Agreement now"].set_index("code")
    last = seen.tables["Agreement by code and question, last run"].query("item == ''").set_index("code")
    assert now.loc["A1", "kappa"] == last.loc["A1", "kappa"] < 1
    assert "word word" not in seen.everything
    assert "=reason" not in seen.everything
