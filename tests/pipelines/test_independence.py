"""Models that take responses as independent without saying so are named, by check and beside the fit."""

import pytest

from pipelines.commands.independence import independence_in_words, independent_by_default
from pipelines.load import load_study
from tests.small_study import build_small_study


@pytest.mark.parametrize(
    ("said", "variant", "unsaid"),
    [
        ("covariance: HC3", "covariance: classical", []),
        ("missing: listwise", "covariance: classical", ["main"]),
        ("missing: listwise", "regressors: [teamwork]", ["main", "other"]),
        ("cluster: organisation_id", "regressors: [teamwork]", []),
        ("cluster: organisation_id", "cluster: none", ["other"]),
        ("level: organisation", "regressors: [teamwork]", []),
        ("estimator: firth_logit", "regressors: [teamwork]", []),
    ],
)
def test_who_names_neither_cluster_nor_covariance_is_told(tmp_path, said, variant, unsaid):
    file = build_small_study(tmp_path / "small") / "models" / "trust.yaml"
    text = file.read_text(encoding="utf-8").replace("covariance: HC3", said)
    file.write_text(text.replace("name: classical, covariance: classical", f"name: other, {variant}"), encoding="utf-8")
    study = load_study(tmp_path / "small")
    assert independent_by_default(study) == ({"trust": unsaid} if unsaid else {})
    told = independence_in_words(study.models["trust"].with_variant("main"))
    assert [line.startswith("look: responses are taken as independent") for line in told] == [True] * ("main" in unsaid)
