"""Releases of the same people one after another: nobody can subtract one from another and find a few people."""

import json
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from instruments.faults import SpecError
from pipelines.assets.whereabouts import Wanted
from pipelines.commands.erase import erase
from pipelines.load import load_study
from pipelines.release import preview, publish
from pipelines.release_gates import ReleaseRefused
from pipelines.tables.released import MANIFEST
from pipelines.tables.releases import RELEASES
from tests.command_line import done, sensemaking, table
from tests.run_steps import bring_up_to_date
from tests.small_study import LABELS, answers, build_small_study, write_export

STEPS = {"out/response_rates", "out/scale_means", "out/distributions", "out/reliability"}
SIZES = {"a": 4, "b": 12, "c": 20, "d": 25, "e": 30, "f": 19}
OF_FITS = ("out.fits", "out.estimates")
LATER = "  together:\n    title: {en: Together}\n    items: [TW_1, TW_2]\n    least_answered: 1\n"
UNITS = "release: {least_cell_size: 10, languages: [en], units: {respondent_groups: [FRL]}}"


def organisations():
    return np.repeat(list(SIZES), list(SIZES.values()))


@pytest.fixture
def folder(tmp_path):
    """One wave of 110 answers of six organisations, brought up to date and released."""
    folder = build_small_study(tmp_path / "small", waves=())
    path = folder / "study.yaml"
    path.write_text(path.read_text().replace("release: {least_cell_size: 10, languages: [en]}", UNITS))
    export(folder, answers("spring", n_responses=110).assign(organisation=organisations()))
    return folder


def export(folder, table):
    write_export(folder, "spring.csv", table)


def exported(folder):
    return pd.read_csv(folder / "exports/spring.csv", dtype="str", keep_default_na=False)


def released(folder, name="out.unit_means"):
    study, store = bring_up_to_date(folder, STEPS)
    path = publish(study, store, "Test").path
    with duckdb.connect(path, read_only=True) as connection:
        return connection.sql(f"SELECT * FROM {name} ORDER BY ALL").df()


def shown(means):
    return set(means.loc[~means["is_hidden"], "unit"])


def test_means_of_organisations_are_shown_where_no_small_one_follows(folder):
    means = released(folder)
    assert set(means["level"]) == {"all", "organisation"}
    for _, of_scale in means.groupby("scale"):
        assert set(of_scale["unit"]) == {"", *SIZES}
        assert shown(of_scale) == {"", "c", "d", "e", "f"}
        assert of_scale.loc[of_scale["is_hidden"], ["n_obs", "mean", "conf_low", "percent_high"]].isna().all(axis=None)
        assert of_scale.set_index("unit").loc[["c", "d", "e"], "n_obs"].tolist() == [20, 25, 30]


def test_everybody_among_the_units_is_everybody_of_the_scale(folder):
    units, means = released(folder), released(folder, "out.scale_means")
    joined = units[units["level"] == "all"].merge(means, on=["scale", "wave", "respondent_group"])
    for name in ("n_obs", "mean", "conf_low", "conf_high"):
        assert joined[f"{name}_x"].tolist() == joined[f"{name}_y"].tolist()


def one_more(table):
    return pd.concat([table, table.tail(1).assign(id="late")], ignore_index=True)


def one_moved(table):
    return table.assign(organisation=table["organisation"].mask(table.index == 50, "e"))


def one_corrected(table):
    other = "Strongly agree" if table.loc[50, "TR_1"] != "Strongly agree" else "Disagree"
    return table.assign(TR_1=table["TR_1"].mask(table.index == 50, other))


def one_less(table):
    return table.drop(index=60)


def nine_with_the_same_scores(table):
    """Nine people exchange their answers to two statements of one scale, those who agreed more to the second."""
    first, second = ([LABELS.index(each) if each else 0 for each in table[item]] for item in ("TR_1", "TR_2"))
    nine = table.index[np.flatnonzero((np.array(first) < second) & (table["TR_1"] != ""))[:9]]
    changed = table.copy()
    changed.loc[nine, ["TR_1", "TR_2"]] = table.loc[nine, ["TR_2", "TR_1"]].to_numpy()
    return changed


FEW = {"one more": one_more, "one less": one_less, "one moved": one_moved,
       "one corrected": one_corrected}  # fmt: skip


@pytest.mark.parametrize(
    "case", [case if case == "one corrected" else pytest.param(case, marks=pytest.mark.slow) for case in FEW]
)
def test_a_wave_in_which_few_people_changed_stays_as_it_was_published(folder, case):
    first = {name: released(folder, name) for name in ("out.unit_means", "out.scale_means")}
    export(folder, FEW[case](exported(folder)))
    for name, earlier in first.items():
        pd.testing.assert_frame_equal(released(folder, name), earlier)


