"""Figures of the population in a model's words: R's and the interface's figures, domains, replicates, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.estimates import result_digest
from models.focal_term import focal_term
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.sections.figures import Figures
from models.sections.inference import FIGURES
from models.sections.population import Population
from models.sections.sample_design import SampleDesign
from models.sections.variants import Variant
from models.spec import RegressionSpec
from models.survey_design.design import build_survey_design
from models.survey_design.estimated import linearised_estimate
from models.survey_design.means import domain_means
from models.survey_design.quantiles import quantiles
from models.survey_design.replicates import bootstrap, replicated_estimate
from models.survey_design.stages import Stage
from tests.lavaan_models import oracle
from tests.models.survey_design.api_schools import schools
from tests.models.survey_design.drawn_samples import samples
from tests.models.survey_design.test_designs_in_words import BY_DISTRICT, analysed

R = 1e-7
DESIGNS = {
    "strat_fpc": SampleDesign(strata="stype", population_sizes="fpc"),
    "strat": SampleDesign(strata="stype"),
    "clus1_fpc": SampleDesign(clusters="dnum", population_sizes="fpc"),
    "clus1": SampleDesign(clusters="dnum"),
    "clus2_fpc": SampleDesign(clusters=("dnum", "snum"), population_sizes=("fpc1", "fpc2")),
}


def figures_of(**changes):
    given = {
        "name": "figures",
        "kind": "regression",
        "title": {"en": "Figures"},
        "estimand": "Figures of everybody",
        "estimator": "population_mean",
        "outcome": "strain",
        "design": BY_DISTRICT,
        "weights": "analysis_weight",
    }
    return RegressionSpec(**{**given, **changes})


def of_schools(reference, name, **changes):
    rows = schools(reference)[name].rows
    table = rows.assign(response_id=[f"{place:04d}" for place in range(len(rows))])
    table = table.rename(columns={"api.stu": "tested", "comp.imp": "improved"})
    return fit_regression(figures_of(design=DESIGNS[name], weights="pw", **changes), table)


def errors_of(fit):
    return fit.estimates["std_error"].tolist()


@pytest.mark.reference
@pytest.mark.parametrize("name", DESIGNS)
def test_a_mean_and_a_total_are_rs(name, reference):
    stored = oracle(reference, 12)
    fit, expected = of_schools(reference, name, outcome="enroll"), stored["means"][name]
    assert fit.estimates["estimate"].tolist() == pytest.approx([expected["est"]["enroll"]], rel=R)
    assert errors_of(fit) == pytest.approx([expected["se"]["enroll"]], rel=R)
    if name != "clus2_fpc":  # R counts districts there none of whose schools tells its enrolment
        assert fit.df_resid == expected["df"]
        ends = fit.estimates[["conf_low", "conf_high"]].to_numpy(dtype=float)[0]
        assert ends == pytest.approx(expected["ci_t"]["values"][1], rel=R)
    total = of_schools(reference, name, outcome="enroll", estimator="population_total")
    assert total.estimates["estimate"].tolist() == pytest.approx([stored["totals"][name]["est"]["enroll"]], rel=R)
    assert errors_of(total) == pytest.approx(stored["totals"][name]["se"], rel=R)


@pytest.mark.reference
def test_ratios_quantiles_domains_and_subpopulations_are_rs(reference):
    stored = oracle(reference, 12)
    ratio = of_schools(
        reference, "clus1_fpc", outcome="tested", estimator="population_ratio", figures=Figures(per="enroll")
    )
    assert ratio.estimates["estimate"].tolist() == pytest.approx([stored["ratio"]["est"]], rel=R)
    assert errors_of(ratio) == pytest.approx([stored["ratio"]["se"]], rel=R)
    middle = of_schools(reference, "strat_fpc", outcome="api00", estimator="population_quantiles")
    assert middle.estimates["estimate"].tolist() == stored["quantile"]["est"]
    assert errors_of(middle) == pytest.approx(stored["quantile"]["se"], rel=R)
    by_kind = of_schools(reference, "strat_fpc", outcome="api00", figures=Figures(by="stype"))
    assert by_kind.estimates["estimate"].tolist()[1:] == pytest.approx(stored["by_stype_strat"]["est"], rel=R)
    assert errors_of(by_kind)[1:] == pytest.approx(stored["by_stype_strat"]["se"], rel=R)
    part = of_schools(reference, "clus1_fpc", outcome="api00", figures=Figures(only={"improved": ("Yes",)}))
    assert part.estimates["estimate"].tolist() == pytest.approx([stored["subpop_domain"]["est"]], rel=R)
    assert errors_of(part) == pytest.approx([stored["subpop_domain"]["se"]], rel=R)


@pytest.mark.reference
def test_replicates_are_rs(reference):
    stored = oracle(reference, 12)["replicate"]
    for name, key in (("clus1_fpc", "clus1_JK1"), ("strat_fpc", "strat_JKn")):
        fit = of_schools(reference, name, outcome="api00", covariance="unit_jackknife")
        assert fit.covariance == "unit_jackknife"
        assert errors_of(fit) == pytest.approx([stored[key]["se"]], rel=R)


@pytest.mark.reference
def test_the_equality_of_two_domains_is_rs_t_test(reference):
    stored = oracle(reference, 12)["ttest"]
    fit = of_schools(reference, "clus1_fpc", outcome="enroll", figures=Figures(by="improved"))
    (row,) = fit.joint_tests.to_dict("records")
    assert (row["regressor"], row["df_num"], row["df_denom"]) == ("improved", 1, stored["df"])
    assert row["statistic"] == pytest.approx(stored["t"] ** 2, rel=R)
    assert row["p_value"] == pytest.approx(stored["p"], rel=R)


@given(samples(), st.sampled_from(["population_mean", "population_quantiles"]))
def test_a_model_gives_what_the_interface_gives(sample, estimator):
    rng = np.random.default_rng(1)
    half = np.where(np.arange(len(sample.outcome)) % 2, "odd", "even")
    table = pd.DataFrame(
        {
            "response_id": [f"{place:05d}" for place in range(len(half))],
            "stratum": sample.strata,
            "cluster": sample.clusters,
            "units": sample.population,
            "weight": sample.weights,
            "outcome": sample.outcome,
            "half": half,
        }
    )
    units = table.groupby("half")["cluster"].nunique()
    if len(table) < 4 or len(units) < 2 or units.min() < 2 or any(_df(table[half == each]) < 1 for each in units.index):
        return
    model = figures_of(
        estimator=estimator,
        outcome="outcome",
        weights="weight",
        design=SampleDesign(clusters="cluster", strata="stratum", population_sizes="units"),
        figures=Figures(by="half"),
    )
    fit = fit_regression(model, table.iloc[rng.permutation(len(table))])
    design = sample.design()
    if estimator == "population_mean":
        own = linearised_estimate(
            design, domain_means(sample.outcome, ("even", "odd"), (half == "odd").astype(np.intp))
        )
        found = fit.estimates.iloc[1:]
        np.testing.assert_allclose(found["estimate"], own.estimates, rtol=1e-9)
        np.testing.assert_allclose(found["std_error"], own.std_errors, rtol=1e-7, atol=1e-12)
        assert set(fit.estimates["df"]) == {own.df}
    else:
        own = pd.concat(
            [quantiles(design.domain(half == each), sample.outcome, (0.25, 0.5, 0.75)) for each in units.index]
        )
        columns = ["estimate", "std_error", "df", "conf_low", "conf_high"]
        np.testing.assert_allclose(fit.estimates.iloc[3:][columns], own[columns], rtol=1e-9)
    assert fit.estimates["p_value"].isna().all()


def _df(rows):
    return rows["cluster"].nunique() - rows["stratum"].nunique()


@pytest.mark.parametrize("estimator", FIGURES)
def test_kept_rows_in_any_order_give_the_same_bits(estimator):
    figures = Figures(by="region", per="trust") if estimator == "population_ratio" else Figures(by="region")
    model = figures_of(estimator=estimator, figures=figures, population=Population(respondent_groups=("frontline",)))
    fit = fit_regression(model, analysed())
    assert result_digest(fit_regression(model, fit.data)) == result_digest(fit)
    assert result_digest(fit_regression(model, analysed().sample(frac=1, random_state=1))) == result_digest(fit)
    assert (fit.estimator, fit.covariance, fit.n_clusters, fit.df_resid) == (estimator, "design", 20, 17)


def test_a_subpopulation_is_that_of_a_population():
    table = analysed()
    by_group = fit_regression(figures_of(population=Population(respondent_groups=("frontline",))), table)
    only = fit_regression(figures_of(figures=Figures(only={"respondent_group": ("frontline",)})), table)
    assert result_digest(only) == result_digest(by_group)
    assert list(only.data["respondent_group"].unique()) == ["frontline"]


def test_a_bootstrap_is_that_of_its_seed():
    model = figures_of(covariance="unit_bootstrap", bootstrap_draws=80)
    table = analysed()
    fit = fit_regression(model, table, seed=7)
    rows = fit.data
    stage = Stage(*(rows[name].to_numpy() for name in ("organisation_id", "region", "organisations")))
    design = build_survey_design(rows["analysis_weight"].to_numpy(float), [stage])
    outcome, everybody = rows["strain"].to_numpy(float), np.zeros(len(rows), dtype=np.intp)
    replicates = bootstrap(design, 80, np.random.default_rng(7))
    own = replicated_estimate(replicates, domain_means(outcome, ("all",), everybody))
    assert errors_of(fit) == pytest.approx(own.std_errors.tolist(), rel=1e-12)
    assert errors_of(fit_regression(model, table, seed=8)) != errors_of(fit)
    assert _diagnostic(fit, "n_replicates") == 80


def test_halves_of_pairs_are_balanced():
    table = analysed()
    table["region"] = table["organisation_id"].str[3:].astype(int).floordiv(2).astype(str)
    design = SampleDesign(clusters="organisation_id", strata="region")
    fit = fit_regression(figures_of(covariance="balanced_halves", design=design), table)
    assert _diagnostic(fit, "n_replicates") == 16
    linear = fit_regression(figures_of(design=design), table)
    assert errors_of(fit) == pytest.approx(errors_of(linear), rel=0.1)


def test_diagnostics_tell_of_sample_and_domains():
    labels = {"region": {"north": "North", "south": "South", "west": "West", "island": "Island"}}
    fit = fit_regression(figures_of(figures=Figures(by="region")), analysed(), labels)
    assert fit.estimates["term"].tolist() == ["strain", "region[North]", "region[South]", "region[West]"]
    assert (_diagnostic(fit, "n_strata"), _diagnostic(fit, "empty_categories")) == (3, 1)
    alone = fit_regression(figures_of(figures=Figures(only={"region": ("north",)})), analysed())
    assert _diagnostic(fit, "design_effect of region[North]") == pytest.approx(_diagnostic(alone, "design_effect"))
    assert _diagnostic(alone, "effective_n") == pytest.approx(alone.n_obs / _diagnostic(alone, "design_effect"))
    looked_at = fit.diagnostics.set_index("diagnostic")["verdict"]
    assert looked_at["empty_categories"] == "look"
    assert focal_term(figures_of()) is None


def _diagnostic(fit, name):
    return fit.diagnostics.set_index("diagnostic")["value"][name]


def test_a_category_of_one_sampled_unit_is_refused():
    table = analysed()
    table["home"] = np.where(table["organisation_id"] == "org00", "island", "mainland")
    with pytest.raises(ModelDataError, match=r"home\[island\] has \d+ responses of one sampled unit"):
        fit_regression(figures_of(figures=Figures(by="home")), table)


def test_what_the_sample_cannot_carry_is_refused_with_what_to_do():
    table = analysed()
    with pytest.raises(ModelDataError, match=r"'took_part' has 2 values.*write estimator: population_mean"):
        fit_regression(figures_of(outcome="took_part", estimator="population_quantiles"), table)
    with pytest.raises(ModelDataError, match="has one category among"):
        fit_regression(figures_of(figures=Figures(by="wave")), table)
    with pytest.raises(ModelDataError, match=r"none belongs to the population .*region: east"):
        fit_regression(figures_of(figures=Figures(only={"region": ("east",)})), table)
    with pytest.raises(ModelDataError, match="balanced replicates expect two in every"):
        fit_regression(figures_of(covariance="balanced_halves"), table)
    nought = table.assign(trust=0.0)
    with pytest.raises(ModelDataError, match="denominator of 'strain' adds up to 0"):
        fit_regression(figures_of(estimator="population_ratio", figures=Figures(per="trust")), nought)


def test_a_lonely_organisation_is_refused_until_the_design_says_what_it_adds():
    table = analysed()
    table.loc[table["organisation_id"] == "org00", ["region", "organisations"]] = ["island", 9]
    with pytest.raises(ModelDataError, match="stratum island has a single sampled unit"):
        fit_regression(figures_of(), table)
    adjusted = SampleDesign(clusters="organisation_id", strata="region", lonely_strata="adjust")
    assert fit_regression(figures_of(design=adjusted), table).estimates["std_error"].notna().all()


REFUSED = {
    "no design": ({"design": None}, "population_mean needs a key design"),
    "total without weights": ({"estimator": "population_total", "weights": None}, "needs weights"),
    "ratio without denominator": ({"estimator": "population_ratio"}, "needs a key figures with its denominator"),
    "denominator of a mean": ({"figures": Figures(per="trust")}, "figures.per is for population_ratio"),
    "shares of a mean": ({"figures": Figures(shares=(0.9,))}, "figures.shares are for population_quantiles"),
    "outcome by itself": ({"figures": Figures(by="strain")}, "'strain' is the outcome"),
    "regressors": ({"regressors": ("trust",), "focal": "trust"}, "regressors is said of effects"),
    "sign": ({"expected_sign": "positive"}, "expected_sign is said of effects"),
    "cluster": ({"cluster": "organisation_id"}, "has its own clusters"),
    "covariance": ({"covariance": "CR2", "cluster": "organisation_id"}, "with a design the covariance is design"),
    "replicates of quantiles": (
        {"estimator": "population_quantiles", "covariance": "unit_jackknife"},
        "population_quantiles has no covariance unit_jackknife",
    ),
    "level": ({"level": "organisation", "weights": None}, "a design is of responses"),
    "imputation": ({"missing": "multiple_imputation"}, "who answered has a weight"),
    "figures of a regression": (
        {"estimator": "linear", "figures": Figures(by="region"), "regressors": ("trust",), "focal": "trust"},
        "figures are for estimator population_mean",
    ),
    "replicates of a regression": (
        {"estimator": "linear", "regressors": ("trust",), "focal": "trust", "covariance": "unit_bootstrap"},
        "with a design the covariance is design",
    ),
    "no regressors": ({"estimator": "linear"}, "linear has effects"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_go_with_figures_is_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        figures_of(**changes)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"shares": (0.5, 1.5)}, "shares has 1.5"),
        ({"shares": (0.5, 0.5)}, "names a share twice"),
        ({"shares": ()}, "at least 1"),
        ({"only": {"region": ()}}, "only names no value of 'region'"),
    ],
)
def test_figures_that_say_nothing_are_refused(words, message):
    with pytest.raises(ValidationError, match=message):
        Figures(**words)


def test_a_variant_may_ask_for_other_figures():
    variants = (
        Variant(name="medians", estimator="population_quantiles", figures=Figures(shares=(0.5,))),
        Variant(name="jackknifed", covariance="unit_jackknife"),
        Variant(name="trusting", estimator="linear", focal="trust", regressors=("trust",)),
    )
    model = figures_of(figures=Figures(by="region"), variants=variants)
    terms = fit_regression(model, analysed(), variant="medians").estimates["term"].tolist()
    assert terms == ["quantile 0.5: strain"]
    assert fit_regression(model, analysed(), variant="jackknifed").covariance == "unit_jackknife"
    assert fit_regression(model, analysed(), variant="trusting").estimates["term"].tolist() == ["intercept", "trust"]
