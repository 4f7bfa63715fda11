"""The page of ``docs/reference`` that lists every statistic with its definition and its proof."""

from models.ledger import KINDS, Definition, ledger

INTRODUCTION = """\
# Statistics: definitions and proofs

Programs give different numbers under one name. Each row says which variant ours is, which R call gives the same
number, and how that is known: {kinds}. *Difference* is the largest one measured, absolute where nothing else is said.
Every number that R stored for the tests stands beside ours in [agreement with R](agreement-with-r.md).
R 4.2.2 with lme4 1.1-31, lmerTest 3.1-3, pbkrtest 0.5.2, performance 0.10.2, psych 2.2.9,
lavaan 0.6-14, semTools 0.5-6, multilevel 2.7, GPArotation 2022.10, nlme 3.1-162, ordinal
2022.11, clubSandwich 0.5.8, sandwich 3.0-2, plm 2.6-2, survey 4.1-1, brglm2, emmeans 1.8.4, car 3.1-1, Hmisc 4.8-0,
mice 3.15.0, mitml 0.4-4.
"""
PARTS = {
    "measurement": "Measurement",
    "regression": "Regression",
    "multilevel": "Multilevel",
    "paths": "Paths",
    "survey_design": "Survey designs",
    "missing_data": "Missing data",
}
HEADER = """
## {title}

| statistic | formula | source | R call | proof | difference |
| --- | --- | --- | --- | --- | --- |
"""


def statistics_page() -> str:
    """Write the ledger as a page."""
    parts = [
        HEADER.format(title=title) + "".join(f"{_row(each, part)}\n" for each in ledger(part))
        for part, title in PARTS.items()
    ]
    return INTRODUCTION.format(kinds="; ".join(KINDS.values())) + "".join(parts)


def _row(each: Definition, part: str) -> str:
    r_call = each.r_call if each.r_call.startswith("none") else f"`{each.r_call}`"
    cells = (
        f"{each.name} (`{each.gives.removeprefix(f'models.{part}.')}`)",
        each.formula,
        each.source,
        r_call,
        f"{KINDS[each.proof]}: {_place(each.where)}",
        each.difference,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _place(where: str) -> str:
    if where.startswith("docs/reference/"):
        page = where.removeprefix("docs/reference/")
        return f"[{page.removesuffix('.md')}]({page})"
    return f"`{where.rpartition('/')[2]}`"
