"""Which figures of a study a run changed: rows, response rates, reliabilities, coefficients."""

from collections.abc import Mapping

import pandas as pd

from pipelines.tables.runs import RUN_CHANGES

OWN = ("core.runs", "core.run_changes")
FIGURE = ["measure", "about"]


def figures_now(
    n_rows: Mapping[tuple[str, str], int],
    rates: pd.DataFrame,
    reliability: pd.DataFrame,
    fits: pd.DataFrame,
    estimates: pd.DataFrame,
) -> pd.DataFrame:
    """List the figures whose changes are told.

    Args:
        n_rows: Rows by table and slice; a table without rows is not listed.
        rates: ``out.response_rates``.
        reliability: ``out.reliability``; of every analysed response alpha counts.
        fits: ``out.fits``; the current declared ones count.
        estimates: ``out.estimates``.

    Returns:
        measure, about and now: rows are counts, rates and alphas shares of one, coefficients in units of the outcome.
    """
    kept = [(name, n) for (name, _), n in n_rows.items() if name not in OWN and n > 0]
    rows = pd.DataFrame(kept, columns=["about", "now"]).groupby("about", as_index=False)["now"].sum()
    alphas = reliability[(reliability["coefficient"] == "alpha") & (reliability["exclusions"] == "")]
    current = fits.loc[fits["is_current"].astype(bool) & fits["is_declared"].astype(bool), "fit_id"]
    terms = estimates[estimates["fit_id"].isin(current)]
    found = [
        rows.assign(measure="rows"),
        _figures(rates, "response_rate", "response_rate_2", ("wave", "respondent_group")),
        _figures(alphas, "alpha", "estimate", ("scale", "respondent_group", "wave")),
        _figures(terms, "coefficient", "estimate", ("model", "variant", "term")),
    ]
    every = pd.concat([each[[*FIGURE, "now"]] for each in found], ignore_index=True)
    return every.astype({"now": "float64"}).dropna(subset=["now"]).drop_duplicates(FIGURE)


def changes_of_run(earlier: pd.DataFrame, now: pd.DataFrame, run_id: str) -> pd.DataFrame:
    """Compare the figures after a run with what the runs before it left.

    Args:
        earlier: ``core.run_changes`` of all runs before, oldest first: of every figure its last row counts.
        now: The figures after the run, as ``figures_now`` lists them.
        run_id: The run.

    Returns:
        Rows of ``core.run_changes``: what is new, what is no more, what differs.
    """
    last = earlier.drop_duplicates(FIGURE, keep="last")
    before = last.loc[last["now"].notna(), [*FIGURE, "now"]].rename(columns={"now": "before"})
    both = before.astype({"before": "float64"}).merge(now, on=FIGURE, how="outer")
    is_same = both["before"] == both["now"]
    changed = both[~is_same].sort_values(FIGURE, ignore_index=True).assign(run_id=run_id)
    return RUN_CHANGES.typed(changed)


def _figures(rows: pd.DataFrame, measure: str, value: str, about: tuple[str, ...]) -> pd.DataFrame:
    named = rows[list(about)].fillna("").astype("object").itertuples(index=False)
    told = pd.Series([", ".join(words) for words in named], index=rows.index, dtype="string")
    return pd.DataFrame({"measure": measure, "about": told, "now": rows[value]})
