"""A plan freezes every kind of model that the language has, and knows the same model written in another way."""

import shutil
from pathlib import Path

import pytest

from models.spec import RegressionSpec
from pipelines.load import Study, load_study
from pipelines.steps.plan_content import canonical, differences, fit_content, frozen_model
from tests.small_study import MODEL, build_small_study

DEMO = Path(__file__).parents[2] / "pipelines/studies/demo"
WAVES = ("w1", "w2", "w3")
REGRESSORS = "regressors: [teamwork, tenure]"
SURFACE = "regressors: [{surface: {self_report: %s, other_report: tenure, scale: [1, 5]}}]"
WAYS = {
    "surface": (SURFACE % "teamwork", SURFACE % "{variable: teamwork}"),
    "by_threshold": (
        f"{REGRESSORS}\nestimator: ordered_logit\nby_threshold: [teamwork, tenure]",
        f"{REGRESSORS}\nestimator: ordered_logit\nby_threshold: [tenure, {{variable: teamwork}}]",
    ),
    "paths": (
        f"{REGRESSORS}\nestimator: mediation\npaths: {{mediators: [tenure], form: parallel}}",
        f"{REGRESSORS}\nestimator: mediation\npaths: {{mediators: [{{variable: tenure}}]}}",
    ),
    "draws": (
        f"{REGRESSORS}\nestimator: mediation\npaths: {{mediators: [tenure]}}",
        f"{REGRESSORS}\nestimator: mediation\npaths: {{mediators: [tenure], draws: 100000}}",
    ),
    "fixed_effects": (
        f"{REGRESSORS}\nfixed_effects: [organisation_id, wave]",
        f"{REGRESSORS}\nfixed_effects: [wave, organisation_id]",
    ),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = Path(shutil.copytree(DEMO, tmp_path_factory.mktemp("planned") / "demo"))
    for name in ("frame.csv", "contacts.csv", "organisations.csv"):
        (folder / name).touch()
    return load_study(folder)


def test_every_fit_of_the_demonstration_study_is_frozen_and_read_again_without_a_difference(demo):
    for model in demo.models.values():
        frozen = frozen_model(demo, model.name)
        for variant in ("main", *(each.name for each in model.variants)):
            content = fit_content(frozen, variant, WAVES)
            assert content is not None
            spec = model.with_variant(variant)
            named = {spec.outcome, *(each.variable for each in spec.variables())}
            assert set(content["scales"]) == named & set(demo.scales())
            again = RegressionSpec.model_validate_json(
                canonical({**content["model"], "name": model.name, "kind": "regression", "title": {"en": "x"}})
            )
            assert again.surface() == spec.surface()
            assert set(again.lone_variables()) == set(spec.lone_variables())
            assert len(again.regressors) == len(spec.regressors)


@pytest.mark.parametrize("kind", WAYS)
def test_the_same_model_written_in_another_way_is_no_change(tmp_path, kind):
    frozen = []
    for place, regressors in enumerate(WAYS[kind]):
        folder = build_small_study(tmp_path / f"study{place}", waves=())
        text = MODEL.partition("variants:")[0].replace(REGRESSORS, regressors)
        text = text.replace("covariance: HC3\n", "" if kind == "by_threshold" else "covariance: HC3\n")
        (folder / "models/trust.yaml").write_text(text, encoding="utf-8")
        frozen.append(frozen_model(load_study(folder), "trust"))
    assert not differences(*frozen)