def test_figures_that_would_stay_must_keep_a_policy_that_asks_for_more(folder):
    released(folder)
    path = folder / "study.yaml"
    path.write_text(path.read_text().replace("least_cell_size: 10", "least_cell_size: 22"))
    export(folder, one_corrected(exported(folder)))
    with pytest.raises(ReleaseRefused, match=r"spring, FRL: .*release 1 .*least_cell_size 10, less than the 22 asked"):
        released(folder)


def test_a_wave_in_which_few_answers_changed_stays_as_it_was_published_though_scores_are_the_same(folder):
    first = released(folder, "out.distributions")
    export(folder, nine_with_the_same_scores(exported(folder)))
    pd.testing.assert_frame_equal(released(folder, "out.distributions"), first)


@pytest.mark.slow
def test_a_wave_is_published_anew_once_enough_people_have_joined(folder):
    released(folder)
    table = exported(folder)
    export(folder, one_more(table))
    assert released(folder).set_index(["scale", "unit"]).loc[("teamwork", ""), "n_obs"] == 110
    late = answers("spring", first=200, n_responses=30).assign(organisation="e")
    export(folder, pd.concat([table, late], ignore_index=True))
    means = released(folder).set_index(["scale", "unit"])
    assert means.loc[("teamwork", ""), "n_obs"] == 140
    assert means.loc[("teamwork", "e"), "n_obs"] == 60


def test_after_an_erasure_the_wave_stays_as_it_was_published(folder):
    first = released(folder)
    study = load_study(folder)
    erase(study, Wanted("spring_staff/spring-51", None), "asked for it")
    pd.testing.assert_frame_equal(released(folder), first)


def test_a_scale_that_came_later_is_published_beside_what_was_published_before(folder):
    first = released(folder)
    path = folder / "instruments/teamwork.yaml"
    path.write_text(path.read_text().replace("\nscales:\n", "\nscales:\n" + LATER))
    means = released(folder)
    known = means[means["scale"] != "together"].reset_index(drop=True)
    pd.testing.assert_frame_equal(known, first)
    assert shown(means[means["scale"] == "together"]) == {"", "c", "d", "e", "f"}


def test_an_organisation_hidden_in_a_scale_is_hidden_in_another_with_the_same_items(folder):
    path = folder / "instruments/teamwork.yaml"
    path.write_text(path.read_text().replace("\nscales:\n", "\nscales:\n" + LATER))
    agreed = dict.fromkeys(["TW_1", "TW_2"], "Strongly agree")
    table = exported(folder)
    export(
        folder, table.assign(**{item: table[item].mask(table["organisation"] == "d", agreed[item]) for item in agreed})
    )
    means = released(folder)
    assert "d" in shown(means[means["scale"] == "trust"])
    for scale in ("teamwork", "together"):
        assert "d" not in shown(means[means["scale"] == scale])


def test_a_release_is_on_record_with_its_policy_and_the_people_behind_it(folder):
    released(folder)
    study, store = bring_up_to_date(folder, STEPS)
    row = store.read(RELEASES).iloc[0]
    assert json.loads(row["policy_json"])["least_cell_size"] == 10
    assert json.loads(row["sizes_json"])["spring/FRL"] == 110
    assert len(store.kept_rows(row["rows_hash"])) == 110
    assert (study.releases / row["file"]).is_file()


