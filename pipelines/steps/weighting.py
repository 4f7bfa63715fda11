"""Units and analysed responses → weights, within every wave and respondent group, and what they cost."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.weighting.calibrated import Population, calibrate_to_population
from models.weighting.calibration import Auxiliaries
from models.weighting.effects import coefficient_of_variation, effective_n, kish_design_effect
from models.weighting.faults import WeightingError
from models.weighting.nonresponse import Adjustment, Cell, Sample, adjust_in_cells
from models.weighting.propensity import Known, fit_propensities, propensity_classes
from models.weighting.raking import Margin, rake
from models.weighting.trimming import Limit, median_plus_iqr, no_limit, times_mean, trim_weights
from pipelines.sections.weighting import Calibration, Nonresponse, Trimming, Weights
from pipelines.steps.design_weights import design_weights
from pipelines.steps.margins import build_margins, build_totals
from pipelines.tables.fieldwork import WEIGHTING, WEIGHTING_CELLS, WEIGHTING_MARGINS, WEIGHTING_TOTALS, WEIGHTS

Values = npt.NDArray[np.float64]
LIMITS: dict[str, Callable[[float], Limit]] = {"median_plus_iqr": median_plus_iqr, "times_mean": times_mean}
BLANK = "(blank)"
UNWEIGHTED = Weights()


@dataclass(frozen=True)
class ToWeigh:
    """One wave and respondent group.

    Attributes:
        wave: The wave.
        respondent_group: The group; of units of the frame the one they were invited in.
        responses: One row an analysed response (n): response_id, unit_id (NA for nobody of the frame, and for what is
            not a unit's best response), and the variables of margins as text.
        units: One row a unit: unit_id, eligibility (0 to 1) and the variables of the frame as text; without rows when
            the frame does not cover the wave.
        margins: variable, category (empty for a number), total.
    """

    wave: str
    respondent_group: str
    responses: pd.DataFrame
    units: pd.DataFrame
    margins: pd.DataFrame


@dataclass
class Weighted:
    """What weighting gives: the tables of ``pipelines.tables.fieldwork`` by name, as rows."""

    weights: list[pd.DataFrame] = field(default_factory=list)
    summary: list[dict[str, object]] = field(default_factory=list)
    cells: list[dict[str, object]] = field(default_factory=list)
    margins: list[dict[str, object]] = field(default_factory=list)
    totals: list[dict[str, object]] = field(default_factory=list)

    def tables(self) -> tuple[pd.DataFrame, ...]:
        """Return ``core.weights`` and ``out.weighting``, ``_cells``, ``_margins`` and ``_totals``."""
        weights = pd.concat(self.weights, ignore_index=True) if self.weights else WEIGHTS.empty()
        return (
            WEIGHTS.typed(weights),
            WEIGHTING.typed(pd.DataFrame(self.summary, columns=list(WEIGHTING.columns))),
            WEIGHTING_CELLS.typed(pd.DataFrame(self.cells, columns=list(WEIGHTING_CELLS.columns))),
            WEIGHTING_MARGINS.typed(pd.DataFrame(self.margins, columns=list(WEIGHTING_MARGINS.columns))),
            WEIGHTING_TOTALS.typed(pd.DataFrame(self.totals, columns=list(WEIGHTING_TOTALS.columns))),
        )


def weigh(groups: list[ToWeigh], spec: Weights | None) -> Weighted:
    """Weigh the responses of every wave and group.

    Design weights stand for how units were drawn, the factor for nonresponse for those like them who did not answer,
    calibration for known numbers of the population; trimming cuts what is extreme; the analysis weight is the result,
    scaled. A step that study.yaml leaves out changes nothing.

    Args:
        groups: The waves and groups.
        spec: What study.yaml says; every weight is 1 when it says nothing.

    Returns:
        Weights and their diagnostics.

    Raises:
        WeightingError: When weights cannot be computed as asked; with wave and group.
    """
    done = Weighted()
    for group in groups:
        try:
            _weigh_group(group, spec or UNWEIGHTED, done)
        except WeightingError as error:
            raise WeightingError(f"wave {group.wave}, {group.respondent_group}: {error}") from error
    return done


def _weigh_group(group: ToWeigh, spec: Weights, done: Weighted) -> None:
    of_frame = spec if len(group.units) and (spec.design or spec.nonresponse) else None
    responses = group.responses
    has_weight = responses["unit_id"].notna().to_numpy(dtype=bool) if of_frame else np.ones(len(responses), dtype=bool)
    design, base = _from_frame(group, of_frame, done) if of_frame else (np.ones(len(responses)),) * 2
    kept = base[has_weight]
    result = _calibrated(group, kept, spec, has_weight, done) if len(kept) else _Settled(kept, np.zeros(0, bool))
    scale = len(kept) / result.weights.sum() if spec.scale_to == "responses" and len(kept) else 1.0
    rows = pd.DataFrame({"response_id": responses["response_id"], "is_trimmed": False})
    rows = rows.assign(design_weight=design, nonresponse_weight=base, calibrated_weight=np.nan)
    rows.loc[has_weight, "calibrated_weight"] = result.weights
    rows.loc[has_weight, "is_trimmed"] = result.is_trimmed
    rows["analysis_weight"] = rows["calibrated_weight"] * scale
    done.weights.append(rows.assign(wave=group.wave, respondent_group=group.respondent_group))
    taken = {
        "design": of_frame is not None and spec.design is not None,
        "nonresponse": of_frame is not None and spec.nonresponse is not None,
        "calibration": result.n_iterations is not None,
        "trimming": spec.trimming is not None,
    }
    done.summary.append(
        {
            **_place(group),
            "weighted_by": " + ".join(name for name, was in taken.items() if was) or "none",
            "n_responses": len(responses),
            "n_without_weight": len(responses) - len(kept),
            **_costs(result.weights * scale, result.is_trimmed),
            "n_iterations": result.n_iterations,
            "largest_deviation": result.largest_deviation,
        }
    )


@dataclass(frozen=True)
class _Settled:
    weights: Values
    is_trimmed: npt.NDArray[np.bool_]
    n_iterations: int | None = None
    largest_deviation: float | None = None


def _place(group: ToWeigh) -> dict[str, object]:
    return {"wave": group.wave, "respondent_group": group.respondent_group}


def _costs(weights: Values, is_trimmed: npt.NDArray[np.bool_]) -> dict[str, object]:
    if not len(weights):
        return {}
    return {
        "sum": weights.sum(),
        "least": weights.min(),
        "most": weights.max(),
        "cv": coefficient_of_variation(weights),
        "deff_kish": kish_design_effect(weights),
        "n_effective": effective_n(weights),
        "share_trimmed": is_trimmed.mean(),
    }


def _from_frame(group: ToWeigh, spec: Weights, done: Weighted) -> tuple[Values, Values]:
    """Return design weights and nonresponse weights of the responses; NaN for those of nobody in the frame."""
    units = group.units.set_index("unit_id")
    design = design_weights(group.units, spec.design).set_axis(units.index)
    factors = pd.Series(1.0, index=units.index)
    answered = pd.Series(units.index.isin(group.responses["unit_id"].dropna()), index=units.index)
    if spec.nonresponse is not None and answered.any():
        eligibility = units["eligibility"].mask(answered, 1.0)
        sample = Sample(design.to_numpy(), eligibility.to_numpy(dtype=np.float64), answered.to_numpy(dtype=bool))
        adjustment = _adjusted(sample, units, spec.nonresponse)
        factors = pd.Series(adjustment.factors, index=units.index)
        done.cells += [{**_place(group), **row} for row in _cell_rows(adjustment)]
    keys = group.responses["unit_id"]
    return (
        design.reindex(keys).to_numpy(dtype=np.float64),
        (design * factors).reindex(keys).to_numpy(dtype=np.float64),
    )


def _adjusted(sample: Sample, units: pd.DataFrame, spec: Nonresponse) -> Adjustment:
    texts = units[list(spec.variables)].fillna(BLANK).astype("str")
    cells: list[Cell] = [tuple(row) for row in texts.itertuples(index=False)]
    if spec.method == "propensity":
        is_eligible = sample.eligibility > 0
        known = [known_variable(name, texts.loc[is_eligible, name]) for name in spec.variables]
        fitted = fit_propensities(known, sample.has_responded[is_eligible], sample.eligibility[is_eligible])
        classes = iter(propensity_classes(fitted.values, spec.classes))
        cells = [next(classes) if eligible else ("not eligible",) for eligible in is_eligible]
    return adjust_in_cells(sample, cells, least_responses=spec.least_responses, largest_factor=spec.largest_factor)


def known_variable(name: str, texts: pd.Series) -> Known:
    """Return a variable of the frame as numbered categories in ascending order; a blank is a category."""
    codes, categories = pd.factorize(texts.fillna(BLANK).astype("str"), sort=True)
    return Known(name, tuple(str(each) for each in categories), codes.astype(np.intp))


def _cell_rows(adjustment: Adjustment) -> list[dict[str, object]]:
    return [
        {
            "cell": " + ".join(", ".join(cell) for cell in each.cells),
            "n_joined": len(each.cells),
            "n_units": each.n_units,
            "n_responses": each.n_responses,
            "response_rate": each.response_rate,
            "factor": each.factor if each.n_responses else None,
        }
        for each in adjustment.cells
    ]


def _calibrated(
    group: ToWeigh, weights: Values, spec: Weights, has_weight: npt.NDArray[np.bool_], done: Weighted
) -> _Settled:
    limit = _limit(spec.trimming)
    if spec.calibration is None or not len(group.margins):
        trimmed = trim_weights(weights, upper=limit(weights))
        return _Settled(trimmed.weights, trimmed.is_trimmed)
    responses = group.responses[has_weight]
    values = {str(name): responses[name] for name in responses}
    known = Population(build_margins(group.margins, values, weights), build_totals(group.margins, values))
    settled = _settled(weights, known, limit, spec.calibration)
    done.margins += [
        {**_place(group), **row} for margin in known.margins for row in _margin_rows(margin, weights, settled.weights)
    ]
    done.totals += [{**_place(group), **row} for row in _total_rows(known.totals, weights, settled.weights)]
    return settled


def _limit(spec: Trimming | None) -> Limit:
    return no_limit if spec is None else LIMITS[spec.rule](spec.times)


def _settled(weights: Values, known: Population, limit: Limit, spec: Calibration) -> _Settled:
    how = {"limit": limit, "tolerance": spec.tolerance, "most_iterations": spec.most_iterations}
    if known.totals.names or spec.distance == "linear":
        found = calibrate_to_population(weights, known, spec.distance, **how)
    else:
        found = rake(weights, known.margins, **how)
    return _Settled(found.weights, found.is_trimmed, found.n_iterations, found.largest_deviation)


def _total_rows(totals: Auxiliaries, before: Values, after: Values) -> list[dict[str, object]]:
    numbers = totals.values  # noqa: PD011 - an array
    return [
        {
            "variable": name,
            "n_responses": len(before),
            "total_before": before @ values,
            "total_target": target,
            "total_after": after @ values,
        }
        for name, values, target in zip(totals.names, numbers.T, totals.totals, strict=True)
    ]


def _margin_rows(margin: Margin, before: Values, after: Values) -> list[dict[str, object]]:
    counts = np.bincount(margin.codes, minlength=len(margin.categories))
    shares = (margin.totals(before) / before.sum(), margin.targets / margin.targets.sum())
    rows = zip(margin.categories, counts, *shares, margin.totals(after) / after.sum(), strict=True)
    names = ("category", "n_responses", "share_before", "share_target", "share_after")
    return [{"variable": margin.name, **dict(zip(names, row, strict=True))} for row in rows]
