"""Fits of a release beside its means of organisations: which would tell the mean of a hidden one.

Put here how fits, rows and shown units are looked up; what follows from them is in ``steps.fit_equations``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.regression.silent_rows import Silent
from models.replication.refit import labels_from_json, recorded_model
from models.sections.inference import FIGURES
from models.spec import RegressionSpec
from pipelines.load import Study
from pipelines.release_past import EVERYBODY_UNIT, PEOPLE, Slice
from pipelines.release_slices import Slices, with_carried
from pipelines.steps.coarse_degrees import OF_GROUPS
from pipelines.steps.fit_answers import YES_AND_NO
from pipelines.steps.fit_corrected import with_columns_of_errors
from pipelines.steps.fit_denominators import OfScale, least_width
from pipelines.steps.fit_designs import TurnedBack, turned_back
from pipelines.steps.fit_equations import SLACK, HiddenCells, hidden_cells, sums_that_follow, tells
from pipelines.steps.fit_figures import widths_beside_figures
from pipelines.steps.fit_grams import squares_of_stacked
from pipelines.steps.fit_paths import each_turned_back, outcomes_of, tell_of_scale
from pipelines.steps.fit_silence import (
    ANSWERED,
    as_weighted,
    method_of,
    models_of_answering,
    silent_of,
    with_even_weights,
)
from pipelines.steps.fit_squares import Squares, squares_of_errors, squares_of_organisations, squares_widths
from pipelines.steps.fits_to_withhold import LINEAR_EQUATIONS, OF_ANSWERS, OF_COUNTS, OF_RESPONSES
from pipelines.steps.withheld_reasons import reason
from pipelines.store import Store
from pipelines.tables import out
from pipelines.tables.released import UNIT_MEANS

CORRECTED, ORGANISATION = "corrected_means", "organisation_id"
UNIT = [*PEOPLE, "level", "unit"]


def fits_that_tell_of_units(study: Study, store: Store, fits: pd.DataFrame, slices: Slices) -> Mapping[str, str]:
    """Return the fits from whose coefficients the mean of a hidden organisation would follow, with the reason.

    Models as written are shown first, then variants, as long as nothing follows from all of them together; figures of
    the population last, whose errors are set beside those of the others.

    Args:
        study: The study.
        store: Its warehouse.
        fits: Released ``out.fits``.
        slices: What is published of waves and groups.
    """
    units = with_carried(UNIT_MEANS, slices.unit_means, slices.carried)
    marks = {"is_figure": fits["estimator"].isin(FIGURES), "is_variant": fits["variant"] != "main"}
    in_order = fits.assign(**marks).sort_values([*marks, "model", "variant"])
    declared = store.read(out.FITS).set_index("fit_id", drop=False).loc[[str(each) for each in in_order["fit_id"]]]
    explained = {str(each["fit_id"]): outcomes_of(recorded_model(each)) for each in declared.to_dict("records")}
    withheld: dict[str, str] = {}
    no_scales = declared[~declared["outcome"].isin(list(study.scales()))]
    for each in (*_of_scales(study, slices), *_of_answers(store, slices, no_scales)):
        own = [name for name, outcomes in explained.items() if each.outcomes.intersection(outcomes)]
        if not own or each.people.empty:
            continue
        hidden = hidden_cells(each.people, _shown(units, each.people, each.name, slices))
        withheld |= _telling(store, declared.loc[own], each, hidden)
    withheld |= _told_by_weights(store, slices, declared.drop(index=list(withheld)))
    return withheld | _told_by_intervals(study, store, slices, declared.drop(index=list(withheld)))


def _told_by_weights(store: Store, slices: Slices, records: pd.DataFrame) -> dict[str, str]:
    """Return the fits whose weights of response would tell how many of an organisation answered.

    Of those who could answer the share who did stays as uncertain as that of any answer.
    """
    withheld: dict[str, str] = {}
    known: dict[frozenset[str], HiddenCells] = {}
    least = slices.policy.least_share_width
    for record in records[method_of(records) == "response_weights"].to_dict("records"):
        labels = labels_from_json(str(record["labels_json"]))
        rows = store.kept_rows(str(record["data_hash"]))
        for spec, asked in models_of_answering(recorded_model(record), rows):
            people = _placed(asked, slices)
            design = _of_scored(turned_back(spec, asked, labels, {}), people)
            before = known.setdefault(frozenset(asked["response_id"]), hidden_cells(people, pd.DataFrame(columns=UNIT)))
            after = before.with_known(before.news(sums_that_follow(design.turned, people, before)))
            if tells(before, after, least):
                withheld[str(record["fit_id"])] = reason("tells_of_answering")
            else:
                known[frozenset(asked["response_id"])] = after
    return withheld


def _placed(asked: pd.DataFrame, slices: Slices) -> pd.DataFrame:
    """Return who could answer, where a release knows their organisation, with 1 for those who did."""
    answered = asked.set_index("response_id")[ANSWERED]
    return _people(slices.rows.assign(answer=slices.rows["response_id"].map(answered)), "answer")


def _told_by_intervals(study: Study, store: Store, slices: Slices, records: pd.DataFrame) -> dict[str, str]:
    """Return the fits whose intervals of corrected means would tell the hidden mean of an organisation."""
    units = with_carried(UNIT_MEANS, slices.unit_means, slices.carried)
    corrected = [each for each in records.to_dict("records") if each["estimator"] == CORRECTED]
    withheld: dict[str, str] = {}
    for each in _of_scales(study, slices) if corrected else ():
        hidden = hidden_cells(each.people, _shown(units, each.people, each.name, slices))
        asked, n_shown = OfScale(each.outcomes, each.people, hidden, tuple(study.spec.waves)), 0
        for record in corrected:
            spec, name = recorded_model(record), str(record["fit_id"])
            if name in withheld or not (means := asked.means_in(spec)) or hidden.cells.empty:
                continue
            rows, labels = store.kept_rows(str(record["data_hash"])), labels_from_json(str(record["labels_json"]))
            if least_width(asked, spec, rows, labels, n_shown) < each.least - SLACK:
                withheld[name] = reason("tells_of_unit")
            else:
                n_shown += len(means)
    return withheld


@dataclass(frozen=True, eq=False)
class _Asked:
    """Something of which no mean of a hidden organisation may follow.

    Attributes:
        name: The scale, or the outcome that is none.
        outcomes: Outcomes that tell of it.
        people: One row a person with a score, as of ``hidden_cells``.
        least: Width that is asked of hidden means.
    """

    name: str
    outcomes: frozenset[str]
    people: pd.DataFrame
    least: float


def _of_scales(study: Study, slices: Slices) -> Iterator[_Asked]:
    """Yield every scale; the item of a scale of one item tells of it too."""
    for scale, instrument in study.scales().items():
        rule = instrument.scales[scale]
        least = slices.policy.least_width * (len(rule.items) if rule.score == "sum" else 1)
        yield _Asked(scale, tell_of_scale(scale, rule.items), _people(slices.rows, scale), least)


def _of_answers(store: Store, slices: Slices, fits: pd.DataFrame) -> Iterator[_Asked]:
    """Yield every answer to what fits explain that are no scales, 1 for those who gave it, and counts as they are.

    Of other numbers nothing is asked unless they take two values.
    """
    for outcome, own in fits.groupby("outcome"):
        name, is_of_counts = str(outcome), own["estimator"].isin(OF_COUNTS)
        kept = [store.kept_rows(str(each)).set_index("response_id")[name] for each in own["data_hash"].unique()]
        answers = pd.concat(kept).dropna().groupby(level=0).first()
        rows = slices.rows.assign(answer=slices.rows["response_id"].map(answers))
        if is_of_counts.any():
            yield _Asked(name, frozenset([name]), _people(rows, "answer"), slices.policy.least_width)
        values = list(answers.unique())
        if len(values) <= YES_AND_NO or (own["estimator"].isin(OF_ANSWERS) & ~is_of_counts).any():
            for value in values if len(values) > YES_AND_NO else values[:1]:
                gave = rows.assign(answer=(rows["answer"] == value).where(rows["answer"].notna()))
                yield _Asked(name, frozenset([name]), _people(gave, "answer"), slices.policy.least_share_width)


def _people(rows: pd.DataFrame, scale: str) -> pd.DataFrame:
    scored = rows[rows[scale].notna()].set_index("response_id")
    named = {"organisation": scored["organisation_id"], "region": scored["region"]}
    plain = {name: each.astype(object).where(each.notna(), "") for name, each in named.items()}
    return scored[PEOPLE].assign(**plain, score=scored[scale].astype(float))


def _shown(units: pd.DataFrame, people: pd.DataFrame, scale: str, slices: Slices) -> pd.DataFrame:
    """Return the units whose mean is shown, everybody of large groups among them."""
    shown = units.loc[(units["scale"] == scale) & ~units["is_hidden"].astype(bool), UNIT]
    n = people.groupby(PEOPLE).size()
    large: list[Slice] = [(str(w), str(g)) for w, g in n[n >= slices.policy.least_cell_size].index]
    everybody = [(*where, *EVERYBODY_UNIT) for where in large if (scale, where) not in slices.hidden]
    return pd.concat([shown, pd.DataFrame(everybody, columns=UNIT)], ignore_index=True).drop_duplicates()


def _telling(store: Store, records: pd.DataFrame, asked: _Asked, hidden: HiddenCells) -> Mapping[str, str]:
    diagnostics, estimates = store.read(out.DIAGNOSTICS), store.read(out.ESTIMATES)
    withheld: dict[str, str] = {}
    n_squares, has_figures = 0, False
    for record in records.to_dict("records"):
        if has_figures and record["estimator"] in FIGURES:
            withheld[str(record["fit_id"])] = reason("second_figures")
            continue
        own = diagnostics[diagnostics["fit_id"] == record["fit_id"]].dropna(subset=["value"])
        terms = estimates[estimates["fit_id"] == record["fit_id"]]
        variances = dict(zip(own["diagnostic"], own["value"].astype(float), strict=True))
        coefficients = dict(zip(terms["term"], terms["estimate"].astype(float), strict=True))
        designs = _designs(store, record, asked, (variances, coefficients))
        sums = np.vstack([sums_that_follow(each.even.turned, asked.people, hidden) for each in designs])
        more = hidden.with_known(hidden.news(sums))
        squares = [
            each
            for design in designs
            for tell in (_of_groups, _of_errors)
            for each in tell(record, design, asked.people, more)
        ]
        widths = [squares_widths(more, each) for each in squares]
        if record["estimator"] in FIGURES:
            widths.append(_beside_figures(store, record, asked, hidden, n_squares))
        if tells(hidden, more, asked.least) or any((each < asked.least - SLACK).any() for each in widths):
            withheld[str(record["fit_id"])] = reason("tells_of_unit")
        else:
            hidden, n_squares = more, n_squares + len(squares)
            has_figures |= record["estimator"] in FIGURES
    return withheld


def _beside_figures(
    store: Store, record: Mapping[Any, Any], asked: _Asked, hidden: HiddenCells, n_others: int
) -> Vector:
    rows, labels = store.kept_rows(str(record["data_hash"])), labels_from_json(str(record["labels_json"]))
    told = (asked.people, hidden)
    return widths_beside_figures(recorded_model(record), rows, labels, told, (asked.outcomes, n_others))


def _of_groups(
    record: Mapping[Any, Any], design: "_Columns", people: pd.DataFrame, hidden: HiddenCells
) -> list[Squares]:
    """Return the sum of squares that the variance between organisations tells, or how they correlate."""
    is_of_pairs = record["estimator"] in LINEAR_EQUATIONS
    if not is_of_pairs and record["estimator"] not in OF_GROUPS:
        return []
    return [squares_of_organisations(design.even, people, hidden, is_of_pairs=is_of_pairs)]


def _of_errors(
    record: Mapping[Any, Any], design: "_Columns", people: pd.DataFrame, hidden: HiddenCells
) -> list[Squares]:
    """Return the sums of squares that standard errors tell, which are made of sums over organisations."""
    spec = recorded_model(record)
    is_of_rows = spec.level != "response"
    if record["estimator"] not in (*OF_RESPONSES, *LINEAR_EQUATIONS) or not (is_of_rows or _is_by_organisation(spec)):
        return []
    own, even, silent = design.own, design.even, design.silent
    if silent is not None and silent.weighted is not None:
        return squares_of_stacked(own, even, silent, ORGANISATION, (people, hidden))
    return squares_of_errors(own, people, hidden, has_rows_of_organisations=is_of_rows, even=even)


def _is_by_organisation(spec: RegressionSpec) -> bool:
    sampled = () if spec.design is None else (each.clusters for each in spec.design.stages())
    return ORGANISATION in (*spec.clusters(), *sampled)


@dataclass(frozen=True, eq=False)
class _Columns:
    """Columns of a fit's equations, one row a person with a score.

    Attributes:
        own: As they are.
        even: With weights that are the same for all of an organisation.
        silent: Who could have been among its rows, where the model weights for them.
    """

    own: TurnedBack
    even: TurnedBack
    silent: Silent | None


def _designs(
    store: Store, record: Mapping[Any, Any], asked: _Asked, found: tuple[Mapping[str, float], Mapping[str, float]]
) -> list[_Columns]:
    """Return the columns of a fit's equations of what is asked."""
    labels = labels_from_json(str(record["labels_json"]))
    said, kept = recorded_model(record), store.kept_rows(str(record["data_hash"]))
    spec, rows = as_weighted(said, kept)
    told = [
        {
            outcome: with_columns_of_errors(each, spec, weighed, labels)
            for outcome, each in each_turned_back(spec, weighed, labels, *found).items()
        }
        for weighed in (rows, with_even_weights(spec, rows, asked.people))
    ]
    silent = silent_of(said, kept)
    return [
        _Columns(_of_scored(told[0][outcome], asked.people), _of_scored(told[1][outcome], asked.people), silent)
        for outcome in sorted(asked.outcomes.intersection(told[0]))
    ]


def _of_scored(design: TurnedBack, people: pd.DataFrame) -> TurnedBack:
    scored = design.matrix.index.isin(people.index)
    return TurnedBack(design.matrix[scored], design.turned[scored])
