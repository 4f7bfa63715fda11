"""The truth file: everything planted, who is careless, the organisations' true values. The pipeline never reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import pandas as pd

from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.carelessness import ATTENTIVE
from pipelines.studies.demo.codings import source_of
from pipelines.studies.demo.parameters import VERSION, Parameters
from pipelines.studies.demo.population import Population

LABEL = "SYNTHETIC - no real organisation, person or answer"
LANGUAGE_IS_COUNTRY = "language equals country here; differences may not be read as language effects"
DEVIATIONS = (
    "24 large organisations, drawn at random, invite 150 frontline staff, 150 citizens and 40 middle managers in place "
    "of 25, 25 and 6, so that some organisations can be looked at one by one; recovery runs keep 25, 25 and 6",
)
DECISIONS = (
    "Every latent value without an equation is an independent standard normal draw, the same in all waves: every "
    "relation with it is a true null apart from method variance. This holds for all of MID and PAR.",
    "Values of top managers, safety, wickedness and reports of the organisation stay the same in all waves.",
    "Integration is measured by all twelve items: both dimensions of a direction measure the same latent value.",
    "Loadings run over the items of a latent value in the order of the form, starting again after five.",
    "Extent scales have the thresholds of agreement scales.",
    "The term of co-production in attrition is that of frontline staff; for the others it is nought.",
    "Where only phases of co-production exist, the code E5 depends on their sum, scaled to unit variance.",
    "The codes D1 and E1 of middle managers depend on their own enabler identity and forwarding.",
    "Partners write open answers as often as frontline staff.",
    "Age is drawn in years (normal) and reported in bands; tenure is gamma, at most age - 20.",
    "Everybody of an organisation that hosts joint work itself names a public authority as its place.",
    "Registers and archives are unrelated to everything except the programme.",
)


def truth_of(
    population: Population,
    forms: Sequence[AnsweredForm],
    ids: Sequence[pd.Series],
    parameters: Parameters,
    seed: int,
) -> dict[str, Any]:
    """Return the truth as JSON values.

    Args:
        population: Organisations and invited persons.
        forms: What the forms brought.
        ids: Of every form the ids of its responses on their platform.
        parameters: What is planted.
        seed: The seed.
    """
    has_large = parameters.size.large_organisations > 0
    return {
        "label": LABEL,
        "synthetic": True,
        "version": VERSION,
        "seed": seed,
        "confound": LANGUAGE_IS_COUNTRY,
        "deviations": list(DEVIATIONS) if has_large else [],
        "decisions": list(DECISIONS),
        "parameters": as_json(parameters),
        "organisations": _organisations(population),
        "careless": [row for form, of in zip(forms, ids, strict=True) for row in _careless(form, of)],
    }


def as_json(value: object) -> Any:  # noqa: ANN401 - JSON values are of many types
    """Return a value of dataclasses, mappings and tuples as JSON values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(each) for key, each in value.items()}
    return [as_json(each) for each in value] if isinstance(value, tuple) else value


def _organisations(population: Population) -> list[dict[str, Any]]:
    true = pd.DataFrame(population.organisations).round(6)
    return _records(pd.concat([population.places, true], axis=1))


def _careless(form: AnsweredForm, ids: pd.Series) -> list[dict[str, Any]]:
    persons = form.persons.assign(response_id=f"{source_of(form)}/" + ids, wave=form.wave, respondent_group=form.group)
    known = persons.loc[persons["careless"] != ATTENTIVE]
    shown = ["response_id", "wave", "respondent_group", "respondent_key", "careless", "starts_late"]
    return _records(known[shown].rename(columns={"careless": "kind"}))


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]
