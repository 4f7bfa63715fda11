"""A model of a study → what a lock freezes of it; one fit's part of that; and the differences of two such parts.

Everything is plain JSON with defaults written out: what the software assumes is frozen as well as what the file says.
Words for readers (titles, reasons, wordings of items) are written down, but do not decide what is tested.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import to_jsonable_python

from instruments.spec import Item, Scale
from models.sections.figures import figures_written_out, names_in_figures
from models.sections.inference import FIGURES, MARGINAL, MIXED_CATEGORICAL, PATHS
from models.sections.paths import MEDIATIONS, Paths
from models.sections.regressors import Interaction, Regressor, Surface, as_variable
from models.spec import RegressionSpec
from pipelines.load import Study
from pipelines.sections.screening import LimitName
from pipelines.steps.difference import Difference

Content = dict[str, Any]
WORDS_OF_MODELS = ("title", "because", "code")
WORDS_OF_SCALES = ("title", "code", "definition", "provenance", "high_score_means", "parallel_to", "dimensions")
WORDS_OF_ITEMS = ("text",)
BY_LANGUAGE = ("hypothesis", "estimand")
NOTHING = "nothing"


def canonical(content: object) -> str:
    """Write plain values as JSON with sorted keys and no blanks."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def hash_of(content: object) -> str:
    """Return the SHA-256 of the canonical JSON of plain values, in hexadecimal."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def frozen_model(study: Study, name: str) -> Content:
    """Return what a lock freezes of a model of a study.

    Returns:
        ``main``: the model with defaults written out; ``variants``: the keys that each variant changes; ``scales`` and
        ``items`` they are scored from; ``rows``: which responses are analysed; where a variant needs them also
        ``exclusions``, ``screening``, ``weights``, ``coding`` and ``label_experiment``.
    """
    model = study.models[name]
    main = _spec_content(model.with_variant("main"))
    applied = {each.name: _spec_content(model.with_variant(each.name)) for each in model.variants}
    variants = {
        variant: {key: value for key, value in content.items() if value != main[key]}
        for variant, content in applied.items()
    }
    names = sorted({each for content in (main, *applied.values()) for each in _names_in(content)})
    scales = {each: study.scales()[each].scales[each] for each in names if each in study.scales()}
    items = sorted({item for scale in scales.values() for item in scale.items} | (set(names) - set(scales)))
    content: Content = {
        "main": main,
        "variants": variants,
        "scales": {each: _plain(scale) for each, scale in scales.items()},
        "items": {each: found for each in items if (found := _item_content(study, each)) is not None},
        "rows": _rows_content(study),
    }
    every = (main, *applied.values())
    return content | _asked_for(study, names, every)


def fit_content(frozen: Content, variant: str, waves: Collection[str]) -> Content | None:
    """Return what decides one fit of a frozen model, words for readers left out; None when it has no such variant.

    Args:
        frozen: See ``frozen_model``.
        variant: ``main`` or a variant.
        waves: Waves of the responses it uses.
    """
    if variant != "main" and variant not in frozen["variants"]:
        return None
    spec = _with_present_keys(frozen["main"] | frozen["variants"].get(variant, {}))
    names = _names_in(spec)
    scales = {each: _filled(Scale, frozen["scales"][each]) for each in names if each in frozen["scales"]}
    items = {item for scale in scales.values() for item in scale["items"]} | set(names)
    rows = frozen["rows"]
    content: Content = {
        "model": _without(spec, WORDS_OF_MODELS),
        "scales": {each: _without(scale, WORDS_OF_SCALES) for each, scale in scales.items()},
        "items": {
            each: _without(_filled(Item, frozen["items"][each]), WORDS_OF_ITEMS)
            for each in sorted(items)
            if each in frozen["items"]
        },
        "rows": rows | {"left_out": {wave: each for wave, each in rows["left_out"].items() if wave in waves}},
    }
    if (rule := spec["population"]["without"]) is not None:
        content["exclusions"] = {rule: frozen.get("exclusions", {}).get(rule)}
        content["screening"] = frozen.get("screening")
    content |= {"weights": frozen.get("weights")} if spec["weights"] else {}
    coding = frozen.get("coding")
    content |= {"coding": coding} if coding is not None and set(names) & set(coding["variables"]) else {}
    return content | ({"label_experiment": frozen.get("label_experiment")} if "label_seen" in names else {})


def differences(old: Content, new: Content, by_language: Collection[str] = BY_LANGUAGE) -> tuple[Difference, ...]:
    """Return every key in which two contents differ, in order.

    Args:
        old: One content.
        new: The other.
        by_language: Keys of words by language, where a translation that was added is no difference.
    """
    return tuple(_differing(old, new, by_language, ()))


def _differing(old: Any, new: Any, by_language: Collection[str], place: tuple[str, ...]) -> Iterator[Difference]:  # noqa: ANN401 - JSON
    if isinstance(old, dict) and isinstance(new, dict):
        is_words = bool(place) and place[-1] in by_language
        for key in sorted(old if is_words and old else {**old, **new}):
            yield from _differing(old.get(key, ...), new.get(key, ...), by_language, (*place, str(key)))
    elif old != new:
        shown = [NOTHING if each is ... else canonical(each) for each in (old, new)]
        yield Difference(".".join(place), shown[0], shown[1])


def _spec_content(spec: RegressionSpec) -> Content:
    """Write a model out: regressors as variables in a fixed order, the covariance and family that hold."""
    content = _plain(spec.model_copy(update={"regressors": (), "also_expected": ()}))
    content |= {
        "covariance": spec.covariance_used(),
        "family": spec.family or spec.code or None,
        "focal": _written_out(spec.focal),
        "regressors": _in_order(_written_out(each) for each in spec.regressors),
        "also_expected": _in_order(
            {"regressor": _written_out(each.regressor), "sign": each.sign} for each in spec.also_expected
        ),
        "population": {
            key: _in_order(value) if isinstance(value, list) else value for key, value in content["population"].items()
        },
    }
    content |= {"by_threshold": _in_order(_written_out(each) for each in spec.by_threshold)}
    content |= {key: _in_order(content[key]) for key in ("cluster", "fixed_effects") if isinstance(content[key], list)}
    content["random_effects"] = _in_order(
        _plain(each) | {"slopes": _in_order(_written_out(slope) for slope in each.slopes)}
        for each in spec.random_effects
    )
    if spec.estimator in PATHS:
        content["paths"] = _paths_written_out(spec.paths or Paths(), has_draws=spec.estimator in MEDIATIONS)
    if spec.estimator == "mixed":
        degrees = None if spec.clusters() else spec.degrees_of_freedom or "satterthwaite"
        content |= {"degrees_of_freedom": degrees, "likelihood": spec.likelihood or "REML"}
    if spec.estimator in MIXED_CATEGORICAL:
        content["quadrature_points"] = spec.quadrature_points or (11 if len(spec.random_effects) == 1 else 1)
    content |= {"figures": figures_written_out(spec.figures)} if spec.estimator in FIGURES else {}
    if spec.estimator in MARGINAL:
        content["working_correlation"] = spec.working_correlation or "exchangeable"
    return _without(content, ("name", "kind", "variants"))


def _paths_written_out(paths: Paths, *, has_draws: bool) -> Content:
    """Write variables of paths out; mediators that stand beside each other, stages and what is steady in order."""
    mediators = [_written_out(each) for each in paths.mediators]
    single = {"moderator": paths.moderator, "other_outcome": paths.other_outcome}
    return _plain(paths) | {
        "mediators": mediators if paths.form == "serial" else _in_order(mediators),
        **{key: None if each is None else _written_out(each) for key, each in single.items()},
        "moderated": sorted(paths.moderated),
        "steady": sorted(paths.steady),
        "draws": (paths.n_draws or None) if has_draws else None,
    }


def _written_out(regressor: str | Regressor) -> Content:
    if isinstance(regressor, Interaction):
        return {"interaction": _in_order(_written_out(part) for part in regressor.interaction)}
    if isinstance(regressor, Surface):
        views = regressor.surface
        reports = {"self_report": views.self_report, "other_report": views.other_report}
        return {"surface": _plain(views) | {key: _written_out(each) for key, each in reports.items()}}
    return _plain(as_variable(regressor))


def _in_order(entries: Any) -> list[Any]:  # noqa: ANN401 - JSON
    return sorted(entries, key=canonical)


def _names_in(spec: Content) -> list[str]:
    """Return the outcome, every variable on the right-hand side of a written-out model, and columns of its effects."""
    found, effects = [spec["outcome"]], spec.get("fixed_effects") or []
    for each in spec["regressors"]:
        views = each.get("surface")
        parts = each.get("interaction", [each]) if views is None else [views["self_report"], views["other_report"]]
        found += [part["variable"] for part in parts]
    if (other := (spec.get("paths") or {}).get("other_outcome")) is not None:
        found.append(other["variable"])
    found += names_in_figures(spec.get("figures"))
    for each in spec.get("random_effects", []):
        found += each["groups"] if isinstance(each["groups"], list) else [each["groups"]]
    return list(dict.fromkeys([*found, *(effects if isinstance(effects, list) else [effects])]))


def _item_content(study: Study, name: str) -> Content | None:
    """Return how the answers behind a variable are coded; None for a key of the response, such as the wave."""
    for instrument in study.described():
        for item in instrument.items:
            if name == item or name in instrument.option_columns(item):
                scale = instrument.response_scale_of(item)
                codes = [] if scale is None else sorted(scale.points)
                reasons = {} if scale is None else {str(code): each.reason for code, each in scale.opt_outs.items()}
                return _plain(instrument.items[item]) | {
                    "item": item,
                    "codes": codes,
                    "opt_outs": reasons,
                    "is_ordered": None if scale is None else scale.ordered,
                }
    return None


def _rows_content(study: Study) -> Content:
    """Return which responses are analysed, and which rows of the exports are nobody's answers."""
    left_out: dict[str, Content] = {}
    for name, source in study.spec.sources.items():
        if source.only or source.without:
            left_out.setdefault(source.wave, {})[name] = _plain(source, ("only", "without"))
    dispositions = _without(_plain(study.spec.dispositions), ("edition",))
    return {"invalid_answers": study.spec.invalid_answers, "dispositions": dispositions, "left_out": left_out}