FAULTS = {
    "a group": (UNITS.replace("[FRL]", "[FRO]"), "there is no respondent group 'FRO'; did you mean 'FRL'?"),
    "a scale": (UNITS.replace("[FRL]}", "[FRL], scales: [trusts]}"), "there is no scale 'trusts'"),
    "regions": (UNITS.replace("[FRL]}", "[FRL], regions: kind}"), "regions are a fact about organisations"),
    "top managers": (UNITS.replace("languages", "top_managers: [FRL], languages"), "'FRL' are top managers"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_units_that_cannot_be_shown_are_refused_when_the_study_is_read(folder, case):
    text, told = FAULTS[case]
    path = folder / "study.yaml"
    path.write_text(path.read_text().replace(UNITS, text))
    with pytest.raises(SpecError, match=told.replace("?", r"\?")):
        load_study(Path(folder))


def test_a_release_is_looked_at_first_and_needs_somebody_who_signs_it_off(folder):
    done(sensemaking("run", folder))
    told = done(sensemaking("release", folder, "--look")).stdout
    assert "would be made under the policy" in told
    assert "withheld cells:" in told
    assert "others would follow from it" in " ".join(told.split())
    for options in ((), ("--json",), ("--sign-off", " ")):
        refused = sensemaking("release", folder, *options)
        assert refused.code == 2
        assert "--sign-off NAME" in refused.stderr + refused.stdout
    assert not list((folder / "releases").glob("r*"))
    document = done(sensemaking("release", folder, "--sign-off", "Ann Example", "--reports", "--json")).document
    assert document["hidden_cells"]["out.unit_means"] > 0
    assert {(each["reason"], each["n_cells"]) for each in document["hidden_because"]} == {
        ("fewer than 10 people", 2),
        ("others would follow from it", 2),
    }
    written = [Path(each).relative_to(folder / "reports") for each in document["reports"]]
    assert [each.name for each in written if each.parent == Path()] == [
        f"small-r000001-en.{ending}" for ending in ("pdf", "pptx", "xlsx", "html")
    ]
    assert len([each for each in written if each.parent == Path("units")]) == 2 * 4
    assert all((folder / "reports" / each).is_file() for each in written)
    assert list(table(folder, "out.releases")["signed_off_by"]) == ["Ann Example"]


def fits_of(folder):
    """Publish the study with its model, and return what the release shows of its fits."""
    study, store = bring_up_to_date(folder)
    draft = preview(study, store)
    path = publish(study, store, "Test").path
    with duckdb.connect(path, read_only=True) as connection:
        return draft, *(connection.sql(f"SELECT * FROM {name} ORDER BY ALL").df() for name in OF_FITS)


@pytest.mark.parametrize(
    "case", [case if case == "one corrected" else pytest.param(case, marks=pytest.mark.slow) for case in FEW]
)
def test_a_fit_whose_people_changed_by_few_stays_as_it_was_published(folder, case):
    _, *first = fits_of(folder)
    assert len(first[0]) == 2
    export(folder, FEW[case](exported(folder)))
    draft, *again = fits_of(folder)
    for now, earlier in zip(again, first, strict=True):
        pd.testing.assert_frame_equal(now, earlier)
    stays = set() if case == "one moved" else {"fit trust.main", "fit trust.classical"}
    assert {name for name in draft.as_before if name.startswith("fit ")} == stays


def test_after_an_erasure_its_fits_stay_as_they_were_published(folder):
    _, *first = fits_of(folder)
    erase(load_study(folder), Wanted("spring_staff/spring-51", None), "asked for it")
    _, *again = fits_of(folder)
    pd.testing.assert_frame_equal(again[0], first[0])


def test_a_fit_is_published_anew_once_enough_people_have_joined(folder):
    _, first, _ = fits_of(folder)
    late = answers("spring", first=200, n_responses=30).assign(organisation="e")
    export(folder, pd.concat([exported(folder), late], ignore_index=True))
    draft, again, _ = fits_of(folder)
    assert not set(again["fit_id"]) & set(first["fit_id"])
    assert draft.as_before == {}


def years_by_organisation(table):
    return table.assign(tenure=table["organisation"].map({name: str(place) for place, name in enumerate(SIZES)}))


def test_a_fit_from_which_means_of_hidden_organisations_follow_is_withheld(folder):
    export(folder, years_by_organisation(exported(folder)))
    draft, fits, estimates = fits_of(folder)
    assert (len(fits), len(estimates)) == (0, 0)
    told = "the mean of a hidden organisation would follow from it and the means that are shown"
    assert [told, told] == list(draft.withheld_fits.values())


@pytest.mark.parametrize(("least", "stays"), [(10, True), (11, False)], ids=["the same policy", "one that asks more"])
def test_a_fit_stays_as_it_was_published_only_where_as_much_was_asked_of_it(folder, least, stays):
    fits_of(folder)
    table = exported(folder)
    export(folder, table.assign(tenure=table["tenure"].mask(table.index == 50, "41")))
    path = folder / "study.yaml"
    path.write_text(path.read_text().replace("least_cell_size: 10", f"least_cell_size: {least}"))
    draft, again, _ = fits_of(folder)
    told = set() if stays else {f"differs from a released fit by fewer than {least} responses"}
    assert set(draft.as_before) == ({"fit trust.main", "fit trust.classical"} if stays else set())
    assert set(draft.withheld_fits.values()) == told
    assert len(again) == (2 if stays else 0)


def test_another_model_of_nearly_the_same_people_is_withheld_beside_what_was_published(folder):
    fits_of(folder)
    model = folder / "models/trust.yaml"
    model.write_text(model.read_text().replace("name: trust\n", "name: other\n"))
    model.rename(folder / "models/other.yaml")
    study = folder / "study.yaml"
    study.write_text(study.read_text().replace("models: [trust]", "models: [other]"))
    export(folder, one_less(exported(folder)))
    draft, again, estimates = fits_of(folder)
    assert (len(again), len(estimates)) == (0, 0)
    assert set(draft.withheld_fits.values()) == {"differs from a released fit by fewer than 10 responses"}


def test_the_same_answers_in_another_order_are_released_alike(folder, tmp_path):
    """Property P16 of the design: what is hidden depends on nothing but the answers and the policy."""
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    export(other, exported(folder).iloc[::-1])
    drafts = [preview(*bring_up_to_date(where, STEPS)) for where in (folder, other)]
    shown = [{table.name: rows for table, rows in draft.tables if table is not MANIFEST} for draft in drafts]
    for name, rows in shown[0].items():
        pd.testing.assert_frame_equal(rows, shown[1][name])
    assert drafts[0].slices.policy.sha256 == drafts[1].slices.policy.sha256
