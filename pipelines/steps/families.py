"""Declared fits and their estimates → p-values of the focal regressors, adjusted within families of hypotheses.

A family is what a model names under ``family``; else its hypothesis code; else the model stands alone.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models.focal_term import focal_term
from models.regression.reading.multiplicity import adjust_by_plan
from models.spec import RegressionSpec


def family_of(model: RegressionSpec) -> str:
    """Return the family within which the focal p-value of a model is adjusted."""
    return model.family or model.code or model.name


def adjusted_in_families(
    fits: pd.DataFrame, estimates: pd.DataFrame, models: Mapping[str, RegressionSpec]
) -> pd.DataFrame:
    """Adjust the p-values of focal regressors by Holm's method and by Benjamini and Hochberg's within families.

    Holm's p answers for any false finding in the family, Benjamini and Hochberg's for the share of false ones among
    those that are called findings.

    Only the declared and current fits of models as written (variant ``main``) count: variants are the same test
    again, and fits made by hand are no tests that were declared. A focal regressor of several terms has no p-value
    here. Confirmatory tests are adjusted among themselves, so that no test that was thought of later changes what they
    say; an exploratory test is adjusted over the whole family, since whoever adds it has made the others too.

    Args:
        fits: Rows of ``out.fits``, with their label.
        estimates: Rows of ``out.estimates``.
        models: The study's models by name.

    Returns:
        One row a fit, with the index of ``fits``: family, focal_p, focal_p_holm, focal_p_bh; missing where a fit does
        not count.

    References:
        Holm (1979), Scandinavian Journal of Statistics 6(2), 65-70. Benjamini and Hochberg (1995), Journal of the Royal
        Statistical Society B 57(1), 289-300. R: ``p.adjust(method = "holm")``, ``"BH"``.
    """
    counts = fits["is_declared"].astype(bool) & fits["is_current"].astype(bool) & (fits["variant"] == "main")
    counts &= fits["model"].isin(list(models))
    p_values = {(row.fit_id, row.term): row.p_value for row in estimates.itertuples()}
    rows = [
        (family_of(models[row.model]), p_values.get((row.fit_id, focal_term(models[row.model])), np.nan))
        if is_counted
        else (pd.NA, np.nan)
        for row, is_counted in zip(fits.itertuples(), counts, strict=True)
    ]
    found = pd.DataFrame(rows, index=fits.index, columns=["family", "focal_p"]).astype(
        {"family": "string", "focal_p": "float64"}
    )
    is_confirmatory = (fits["label"] == "confirmatory").to_numpy(dtype=bool)
    p_values, families = found["focal_p"].to_numpy(), found["family"].fillna("").tolist()
    return found.assign(
        focal_p_holm=adjust_by_plan(p_values, families, is_confirmatory, "holm"),
        focal_p_bh=adjust_by_plan(p_values, families, is_confirmatory, "BH"),
    )
