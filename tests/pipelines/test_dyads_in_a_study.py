"""A study with dyads: fitted, rerun, packaged, worded, and a member erased; and what a study without links is told."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from instruments.faults import SpecError
from pipelines.load import load_study
from pipelines.store import Store
from tests.command_line import done, sensemaking, table
from tests.pipelines.test_relations import STUDY as PLAIN
from tests.replication_script import reproduced_here
from tests.run_steps import bring_up_to_date

pytestmark = pytest.mark.slow

STUDY = (
    PLAIN.replace("collaborations: {item: group}\n", "models: [effort]\n")
    .replace("    not_administered: [group]\n", "")
    .replace("name: related\n", "name: related\nis_synthetic: true\n")
)
INSTRUMENT = """\
name: work
version: "1"
title: {en: Work}
response_scales: {agreement: {points: {1: {}, 2: {}, 3: {}, 4: {}, 5: {}, 6: {}, 7: {}}}}
items:
  a: {response_scale: agreement, text: {en: Effort}}
  b: {response_scale: agreement, text: {en: Belief}}
scales:
  both: {title: {en: Effort and belief}, items: [a, b], least_answered: 2}
"""
MODEL = """\
name: effort
kind: regression
title: {en: Effort}
estimand: A difference.
population: {respondent_groups: [FRL]}
dyads: staff_manager
estimator: mixed
random_effects: [{groups: dyad_id}]
outcome: a
focal: {variable: b, other_member: true}
regressors: [{variable: b, other_member: true}, b]
variants:
  - {name: clustered, title: {en: Clustered}, estimator: linear, cluster: dyad_id}
  - name: both
    title: {en: Both}
    population: {respondent_groups: [FRL, MID]}
    regressors:
      - {variable: b, other_member: true}
      - b
      - {variable: respondent_group, use: category, reference: FRL}
      - interaction: [{variable: respondent_group, use: category, reference: FRL}, b]
      - interaction:
          - {variable: respondent_group, use: category, reference: FRL}
          - {variable: b, other_member: true}
