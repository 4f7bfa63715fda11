"""A study that names forms runs on exports of four platforms without a mapping and stores what was answered."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command_line import done, sensemaking, table
from tests.instruments import answered_forms, test_form_for_kobo, test_form_for_limesurvey, test_form_for_redcap
from tests.instruments.test_form_for_qualtrics import CODES
from tests.instruments.test_form_for_qualtrics import exported as exported_by_qualtrics
from tests.received import Delivery

GROUPS = {"citizens": "CIT", "partners": "PAR", "frontline_staff": "FRL", "top_managers": "TOP"}


def deliveries(asked: dict[str, answered_forms.Asking], drawn: dict[str, Any]) -> dict[str, Delivery]:
    def file(name: str, target: str) -> tuple[answered_forms.Asking, bytes, Any]:
        return asked[name], answered_forms.written(name, asked[name].language, target), drawn[name]

    lime, red, kobo = (each.exported for each in (test_form_for_limesurvey, test_form_for_redcap, test_form_for_kobo))
    return {
        "citizens": lime(*file("citizens", "limesurvey"), "code", has_definition=False),
        "partners": red(*file("partners", "redcap"), labels=False, has_definition=True),
        "frontline_staff": kobo(*file("frontline_staff", "xlsform"), "no groups", has_definition=False),
        "top_managers": exported_by_qualtrics(asked["top_managers"], drawn["top_managers"], CODES, has_definition=True),
    }


@pytest.mark.slow
def test_exports_of_four_platforms_are_stored_as_answered(tmp_path: Path) -> None:
    languages = dict(zip(GROUPS, ("da", "en", "da", "en"), strict=True))
    asked = {name: answered_forms.asking(name, language) for name, language in languages.items()}
    drawn = {name: answered_forms.draw(each) for name, each in asked.items()}
    sources: dict[str, Any] = {}
    for name, each in deliveries(asked, drawn).items():
        delivery = Delivery(
            f"{name}_{each.name}", each.content, {f"{name}_{key}": v for key, v in each.definition.items()}
        )
        delivery.written(tmp_path / "exports")
        sources[name] = {**delivery.settings(), "form": name, "time_zone": "UTC"}
    study = {
        "name": "tried", "title": {"en": "Tried"}, "is_synthetic": True, "waves": {"w1": {"title": {"en": "First"}}},
        "respondent_groups": {group: {"en": group} for group in GROUPS.values()}, "forms": list(GROUPS),
        "sources": sources, "release": {"least_cell_size": 10, "languages": ["en"]},
    }  # fmt: skip
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
    done(sensemaking("check", tmp_path))
    done(sensemaking("run", tmp_path))
    answers = table(tmp_path, "core.answers")
    assert len(answers) == sum(map(len, drawn.values()))
    for name, responses in drawn.items():
        rows = answers[answers["response_id"].str.startswith(f"{name}/")].to_dict("records")
        for row, response in zip(rows, responses, strict=True):
            closed = {key: each for key, each in answered_forms.stored(asked[name], response).items() if key in row}
            assert {key: row[key] for key in closed} == closed
            assert len(closed) > 0 or all(each is None for each in response.values())
    reasons = set(table(tmp_path, "core.missing")["reason"])
    assert reasons == {"not_administered", "unknown_blank", "dont_know", "refused"}
