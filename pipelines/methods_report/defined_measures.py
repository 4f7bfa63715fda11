"""Statistics of scales and conditions → the entries of the ledger that define them."""

from collections.abc import Mapping

DIF = ("DIF by ordinal logistic regression", "proportional odds")
OMEGA = ("omega of counted answers", "omega, model-implied and observed denominator")
AGREEMENT = ("ICC(1), ICC(2)",)

MEASURED: Mapping[str, tuple[str, ...]] = {
    "alpha": ("alpha",),
    "omega": OMEGA,
    "items": (
        "mean, standard deviation and missing share of an item",
        "alpha if dropped, item-rest and corrected item-total r",
    ),
    "means": ("mean score with interval over organisations",),
    "agreement": (*AGREEMENT, "r_wg, r_wg(j)"),
    "ml": ("CFA by maximum likelihood",),
    "mlr": ("MLR: Huber-White errors, Yuan-Bentler test",),
    "wlsmv": ("WLSMV", "polychoric correlation"),
    "fit": ("CFI, TLI, RMSEA with interval", "SRMR"),
    "robust_fit": ("robust CFI, TLI, RMSEA",),
    "loadings": ("standardised solution",),
    "ladder": ("ladder of invariance, continuous",),
    "ladder_of_ordered": ("ladder of invariance, ordered",),
    "difference": ("difference tests",),
    "released": ("score tests of equalities, partial search",),
    "validity": ("AVE, CR, omega of a factor",),
    "discriminant": ("Fornell-Larcker", "HTMT, HTMT2", "HTMT, bootstrap interval"),
    "likelihood_ratio": DIF,
    "wald_cr1": (*DIF, "DIF in organisations"),
}
CONDITIONS: Mapping[str, tuple[str, ...]] = {
    "alpha": ("alpha",),
    "alpha_conf_low": ("alpha",),
    "omega": ("omega, model-implied and observed denominator",),
    "omega_conf_low": ("omega, model-implied and observed denominator",),
    "ordered_omega": ("ordered omega, both denominators; ordinal alpha",),
    "cfi": ("CFI, TLI, RMSEA with interval",),
    "rmsea": ("CFI, TLI, RMSEA with interval",),
    "srmr": ("SRMR",),
    "icc_1": AGREEMENT,
    "icc_2": AGREEMENT,
    "f_test": AGREEMENT,
    "rwg_j_median": ("r_wg, r_wg(j)",),
}
"""Measures of conditions; numbers of members and organisations are counted, and levels of invariance have a ladder."""
