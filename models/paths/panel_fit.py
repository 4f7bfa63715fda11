"""A panel fitted to answers, and what may be held steady over waves or alike in groups, in tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from models.measurement.confirmatory.analysis import Estimator, FactorAnalysis, fit_table, parameter_table
from models.measurement.confirmatory.answers import GroupedAnswers
from models.measurement.confirmatory.comparison import continuous_difference
from models.measurement.confirmatory.continuous import ContinuousFit
from models.measurement.confirmatory.refusals import FactorModelError
from models.one_thread import on_one_thread
from models.paths.estimated import analyse_layout
from models.paths.panel_layout import Panel, Steady, panel_layout, within
from models.paths.structural_fit import refuse_absent, sorted_answers
from models.paths.structure import saturated_among
from models.regression.inference import two_sided_p

STEPS: tuple[Steady, ...] = ("lags", "innovations", "means")
TABLED = ("chi_square", "chi_square_scaled", "df", "p_value", "cfi", "rmsea", "srmr", "aic", "bic")


@dataclass(frozen=True)
class PanelAnswers:
    """Answers of people over waves, and how they are used.

    Attributes:
        data: One row a person, the columns of all waves, missing as NA; who lacks a wave is kept (full information).
        estimator: ``ml`` or ``mlr``.
        groups: Group of each person; None for one.
        clusters: Cluster of each person, heeded by ``mlr``; None where people are independent.
    """

    data: pd.DataFrame
    estimator: Estimator = "mlr"
    groups: pd.Series | None = None
    clusters: pd.Series | None = None

    def grouped(self, items: tuple[str, ...]) -> GroupedAnswers:
        """Return the answers by group; people without any are left out."""
        refuse_absent(self.data, items)
        return sorted_answers(self.data, items, self.groups, self.clusters, is_complete=False)


@dataclass(frozen=True, eq=False)
class PanelFit:
    """A panel and what was found.

    Attributes:
        panel: What was stated.
        analysis: Estimates, tests and reasons for doubt.
        lags: One row a group, wave, outcome and cause: group, wave (of the outcome), outcome, cause, estimate,
            std_error, statistic, p_value, conf_low, conf_high, standardised, standardised_error.
        parameters: All parameters; see ``models.measurement.confirmatory.analysis.parameter_table``.
        indices: Indices of fit by name.
    """

    panel: Panel
    analysis: FactorAnalysis
    lags: pd.DataFrame
    parameters: pd.DataFrame
    indices: Mapping[str, float]


def fit_panel(panel: Panel, answers: PanelAnswers) -> PanelFit:
    """Fit a cross-lagged panel with or without random intercepts.

    Raises:
        FactorModelError: If a column is absent, answers cannot be used, or the model is not identified.

    References:
        Hamaker, Kuiper and Grasman (2015).
    """
    with on_one_thread():
        grouped = answers.grouped(panel.items)
        n_groups = len(grouped.names)
        layout, baseline = panel_layout(panel, n_groups), saturated_among(panel.items, (), n_groups)
        analysis = analyse_layout(layout, baseline, grouped, answers.estimator)
        parameters = parameter_table(analysis)
        return PanelFit(panel, analysis, _lags(panel, parameters), parameters, fit_table(analysis))


def _lags(panel: Panel, parameters: pd.DataFrame) -> pd.DataFrame:
    places = {within(name, wave): (name, wave) for name in panel.names for wave in range(1, panel.n_waves + 1)}
    own = parameters[parameters["kind"] == "regression"].reset_index(drop=True)
    statistics = (own["estimate"] / own["std_error"]).to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "group": own["group"],
            "wave": [places[each][1] for each in own["left"]],
            "outcome": [places[each][0] for each in own["left"]],
            "cause": [places[each][0] for each in own["right"]],
            "estimate": own["estimate"],
            "std_error": own["std_error"],
            "statistic": statistics,
            "p_value": two_sided_p(statistics, np.full(len(own), np.inf)),
            **{name: own[name] for name in ("conf_low", "conf_high", "standardised", "standardised_error")},
        }
    )


def steadiness(panel: Panel, answers: PanelAnswers, known: Sequence[PanelFit] = ()) -> pd.DataFrame:
    """Test step by step whether lags, innovations and means are the same in all waves (stationarity).

    Args:
        panel: Of whom.
        answers: Their answers.
        known: Panels that were fitted to these answers already, which are not fitted again.

    Returns:
        One row a step, each adding to the one before: step (``free``, ``lags``, ``innovations``, ``means``), indices of
        fit, and difference, difference_df, difference_p against the step before (scaled with ``mlr``).

    Raises:
        FactorModelError: As ``fit_panel``; also with two waves, where there is one lag.
    """
    if panel.n_waves < 3:  # noqa: PLR2004
        raise FactorModelError("two waves have one lag: whether lags are steady needs at least three waves")
    steps = [frozenset(STEPS[:n]) for n in range(len(STEPS) + 1)]
    return _ladder([replace(panel, steady=each) for each in steps], answers, known)


def likeness(panel: Panel, answers: PanelAnswers) -> pd.DataFrame:
    """Test step by step whether lags, innovations and means are the same in all groups (invariance).

    Returns:
        As ``steadiness``.

    Raises:
        FactorModelError: As ``fit_panel``; also without groups.
    """
    if answers.groups is None:
        raise FactorModelError("whether groups are alike needs groups: name the column that holds them")
    steps = [frozenset(STEPS[:n]) for n in range(len(STEPS) + 1)]
    return _ladder([replace(panel, alike=each) for each in steps], answers)


def against_cross_lagged(panel: Panel, answers: PanelAnswers, known: Sequence[PanelFit] = ()) -> pd.DataFrame:
    """Compare a panel with random intercepts with the one without.

    Without random intercepts their variances are nought, the edge of what they can be: the p-value of the difference
    is too large, so that a small one speaks against the narrower model all the more (Stoel et al. 2006).

    Args:
        panel: Of whom.
        answers: Their answers.
        known: As of ``steadiness``.

    Returns:
        Two rows, step ``random_intercepts`` and ``cross_lagged``, with the columns of ``steadiness``.
    """
    if not panel.has_traits:
        raise FactorModelError("the panel has no random intercepts to leave out: state one that has")
    table = _ladder([panel, replace(panel, has_traits=False)], answers, known)
    return table.assign(step=["random_intercepts", "cross_lagged"])


def _ladder(panels: list[Panel], answers: PanelAnswers, known: Sequence[PanelFit] = ()) -> pd.DataFrame:
    found = [next((each for each in known if each.panel == panel), None) for panel in panels]
    fits = [each or fit_panel(panel, answers) for each, panel in zip(found, panels, strict=True)]
    rows: list[dict[str, object]] = []
    for place, each in enumerate(fits):
        row: dict[str, object] = {"step": ("free", *STEPS)[place]}
        row |= {name: each.indices.get(name, np.nan) for name in TABLED}
        row["problems"] = ", ".join(dict.fromkeys(problem.name for problem in each.analysis.problems))
        rows.append(row | _difference(each, fits[place - 1] if place else None))
    return pd.DataFrame(rows)


def _difference(narrow: PanelFit, wide: PanelFit | None) -> dict[str, float]:
    found = np.nan, np.nan, np.nan
    if wide is not None:
        pair = narrow.analysis.fit, wide.analysis.fit
        if isinstance(pair[0], ContinuousFit) and isinstance(pair[1], ContinuousFit):
            test = continuous_difference(pair[0], pair[1])
            found = test.statistic, float(test.df), test.p_value
    return dict(zip(("difference", "difference_df", "difference_p"), found, strict=True))