def _asked_for(study: Study, names: Collection[str], specs: Collection[Content]) -> Content:
    """Return the sections of study.yaml that at least one variant needs."""
    spec, found = study.spec, Content()
    if any(each["population"]["without"] is not None for each in specs):
        rules = spec.screening
        found["exclusions"] = {
            name: _without(_plain(rule), ("title", "because", "declared_on")) for name, rule in rules.exclusions.items()
        }
        found["screening"] = _without(_plain(rules), ("exclusions", "attention_checks")) | {
            "limits": {name: rules.limit(name) for name in get_args(LimitName)},
            "fraud_scores": {
                name: _without(_plain(each), ("because",)) for name, each in rules.every_fraud_score().items()
            },
            "attention_checks": {name: list(each.expected) for name, each in rules.attention_checks.items()},
        }
    if any(each["weights"] for each in specs):
        found["weights"] = _plain(spec.weights) if spec.weights is not None else None
    if study.coding is not None and (coded := sorted(set(names) & set(study.coding.variables()))):
        found["coding"] = {"variables": coded, "spec": _plain(study.coding.spec), "scheme": _plain(study.coding.scheme)}
    if "label_seen" in names and spec.label_experiment is not None:
        found["label_experiment"] = _plain(spec.label_experiment)
    return found


def _with_present_keys(spec: Content) -> Content:
    """Fill in keys that the software has learnt since, with the defaults that leave a model as it was."""
    try:
        read = RegressionSpec.model_validate_json(canonical({**spec, "name": "model", "kind": "regression"}))
    except ValidationError:
        return spec
    return _spec_content(read)


def _filled(kind: type[BaseModel], content: Content) -> Content:
    defaults = {
        name: to_jsonable_python(field.get_default(call_default_factory=True))
        for name, field in kind.model_fields.items()
        if not field.is_required() and name not in content
    }
    return defaults | content


def _plain(spec: BaseModel, keys: Collection[str] | None = None) -> Content:
    return spec.model_dump(mode="json", by_alias=True, include=None if keys is None else set(keys))


def _without(content: Mapping[str, Any], keys: Collection[str]) -> Content:
    return {key: value for key, value in content.items() if key not in keys}
