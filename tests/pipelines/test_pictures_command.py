"""``sensemaking pictures`` and what a run and ``fit`` say of products and surfaces, on a small study."""

import shutil
from pathlib import Path

import pytest
from command_line import sensemaking
from run_steps import bring_up_to_date
from small_study import MODEL, build_small_study

from pipelines.kept_rows import rest_of_rows
from pipelines.load import load_study
from pipelines.store import Store
from pipelines.tables import out, shapes

PRODUCT = "regressors: [teamwork, tenure, {interaction: [teamwork, tenure]}]"
SURFACE = """regressors:
  - surface: {self_report: teamwork, other_report: trust, scale: [1, 5]}
"""


def named(name, regressors, *changes):
    text = MODEL.replace("name: trust", f"name: {name}", 1).replace("regressors: [teamwork, tenure]", regressors)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_small_study(tmp_path_factory.mktemp("pictured") / "small")
    (folder / "models" / "product.yaml").write_text(named("product", PRODUCT))
    (folder / "models" / "views.yaml").write_text(named("views", SURFACE, ("outcome: trust", "outcome: tenure")))
    path = folder / "study.yaml"
    path.write_text(path.read_text().replace("models: [trust]", "models: [trust, product, views]"))
    bring_up_to_date(folder)
    return folder


def of_fit(study, table, model):
    rows = Store(load_study(study).warehouse).read(table)
    return rows[(rows["model"] == model) & (rows["variant"] == "main")]


def test_a_run_keeps_slopes_regions_curves_and_the_surface(study: Path):
    slopes = of_fit(study, shapes.SLOPES, "product")
    assert set(slopes["at"]) == {"mean_less_sd", "mean", "mean_plus_sd"}
    assert of_fit(study, shapes.SLOPE_REGIONS, "product")["share_of_responses"].sum() == pytest.approx(1)
    assert set(of_fit(study, shapes.CURVES, "product")["curve"]) == {"effect", "outcome"}
    surface = of_fit(study, shapes.SURFACE, "views").sort_values("position")
    assert list(surface["feature"])[:5] == ["a1", "a2", "a3", "a4", "a5"]
    assert of_fit(study, shapes.SURFACE, "trust").empty


@pytest.mark.parametrize(("model", "title"), [("product", "Regions (Johnson-Neyman)"), ("views", "Surface")])
def test_fit_prints_what_a_product_or_a_surface_says(study: Path, model: str, title: str):
    ended = sensemaking("fit", study, model)
    assert (ended.code, title in ended.stdout) == (0, True)
    document = sensemaking("fit", study, model, "--json").document
    assert bool(document["surface"]) == (model == "views")
    assert bool(document["slope_regions"]) == (model == "product")
    asked = {each["diagnostic"] for each in document["diagnostics"]}
    assert ("surface_organisations" in asked) == (model == "views")


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_pictures_of_fits_are_written_and_listed(study: Path, tmp_path: Path, ending: str):
    folder = tmp_path / "new" / "pictures"
    ended = sensemaking("pictures", study, "product", "views", "--out", folder, "--format", ending, "--json")
    assert ended.code == 0
    written = [Path(each) for each in ended.document["pictures"]]
    assert sorted(written) == sorted(folder.iterdir())
    kinds = {each.stem.rpartition(".")[2].partition("_")[2] for each in written}
    assert kinds == {"", "effect_1", "curve_1", "diagnostics", "surface"}
    assert {each.suffix for each in written} == {f".{ending}"}
    assert all(each.stat().st_size > 1_000 for each in written)


def test_pictures_are_worded_in_the_language_asked_for(study: Path, tmp_path: Path):
    for language, word in (("", "expected"), ("da", "Ventet")):
        told = ("--language", language) if language else ()
        ended = sensemaking("pictures", study, "trust", "--out", tmp_path / (language or "en"), *told)
        assert ended.code == 0
        assert word.lower() in (tmp_path / (language or "en") / "coefficients.svg").read_text().lower()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["produkt"], "there is no fit produkt; did you mean 'product'"),
        (["product", "--format", "gif"], "pictures have no format gif; expected svg, png, pdf"),
        (["product", "--language", "sv"], "pictures have no language sv; expected en or da"),
        ([f"fit_{place}" for place in range(7)], "7 fits do not fit side by side; expected at most 6"),
    ],
)
def test_what_cannot_be_drawn_is_refused_kindly(study: Path, tmp_path: Path, arguments: list[str], message: str):
    ended = sensemaking("pictures", study, *arguments, "--out", tmp_path / "none")
    assert ended.code == 2
    assert message in ended.stderr.replace("\n", " ")
    assert not (tmp_path / "none").exists()


@pytest.mark.slow
def test_a_fit_whose_responses_were_erased_is_drawn_again_only_from_those_that_are_left(study: Path, tmp_path: Path):
    copy = Path(shutil.copytree(study, tmp_path / "small"))
    before = of_fit(copy, out.FITS, "product").iloc[0]
    store = Store(load_study(copy).warehouse)
    gone = str(store.kept_rows(rest_of_rows(store, str(before["data_hash"]))[0])["response_id"].iloc[0])
    assert sensemaking("erase", copy, "--response", gone, "--because", "asked for it").code == 0
    for asked in ("product", before["fit_id"]):
        ended = sensemaking("pictures", copy, asked, "--out", tmp_path / "none")
        told = ended.stderr.replace("\n", " ")
        assert (ended.code, (tmp_path / "none").exists()) == (1, False)
        assert f"{before['fit_id']} cannot be drawn" in told
        assert "run the study and draw the fit that it makes of the others" in told
        assert gone not in told
    bring_up_to_date(copy)
    after = of_fit(copy, out.FITS, "product").query("is_current").iloc[0]
    assert after["n_obs"] == before["n_obs"] - 1
    ended = sensemaking("pictures", copy, "product", "--out", tmp_path / "again")
    assert ended.code == 0
    names = {path.name for path in (tmp_path / "again").iterdir()}
    assert f"{after['fit_id']}_effect_1.svg" in names
    assert not [name for name in names if before["fit_id"] in name]
    assert f"n = {after['n_obs']}" in (tmp_path / "again" / f"{after['fit_id']}_effect_1.svg").read_text()


def test_a_surface_of_scales_with_other_answer_options_is_refused(study: Path, tmp_path: Path):
    copy = build_small_study(tmp_path / "small")
    text = named("trust", SURFACE.replace("[1, 5]", "[1, 7]"), ("outcome: trust", "outcome: tenure"))
    (copy / "models" / "trust.yaml").write_text(text)
    ended = sensemaking("check", copy)
    assert ended.code == 2
    assert "scores of 'teamwork' run over [1, 5], not over [1, 7]" in ended.stderr.replace("\n", " ")


def test_a_release_holds_no_slope_curve_or_surface(study: Path):
    assert sensemaking("release", study, "--sign-off", "Test").code == 0
    released = load_study(study).folder / "releases"
    texts = b"".join(path.read_bytes() for path in released.rglob("*") if path.is_file())
    for word in (b"slope_regions", b"mean_less_sd", b"strict_congruence"):
        assert word not in texts
