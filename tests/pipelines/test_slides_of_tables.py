"""Tables on slides: long titles of models find room, whatever has to be said above them."""

from dataclasses import replace

from pipelines.board_report.released import Released
from pipelines.board_report.slides.columns import MOST_LINES, lines_of, shares_of
from pipelines.board_report.slides.together import together_slides
from pipelines.board_report.slides.value import Grid
from pipelines.board_report.value import Table
from pipelines.board_report.words import wording_of
from tests.board_reports import invented_release

N_MODELS = 8


def test_a_table_of_long_names_stands_on_as_many_slides_as_it_needs_below_no_long_words():
    slides = together_of("How staff see forwarding, and how those see it whom they work for", "logit")
    words, tables = slides[0], [each.figure.table for each in slides if isinstance(each.figure, Grid)]
    assert words.figure is None
    assert len(words.lines) > 1
    assert [each.lines for each in slides[1:]] == [()] * len(tables)
    assert len(tables) > 1
    assert max(lines_of(table.rows, table) for table in tables) <= MOST_LINES
    assert sum(len(table.rows) for table in tables) == N_MODELS


def test_a_table_of_short_names_stands_on_one_slide_below_its_words():
    (slide,) = together_of("Trust", "ols")
    assert isinstance(slide.figure, Grid)
    assert len(slide.lines) == 1


def test_columns_of_words_are_as_wide_as_their_words_need():
    table = Table("", ("Model", "Counted in", "n"), (("A title that is long enough for two lines", "points", "5"),), 2)
    title, counted, figure = shares_of(table)
    assert title > 2 * counted > 2 * figure


def together_of(title, estimator):
    """Return the slides of ``N_MODELS`` models of one estimator, each with the title and its number."""
    release = invented_release()
    fits, estimates, known = (release.tables[name] for name in ("out.fits", "out.estimates", "meta.texts"))
    ((_, fit),) = fits[(fits["model"] == "h1") & (fits["variant"] == "main")].iterrows()
    names = [f"m{place}" for place in range(N_MODELS)]
    frame = fits.loc[[fit.name] * N_MODELS].assign(model=names, fit_id=names, estimator=estimator)
    rows = estimates[estimates["fit_id"] == fit["fit_id"]].merge(
        frame[["fit_id"]].rename(columns={"fit_id": "to"}), how="cross"
    )
    titles = known[known["kind"] == "model_title"].iloc[[0] * N_MODELS]
    titled = titles.assign(name=names, language="en", text=[f"{title} {name}" for name in names])
    told = known.iloc[:0].merge(titled, how="outer")[known.columns]
    tables = {"out.fits": frame, "out.estimates": rows.assign(fit_id=rows["to"]).drop(columns="to"), "meta.texts": told}
    file = replace(release, tables={**release.tables, **tables})
    return list(together_slides(Released(file, wording_of("en", told))))
