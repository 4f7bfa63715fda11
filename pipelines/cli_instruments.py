"""The commands about instruments and forms: what each takes and prints."""

from dataclasses import asdict
from pathlib import Path
from textwrap import fill
from typing import Annotated, Any

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson

app = typer.Typer(no_args_is_help=True, help="The built-in instruments and forms: list, read, take to a platform.")
Named = Annotated[str, typer.Argument(help="An instrument or a form, or a study's file of one.", metavar="NAME")]
MayReplace = Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")]

_WIDTH_OF_CODES = 9
_HEADINGS = {"core_items": "core", "respondent_groups": "groups", "respondent_group": "group"}


@app.command("list")
def list_instruments(
    *,
    study: Annotated[Path | None, typer.Option(help="A study folder, for its own files too.", metavar="STUDY")] = None,
    as_json: AsJson = False,
) -> None:
    """List the instruments and forms, each with its validation status."""
    from instruments.faults import UsageError
    from pipelines.commands.instruments import Catalogue, listed_forms, listed_instruments

    if study is not None and not study.is_dir():
        raise UsageError(f"there is no folder {study}; name the study's folder")
    catalogue = Catalogue(study)
    tables = {"instruments": listed_instruments(catalogue), "forms": listed_forms(catalogue)}
    if as_json:
        printing.print_json(tables)
        return
    for title, rows in tables.items():
        columns = [_HEADINGS.get(each, each) for each in rows[0] if each not in ("code", "title")]
        printing.print_rows(title.capitalize(), columns, map(_listed, rows), max(len(row["name"]) for row in rows))


@app.command()
def show(
    name: Named,
    *,
    language: Annotated[str, typer.Option(help="Language of the wording.")] = "en",
    html: Annotated[Path | None, typer.Option(help="Write a page for browsers instead.", metavar="FILE")] = None,
    force: MayReplace = False,
    as_json: AsJson = False,
) -> None:
    """Show a questionnaire: questions, answer options, scales and scoring, provenance, validation status."""
    from instruments.shown.terminal import text_lines
    from pipelines.commands.instruments import find, save_page

    catalogue, found = find(name)
    shown = catalogue.questionnaire(found, language)
    if html is not None:
        save_page(shown, html, replace=force)
    if as_json:
        printing.print_json(asdict(shown) | ({"html": str(html)} if html else {}))
    elif html is not None:
        printing.print_lines([f"{html}: {shown.title}. Validation status: {shown.status}"])
    else:
        printing.print_lines(text_lines(shown, printing.results.width))


@app.command("export")
def export_form(
    name: Named,
    *,
    to: Annotated[str, typer.Option("--to", help="Which program the file is for.", metavar="PROGRAM")],
    out: Annotated[Path, typer.Option(help="The file to write.", metavar="FILE")],
    language: Annotated[
        list[str] | None, typer.Option(help="Only this language, the first as the default; may be given several times.")
    ] = None,
    force: MayReplace = False,
    as_json: AsJson = False,
) -> None:
    """Write a form, or an instrument alone in full length, as a file that another program imports."""
    from pipelines.commands.instruments import find, save

    catalogue, found = find(name)
    content = catalogue.written(found, to, language or ())
    save(content, out, replace=force)
    if as_json:
        printing.print_json({"name": found, "to": to, "file": str(out), "bytes": len(content)})
    else:
        printing.print_lines([f"{out}: {found} for {to}, {len(content)} bytes"])


def _listed(row: dict[str, Any]) -> list[object]:
    """Return the cells of an instrument or a form: the title below the name, so that no name is broken at 80 signs."""
    code = f" ({row['code']})" if row.get("code") else ""
    first = f"{row['name']}\n  {row['title']}{code}"
    rest = [value for key, value in row.items() if key not in ("name", "code", "title")]
    return [first, *(fill(", ".join(each), _WIDTH_OF_CODES) if isinstance(each, list) else each for each in rest)]
