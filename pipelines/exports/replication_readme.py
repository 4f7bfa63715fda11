"""The words of a replication package: what it is, how it is run, whom to ask, under which terms."""

from collections.abc import Mapping
from dataclasses import dataclass

from instruments.counted import counted

LICENCE = """# Terms of use

To be filled in by the team that gives this package away, before it does:

- Text, specifications and results: [LICENCE, for example CC BY 4.0]
- Rows in `data/`: [LICENCE, or the data agreement that covers them]
- Software in `software/`: see `software/LICENSE`

The wording of instruments belongs to whom their specifications name:

"""
KINDS = {
    "synthetic": """The rows in `data/` are **invented**. They were drawn from a model fitted to the real rows (Gaussian
copula with organisation intercepts): margins, correlations within and between organisations, cluster sizes and what is
missing are like the real ones; curves, interactions and people are not. The script runs every model on them, so that
specifications, code and tables can be checked. **Its figures differ from the recorded ones by design**;
`reproduced/beside_recorded.csv` shows both. No conclusion about the study follows from these rows.
`data/closeness.csv` says how near they come to real rows.""",
    "deidentified": """The rows in `data/` are **real answers**: the rows and columns that these models used, and no
other. Codes stand in the place of responses, organisations and respondents; they were dealt out by chance and are
written down nowhere. There are no dates, no times and no open text. The script makes every recorded figure again **from
exactly these rows**, to 1e-9: their order is another than in the study, so that last bits may differ.
`disclosure.json` says what the rows tell of single people and organisations. Do not try to find out who somebody is, do
not join the rows with others, and do not pass them on beyond what the agreement allows.""",
    "none": """There are **no rows** in this package: specifications, codebook, results and software only. Ask for the
rows below.""",
}

CURVES = ", but for curves, which reach from the lowest to the highest answer"

IMPUTED = "; `imputed/`: values filled in where answers were missing, once an imputation"

PAGE = """# Replication package: {title}

Study `{study}`, {source}: {fits}.
Made with sensemaking {version}.

## Data

{data}
{more}
## Make the results again

```sh
python -m venv venv
venv/bin/pip install {install} environment/requirements.txt
venv/bin/python reproduce.py
```

The script first compares every file with `manifest.json`, then fits every model again, compares all tables of results,
makes the published tables of regressions from the new results and compares every printed text. It ends with 0 when all
is as written down, 1 when a figure or a text differs (it says which), 2 when a file was changed. What it made lies in
`reproduced/`, the published tables as `regressions.html` and `regressions.tex`. Verdicts: *identical* (all bits),
*within 1e-9* (relative above 1), *different*. Python and library versions that computed the results are in
`environment/environment.json`; last bits may differ on other processors, and a printed figure at the edge of rounding
with them.

## What is where

| path | holds |
| --- | --- |
| `specs/` | study, instruments, forms and models, as they are |
| `codebook/` | every variable with wording, options and missing reasons: a page, and a Data Package |
| `data/` | the rows of every fit; `rows_of_fits.csv` says which file is whose{imputed} |
| `results/recorded/` | every table of results as the study recorded it{curves}; `printed.csv`: the published texts |
| `results/expected/` | the same from the rows of this package, as the script should make them |
| `results/tables/` | the published regressions as a page and in LaTeX; `given.json`: what they hold beside results |
| `plan/` | the analysis plan as it was locked, where there is one |
| `environment/` | libraries with versions{hashes}; what computed |
| `software/` | the sources: specifications (`instruments`), estimators (`models`), published tables (`pipelines`) |
| `manifest.json` | SHA-256 of every file but `README.md` and `LICENCE.md` |
| `types.json` | type of every column of every CSV: UTF-8, a missing cell is empty |

Columns are explained in `codebook/` (variables) and in `results/columns.csv` (results). Diagnostics that need more than
the rows of a fit ({study} as a whole) stand in `recorded/` alone.

## Whom to ask

[NAME, ADDRESS: to be filled in by the team]. Terms of use: `LICENCE.md`, to be filled in too.
"""


@dataclass(frozen=True)
class Told:
    """What the README tells.

    Attributes:
        study: Name of the study.
        title: Its title.
        data: ``deidentified``, ``synthetic`` or ``none``.
        release: Number of the release that the fits are of; None for the present ones.
        version: Version of the software.
        n_fits: Fits in it.
        n_withheld: Fits that a release would not show, and that are not in it.
        has_hashes: Whether the requirements have hashes.
        sign_off: Who says that an agreement covers real rows; empty when nobody was asked.
        drawn: What comes out otherwise from rows in another order.
    """

    study: str
    title: str
    data: str
    release: int | None
    version: str
    n_fits: int
    n_withheld: int
    has_hashes: bool
    sign_off: str
    drawn: tuple[str, ...]


def licence(terms: Mapping[str, str]) -> str:
    """Return the page of terms, to be completed.

    Args:
        terms: Instrument → terms of its wording; empty where its specification names none.
    """
    rows = [f"| `{name}` | {text or '[TO BE FILLED IN]'} |" for name, text in terms.items()]
    return "\n".join([LICENCE.rstrip("\n"), "", "| instrument | terms |", "| --- | --- |", *rows]) + "\n"


def readme(told: Told) -> str:
    """Return the README of a package."""
    return PAGE.format(
        title=told.title,
        study=told.study,
        source=f"release {told.release}" if told.release is not None else "the present declared fits",
        fits=counted(told.n_fits, "fit") + _withheld(told),
        version=told.version,
        data=KINDS[told.data],
        more=_signed(told) + _drawn(told),
        install="--require-hashes -r" if told.has_hashes else "-r",
        hashes=" and hashes" if told.has_hashes else "",
        imputed=IMPUTED if told.data == "deidentified" else "",
        curves="" if told.data == "deidentified" else CURVES,
    )


def _withheld(told: Told) -> str:
    if not told.n_withheld:
        return ""
    return f" ({counted(told.n_withheld, 'further fit')} withheld for disclosure: `results/withheld.csv`)"


def _signed(told: Told) -> str:
    return f"\n{told.sign_off} states that a data agreement covers these rows.\n" if told.sign_off else ""


def _drawn(told: Told) -> str:
    if not told.drawn:
        return ""
    return (
        f"\nDepends on the order of rows, by chance or by rounding, and so compared with `expected` alone: "
        f"{', '.join(told.drawn)}.\n"
    )
