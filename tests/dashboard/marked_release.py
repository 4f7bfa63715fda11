"""Releases of which every text and every figure says which release it is from, and what a screen says of itself.

A release has a number from 11 to 21: ``(r12)`` ends each of its texts, 12 are the decimals of its scores and
coefficients, 12 thousand its counts, 12 % its rates and the shares of low and of high answers.
"""

import re

import build_release
import pandas as pd

NUMBERS = range(11, 22)
BANDS = ((1, 2), (3, 3), (4, 5))
RULES_IN_WORDS = frozenset({0, 5, 95, 100})
"""Percentages of the dashboard's own sentences."""
DIFFERENCES = frozenset({0, 41, 59})
"""Decimals of a difference between two scores of one release, and of the ends of its interval."""
EVERYWHERE = re.compile(r"\(r(\d+)\)")
COUNTS = re.compile(r"(?<![\d.,])(\d\d)[.,]0\d\d(?!\d)")
DECIMALS = re.compile(r"\d[.,](\d\d)0?(?!\d)")
PERCENTAGES = re.compile(r"(?<![\d.,])(\d{1,3})\s?%")
TITLE_LINE = re.compile(r"(?:Release|Udgivelse) (\d+),")


def marked_tables(number: int) -> dict[str, pd.DataFrame]:
    """Return the tables of a release that is marked all over with its number."""
    tables = build_release.release_tables(number)
    part = number / 100
    texts = tables["meta.texts"]
    tables["meta.texts"] = texts.assign(text=texts["text"] + f" (r{number})")
    tables["out.response_rates"] = _marked(
        tables["out.response_rates"],
        {"n_invited": number * 1000, "n_organisations": number * 1000, "response_rate_2": part},
    )
    for name in ("out.scale_means", "out.unit_means"):
        scores = tables[name]
        mean = scores["mean"].astype(float).clip(2, 38) // 1 + part
        mean = mean.mask((scores["scale"] != "burden") & (mean > 4), 3 + part)
        ends = {"mean": mean, "conf_low": mean - 1, "conf_high": mean + 1}
        also = {"n_obs": number * 1000, "alpha": part, "omega": part, "percent_high": number}
        tables[name] = _marked(scores, ends | {column: also[column] for column in also if column in scores})
    tables["out.distributions"] = _shares(tables["out.distributions"], number)
    tables["out.fits"] = _marked(
        tables["out.fits"], {"n_obs": number * 1000, "n_clusters": number * 1000, "r_squared": part}
    )
    estimate = tables["out.estimates"]["position"] + 1 + part
    found = {"estimate": estimate, "conf_low": estimate - 1, "conf_high": estimate + 1, "p_value": part}
    tables["out.estimates"] = _marked(tables["out.estimates"], found)
    return tables


def _marked(rows: pd.DataFrame, figures: dict[str, object]) -> pd.DataFrame:
    """Put figures where there are some, and leave open what is not known."""
    return rows.assign(
        **{name: pd.Series(figure, rows.index).where(rows[name].notna()) for name, figure in figures.items()}
    )


def _shares(bands: pd.DataFrame, number: int) -> pd.DataFrame:
    """Give every item that is shown the same three bands of answers."""
    hidden = bands[bands["is_hidden"]]
    places = bands.loc[~bands["is_hidden"], ["item", "respondent_group", "wave"]].drop_duplicates()
    shares = pd.DataFrame(BANDS, columns=["code_from", "code_to"]).assign(percent=[number, 100 - 2 * number, number])
    return pd.concat([hidden, places.merge(shares, how="cross").assign(n_obs=number * 1000, is_hidden=False)])


def releases_in(texts: str, figures: str) -> set[int]:
    """Return the numbers of all releases that a screen shows something of.

    Args:
        texts: All that the screen says, one text of it a line.
        figures: The same without the numbers along the axes of charts.
    """
    percentages = {int(share) for share in PERCENTAGES.findall(figures)} - RULES_IN_WORDS
    found = {int(mark) for pattern in (EVERYWHERE, TITLE_LINE) for mark in pattern.findall(texts)}
    found |= {int(mark) for pattern in (COUNTS, DECIMALS) for mark in pattern.findall(figures)} - DIFFERENCES
    return found | {share if share <= max(NUMBERS) else (100 - share) // 2 for share in percentages}
