"""Models written as lavaan writes them, fitted by ours, for tests that compare the two."""

import json

import numpy as np
import pandas as pd

from models.measurement.confirmatory.continuous import fit_normal, fit_robust, fit_satorra_bentler
from models.measurement.confirmatory.model import (
    FactorModel,
    Setting,
    baseline_layout,
    continuous_layout,
    ordinal_baseline,
    ordinal_layout,
)
from models.measurement.confirmatory.ordered_fit import fit_ordered, ordered_moments
from models.measurement.confirmatory.sample import sample_of
from models.measurement.ordered import ordered_sample
from tests.lavaan_optima import OPTIMA

FITS = {"standard": fit_normal, "robust.huber.white": fit_robust, "robust.sem": fit_satorra_bentler}
FILES = {"hs": "HolzingerSwineford1939", "bfi": "bfi", "poldem": "PoliticalDemocracy"}


def oracle(reference, number):
    return json.loads(next((reference / "oracles").glob(f"{number:02d}_*.json")).read_text())


def model_of(text):
    indicators, regressions, pairs = {}, {}, []
    for line in filter(None, (each.strip() for each in text.replace("\n", ";").split(";"))):
        link = next(each for each in ("=~", "~~", "~") if each in line)
        left, right = line.split(link)
        parts = tuple(part.strip() for part in right.split("+"))
        if link == "~~":
            pairs += [(left.strip(), part) for part in parts]
        else:
            (indicators if link == "=~" else regressions)[left.strip()] = parts
    return FactorModel(indicators, regressions, tuple(pairs))


def keys_of(parameter):
    """How lavaan names a parameter; a covariance either way round."""
    left, right = parameter.left, parameter.right
    match parameter.kind:
        case "loading":
            return [(left, "=~", right)]
        case "regression":
            return [(right, "=~", left), (left, "~", right)]
        case "factor_covariance" | "residual_covariance":
            return [(left, "~~", right), (right, "~~", left)]
        case "threshold":
            return [(left, "|", f"t{right}")]
        case "response_scale":
            return [(left, "~*~", left)]
        case _:
            return [(left, "~1", "")]


def answers_of(reference, key, items):
    name = FILES[key.split("_")[0]] + ("_missing" if key.startswith("hs_fiml") else "")
    return pd.read_csv(reference / f"oracles/data/{name}.csv")[list(items)]


def fitted(reference, key, about):
    """Fit an entry of oracle 04 and its baseline as ours."""
    model = model_of(about["model"])
    table = answers_of(reference, key, model.items)
    is_complete = about["missing"] == "listwise"
    data = table.dropna(how="any" if is_complete else "all").to_numpy(dtype=float)
    if "wlsmv" in key:
        counted = ordered_sample(data)
        moments = [ordered_moments(counted)]
        layout = ordinal_layout(model, counted.n_categories, Setting())
        return fit_ordered(layout, moments), fit_ordered(
            ordinal_baseline(model.items, counted.n_categories, 1), moments
        )
    scaling = "unit_variance" if "std_lv" in key else "marker"
    layout = continuous_layout(model, Setting(scaling=scaling, has_means=not is_complete))
    samples, fit = (sample_of(data),), FITS[about["se"]]
    return fit(layout, samples), fit(baseline_layout(model.items, 1, has_means=not is_complete), samples)


def is_close(found, expected, tolerance):
    return bool(np.abs(found - expected) <= tolerance * max(1.0, abs(expected)))


def optimum_of(key, rows):
    """Return lavaan's estimates at the optimum itself by name, where its search stopped short; else nothing."""
    free = [each for each in rows if each["se"] > 0]
    values = [float(each) for each in OPTIMA.get(key, "").split()]
    names = [(each["lhs"], each["op"], each["rhs"], *([each["group"]] if "group" in each else [])) for each in free]
    return dict(zip(names, values, strict=True)) if values else {}