"""
N_MANAGERS, N_STAFF, N_ORGANISATIONS = 30, 8, 10


def exports() -> tuple[str, str]:
    """Return answers of managers and staff; every tenth of the staff names nobody, manager 0 did not answer."""
    rng = np.random.default_rng(8)
    beliefs = rng.integers(1, 8, N_MANAGERS)
    levels = 0.8 * rng.normal(size=N_MANAGERS)
    managers, staff = ["id,org,key,a,b"], ["id,org,key,boss,a,b"]
    for number in range(N_MANAGERS):
        own = rng.integers(1, 8, N_STAFF)
        effort = 4 + 0.4 * (own - 4) + 0.3 * (beliefs[number] - 4) + levels[number] + rng.normal(size=N_STAFF)
        managers += [f"m{number},o{number % N_ORGANISATIONS},boss{number},{rng.integers(1, 8)},{beliefs[number]}"]
        for place, (belief, told) in enumerate(zip(own, np.clip(np.round(effort), 1, 7).astype(int), strict=True)):
            named = "" if (number * N_STAFF + place) % 10 == 0 else f"boss{number}"
            person = f"{number}x{place}"
            staff += [f"s{person},o{number % N_ORGANISATIONS},k{person},{named},{told},{belief}"]
    return "\n".join([managers[0], *managers[2:], ""]), "\n".join([*staff, ""])


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dyads") / "related"
    for name in ("instruments", "exports", "models"):
        (folder / name).mkdir(parents=True)
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "instruments" / "work.yaml").write_text(INSTRUMENT, encoding="utf-8")
    (folder / "models" / "effort.yaml").write_text(MODEL, encoding="utf-8")
    for name, text in zip(("managers", "staff"), exports(), strict=True):
        (folder / "exports" / f"{name}.csv").write_text(text, encoding="utf-8")
    bring_up_to_date(folder)
    return folder


def kept(study: Path, variant: str) -> pd.DataFrame:
    fits = table(study, "out.fits").set_index("variant")
    return Store(study / "warehouse").kept_rows(str(fits.loc[variant, "data_hash"]))


def test_fits_say_how_many_have_no_other_member_and_are_made_again_from_the_raw_store(study: Path) -> None:
    fits, diagnostics = (table(study, name) for name in ("out.fits", "out.diagnostics"))
    known = fits.set_index("variant")
    found = diagnostics[diagnostics["fit_id"] == known.loc["main", "fit_id"]].set_index("diagnostic")["value"]
    n_alone = 24 + 8 - 1
    assert (found["n_without_other_member"], found["n_groups of dyad_id"]) == (n_alone, N_MANAGERS - 1)
    assert known.loc[["main", "clustered", "both"], "n_obs"].tolist() == [240 - n_alone] * 2 + [240 - n_alone + 29]
    assert known.loc["clustered", "n_clusters"] == N_MANAGERS - 1
    for variant in ("main", "both"):
        for depth in ((), ("--from-raw",)):
            done(sensemaking("rerun", study, known.loc[variant, "fit_id"], *depth))


def test_a_changed_model_is_fitted_beside_the_declared_one(study: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(study, tmp_path / "related"))
    changed = MODEL.replace("outcome: a\n", "outcome: a\ndegrees_of_freedom: kenward_roger\n")
    (copy / "models" / "effort.yaml").write_text(changed.partition("variants:")[0], encoding="utf-8")
    done(sensemaking("fit", copy, "effort"))
    fits = table(copy, "out.fits").set_index(["is_declared", "variant"])
    assert fits.loc[(False, "main"), "n_obs"] == fits.loc[(True, "main"), "n_obs"] == 209


def test_actor_and_partner_effects_are_tested_and_worded(study: Path, tmp_path: Path) -> None:
    tests = table(study, "out.joint_tests").set_index(["variant", "regressor"])
    assert tests.loc[("main", "b = b_other_member"), "df_num"] == 1
    assert tests.loc[("both", "b = b_other_member"), "df_num"] == 2
    done(sensemaking("report", study, "--methods", "--to", tmp_path))
    (page,) = tmp_path.glob("*.html")
    told = page.read_text(encoding="utf-8")
    for words in (
        "Belief, of the other member of the dyad",
        "actor and partner effect are equal",
        "Rows without an other member of a dyad, left out",
        "staff manager",
    ):
        assert words in told


def test_a_package_carries_what_the_other_members_answered(study: Path, tmp_path: Path, capsys) -> None:
    package = tmp_path / "package"
    done(sensemaking("export", "replication", study, "--out", package))
    assert done(reproduced_here(package, capsys))
    rows = pd.concat([pd.read_csv(each) for each in (package / "data").glob("*.csv")])
    assert {"b_other_member", "dyad_id"} <= set(rows)


@pytest.mark.parametrize("gone", [("--person", "boss3"), ("--response", "managers/m3")])
def test_with_a_manager_go_the_rows_that_hold_the_managers_answer(study: Path, tmp_path: Path, gone) -> None:
    copy = Path(shutil.copytree(study, tmp_path / "related"))
    of_manager = kept(copy, "main")
    dyads = table(copy, "core.dyads").set_index("response_id")["other_response_id"]
    theirs = set(dyads.index[dyads == "managers/m3"]) & set(of_manager["response_id"])
    assert len(theirs) > 5
    before = {name: Store(copy / "warehouse").kept_rows(name.removesuffix(".parquet"))
              for name in Store(copy / "warehouse").kept_names("data")}  # fmt: skip
    done(sensemaking("erase", copy, *gone, "--because", "asked"))
    store = Store(copy / "warehouse")
    after = [store.kept_rows(name.removesuffix(".parquet")) for name in store.kept_names("data")]
    assert len(after) == len(before)
    for rows in after:
        assert not theirs & set(rows["response_id"])
    assert sum(map(len, before.values())) - sum(map(len, after)) == 2 * len(theirs) + 1


def test_a_kind_of_dyads_that_no_source_names_is_a_fault(study: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(study, tmp_path / "related"))
    model = copy / "models" / "effort.yaml"
    model.write_text(MODEL.replace("dyads: staff_manager", "dyads: staff_managers"), encoding="utf-8")
    with pytest.raises(SpecError, match="there is no kind of dyads 'staff_managers'; did you mean 'staff_manager'"):
        load_study(copy)


def test_without_the_managers_link_a_model_is_refused_with_what_to_do(study: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(study, tmp_path / "related"))
    staff = copy / "exports" / "staff.csv"
    staff.write_text(staff.read_text(encoding="utf-8").replace(",boss", ",chief").replace("chief,a", "boss,a"), "utf-8")
    bring_up_to_date(copy)
    refused = table(copy, "out.refusals")
    assert set(refused["variant"]) == {"main", "clustered", "both"}
    assert refused["reason"].str.contains("identifiers.dyads or the keys in the exports").all()
