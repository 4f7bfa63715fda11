"""``sensemaking tables``: from a study's release or warehouse to files for a paper, and what it refuses."""

import stat
from pathlib import Path

import docx
import openpyxl
import pytest

from tests.command_line import done, release_contents, sensemaking, table
from tests.latex_reader import read

ENDINGS = ("docx", "html", "tex", "xlsx")


def tables(study: Path, folder: Path, *more: object):
    return sensemaking("tables", study, "--out", folder, *more)


@pytest.fixture(scope="module")
def made(finished_small_study: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tables of the release and of the warehouse."""
    top = tmp_path_factory.mktemp("tables")
    for name in ("released", "private"):
        done(tables(finished_small_study, top / name, f"--{name}", "--language", "en"))
    return {name: top / name for name in ("released", "private")}


def page(folder: Path) -> str:
    return (folder / "tables.html").read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")


def test_every_format_is_written_and_opens(made):
    for folder in made.values():
        assert sorted(path.name for path in folder.iterdir()) == [f"tables.{each}" for each in ENDINGS]
        assert len(read((folder / "tables.tex").read_text(encoding="utf-8")).tables) == 2
        assert len(docx.Document(folder / "tables.docx").tables) == 2
        assert openpyxl.load_workbook(folder / "tables.xlsx").sheetnames == ["Table 1", "Table 2", "Notes"]


def test_private_files_are_for_their_owner_and_say_so(made):
    assert stat.S_IMODE((made["private"] / "tables.html").stat().st_mode) == 0o600
    assert "PRIVATE. These figures come from the warehouse" in page(made["private"])
    assert "SYNTHETIC DATA" in page(made["private"])
    assert "PRIVATE" not in page(made["released"])
    assert "From release 1 of " in page(made["released"])


def test_figures_of_the_warehouse_are_exact(made, finished_small_study):
    fits = table(finished_small_study, "out.fits").set_index("variant")
    estimates = table(finished_small_study, "out.estimates")
    own = estimates[(estimates["variant"] == "main") & (estimates["term"] == "teamwork")].iloc[0]
    sheet = openpyxl.load_workbook(made["private"] / "tables.xlsx").worksheets[0]
    row = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "Teamwork")
    figures = own[["estimate", "std_error", "conf_low", "conf_high", "df", "p_value"]].to_list()
    assert row[1:7] == pytest.approx(figures, rel=1e-15)  # a sheet writes 16 digits, of up to 17
    assert f"<span>{fits.loc['main', 'n_obs']}</span>" in page(made["private"])
    assert f"t({own['df']:.0f}) = {own['statistic']:.2f}".replace("-", "−") in page(made["private"])


def test_no_figure_of_released_tables_is_finer_than_the_release(made, finished_small_study):
    released = release_contents(finished_small_study)
    known = {round(value, 3) for name in ("estimate", "std_error", "conf_low", "conf_high", "p_value")
             for value in released["out.estimates"][name]}  # fmt: skip
    sheet = openpyxl.load_workbook(made["released"] / "tables.xlsx").worksheets[0]
    terms = {"Teamwork", "Years in the organisation", "Intercept"}
    figures = [
        value for row in sheet.iter_rows(values_only=True) if row[0] in terms for value in row[1:] if value is not None
    ]
    assert len(figures) >= 15
    assert set(figures) <= known
    n_obs = next(row[1] for row in sheet.iter_rows(values_only=True) if row[0] == "Responses")
    assert n_obs % 5 == 0
    assert " t(" not in page(made["released"])


def test_a_release_and_the_warehouse_name_the_same_terms_and_marks(made):
    first, second = (read((folder / "tables.tex").read_text(encoding="utf-8")).tables[0] for folder in made.values())
    of_terms = [[row[0] for row in rows[2:] if len(row) > 1 or row[0]] for rows in (first, second)]
    assert [label for label in of_terms[1] if label in of_terms[0]] == of_terms[0]
    assert all("Exploratory" in cell for rows in (first, second) for cell in rows[1][1:])


def test_the_same_call_writes_the_same_bytes(made, finished_small_study, tmp_path):
    done(tables(finished_small_study, tmp_path / "again", "--private", "--language", "en"))
    for each in ENDINGS:
        again, before = (folder / f"tables.{each}" for folder in (tmp_path / "again", made["private"]))
        assert again.read_bytes() == before.read_bytes(), each


def test_fits_are_put_side_by_side_in_the_order_asked_for(finished_small_study, tmp_path):
    ids = list(table(finished_small_study, "out.fits")["fit_id"])[::-1]
    arguments = [word for each in ids for word in ("--fit", each)]
    ended = done(
        tables(finished_small_study, tmp_path / "t", *arguments, "--private", "--kind", "regressions", "--json")
    )
    assert ended.document["is_private"] is True
    assert ended.document["tables"] == ["Table 1. Chosen models. Outcome: Trust"]
    assert "; ".join(f"({place}) {name}" for place, name in enumerate(ids, start=1)) in page(tmp_path / "t")


def test_a_fit_made_by_hand_says_so_and_is_in_no_release(study, tmp_path):
    made = done(sensemaking("fit", study, "trust", "--set", "regressors=[teamwork]", "--json")).document
    fit_id = made["fit"][0]["fit_id"]
    (sentence,) = made["sentences"]
    assert "eamwork" in sentence
    assert "exploratory)" in sentence
    done(tables(study, tmp_path / "t", "--fit", fit_id, "--private", "--format", "html"))
    assert "made by hand, and never released" in page(tmp_path / "t")
    assert [path.name for path in (tmp_path / "t").iterdir()] == ["tables.html"]
    ended = tables(study, tmp_path / "u", "--fit", fit_id)
    assert (ended.code, (tmp_path / "u").exists()) == (2, False)
    assert "the current release has no fit" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--format", "pdf"], "there is no format 'pdf'; expected html, latex, word, excel"),
        (["--kind", "regresions"], "did you mean 'regressions'?"),
        (["--model", "trst"], "there is no model trst; did you mean 'trust'?"),
        (["--fit", "x", "--model", "trust"], "name fits or models, not both"),
        (["--language", "sv"], "tables have no language sv; expected en or da"),
        (["--fit", "nothing"], "has no fit nothing"),
        (["--uncertainty", "none"], "--uncertainty"),
    ],
)
def test_what_is_not_there_is_refused_and_nothing_is_written(finished_small_study, tmp_path, arguments, told):
    ended = tables(finished_small_study, tmp_path / "t", *arguments)
    assert ended.code == 2
    assert told in ended.stderr
    assert not (tmp_path / "t").exists()


def test_files_that_are_there_and_folders_of_others_are_left_alone(finished_small_study, made, tmp_path):
    before = (made["released"] / "tables.html").read_bytes()
    ended = tables(finished_small_study, made["released"], "--language", "da")
    assert (ended.code, "--force" in ended.stderr) == (2, True)
    assert (made["released"] / "tables.html").read_bytes() == before
    for folder in ("releases", "exports"):
        assert tables(finished_small_study, finished_small_study / folder / "t").code == 2
    (tmp_path / "file").touch()
    for place in (tmp_path / "not" / "there", tmp_path / "file"):
        ended = tables(finished_small_study, place, "--force")
        assert (ended.code, "must be a folder" in ended.stderr) == (2, True)


def test_without_a_release_only_private_tables_are_written(study, tmp_path):
    (study / "releases" / "current.json").unlink()
    ended = tables(study, tmp_path / "t")
    assert ended.code == 2
    assert "nothing has been released yet" in ended.stderr
    done(tables(study, tmp_path / "t", "--private"))


def test_a_release_that_was_changed_is_refused(study, tmp_path):
    (path,) = (study / "releases").glob("r*.duckdb")
    path.chmod(0o644)
    with path.open("ab") as file:
        file.write(b"x")
    ended = tables(study, tmp_path / "t")
    assert ended.code == 1
    assert "is not the file that was published" in ended.stderr
