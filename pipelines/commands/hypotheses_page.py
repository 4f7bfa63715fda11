"""Models of the library → the page of the hypotheses: what is expected, which models test it."""

from collections.abc import Iterator
from pathlib import Path

from instruments.load import LIBRARY as INSTRUMENTS
from instruments.load import find_instruments, load_instrument
from instruments.spec_file import ANY_LANGUAGE, Texts
from models.load import LIBRARY, read_model
from models.sections.regressors import Interaction, Regressor, Surface, as_variable
from models.spec import RegressionSpec

_SIGNS = {"positive": "+", "negative": "−", "none": "0 or open"}
_INTRODUCTION = """\
# Hypotheses

Nineteen hypotheses come from the four publications behind the measurement model. Below stands for each which models of
`models/library/` test it. A study names the ones it wants under `models` in `study.yaml`, beside the five forms and
`organisations`.

Signs are of the regressor named: + more, − less, 0 or open. `of TOP` is the mean of the organisation's top managers in
the same wave; without it, the mean is that of the respondent's own group. Every model has a variant `without_controls`;
variants called `exploratory_…` test no hypothesis. Coefficients say how answers go together, never what would follow
from a change.
"""


def hypotheses_page() -> str:
    """Write the page."""
    models = library_models()
    codes = sorted({each.code for each in models}, key=lambda code: int(code.removeprefix("H")))
    lines = [_INTRODUCTION]
    names = _short_names()
    for code in codes:
        tested = [each for each in models if each.code == code]
        lines += [f"## {code}\n", f"{_text(tested[0].hypothesis)}\n", *_models_of(tested, names)]
    return "\n".join(lines)


def library_models() -> list[RegressionSpec]:
    """Return the models of the library, by name.

    Raises:
        AssertionError: When a file of the library has faults.
    """
    return [_whole(path, read_model(path)[0]) for path in sorted(LIBRARY.glob("*.yaml"))]


def _whole(path: Path, spec: RegressionSpec | None) -> RegressionSpec:
    if spec is None:
        raise AssertionError(f"{path.name} has faults")
    return spec


def _short_names() -> dict[str, str]:
    """Return the code of every scale of the library, such as IW.fa, by the scale's name."""
    loaded = [load_instrument(path) for path in find_instruments([INSTRUMENTS]).values()]
    return {name: scale.code for each in loaded for name, scale in each.scales.items() if scale.code}


def _models_of(models: list[RegressionSpec], names: dict[str, str]) -> Iterator[str]:
    yield "| model | asked of | outcome | expected | variants |"
    yield "| --- | --- | --- | --- | --- |"
    for model in models:
        expected = [(model.focal, model.expected_sign), *((each.regressor, each.sign) for each in model.also_expected)]
        signs = "; ".join(f"{_written(regressor, names)} {_SIGNS[sign]}" for regressor, sign in expected)
        groups = ", ".join(model.population.respondent_groups)
        variants = ", ".join(f"`{each.name}`" for each in model.variants)
        yield f"| `{model.name}` | {groups} | {_named(model.outcome, names)} | {signs} | {variants} |"
    yield ""


def _written(regressor: str | Regressor, names: dict[str, str]) -> str:
    if isinstance(regressor, Surface):
        return "surface of " + " and ".join(_written(part, names) for part in regressor.surface.reports)
    if isinstance(regressor, Interaction):
        return " × ".join(_written(part, names) for part in regressor.interaction)
    variable = as_variable(regressor)
    use = {"organisation_mean": "mean", "within_organisation": "within"}.get(variable.use, "")
    of = f" of {variable.of}" if variable.of else ""
    use = "of the other member" if variable.other_member else f"{use}{of}"
    return _named(variable.variable, names) + (f" ({use})" if use else "")


def _named(variable: str, names: dict[str, str]) -> str:
    return names.get(variable, f"`{variable}`")


def _text(texts: Texts) -> str:
    return texts.get("en") or texts.get(ANY_LANGUAGE) or next(iter(texts.values()))
