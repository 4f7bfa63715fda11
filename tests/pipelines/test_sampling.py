"""How units were selected and referred: counts, and where fits and commands flag that they allow no inference."""

import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.faults import UsageError
from pipelines.commands.fits import fit_now, inference_of
from pipelines.commands.sample import GATEKEEPERS, inference_notes, read_sample
from pipelines.load import load_study
from pipelines.release import publish
from pipelines.steps import casework
from pipelines.steps.sampling import groups_without_inference, referral_depths, sampling, share_without_inference
from pipelines.steps.team_cells import ListError
from pipelines.tables import out
from pipelines.tables.casework import SAMPLE_REGISTER
from pipelines.tables.core import RESPONSES
from pipelines.tables.sampling import SAMPLING
from tests.command_line import done, release_contents, sensemaking
from tests.panel_study import TOKEN, build_panel_study
from tests.run_steps import bring_up_to_date

STEPS = {"out/sampling", "out/scale_means", "out/fits/trust"}
HEADER = "unit_id,wave,respondent_group,selection,gatekeeper,referred_by,inclusion_probability\n"


def sample(*rows: str) -> casework.Sample:
    texts = pd.read_csv(io.StringIO(HEADER + "\n".join(rows)), dtype="str", keep_default_na=False)
    return casework.read_sample(texts, ["w1", "w2"], ["MID", "CIT"])


def counted(*rows: str) -> pd.DataFrame:
    return sampling(SAMPLE_REGISTER.typed(sample(*rows).register))


@pytest.mark.parametrize(
    ("rows", "without"),
    [
        (["a,w1,MID,census,,,", "b,w1,CIT,probability,,,0.2"], []),
        (["a,w1,MID,census,,,", "b,w1,CIT,purposive,,,"], ["CIT"]),
        (["a,w1,MID,census,,,", "b,w1,MID,gatekeeper,G1,,", "c,w1,CIT,census,,,"], ["MID"]),
        (["a,w1,MID,census,,,", "b,w1,,purposive,,,"], ["MID", "CIT"]),
        (["a,w1,MID,census,,,", "b,w2,MID,purposive,,,"], ["MID"]),
    ],
)
def test_a_group_with_one_unit_that_was_not_drawn_allows_no_inference(rows: list[str], without: list[str]):
    assert groups_without_inference(counted(*rows), ["MID", "CIT"]) == without


def test_the_register_says_of_every_unit_whether_its_group_allows_inference():
    rows = ["a,w1,MID,census,,,", "b,w1,CIT,purposive,,,", "c,w2,CIT,census,,,", "d,w2,,purposive,,,"]
    assert sample(*rows).register["allows_inference"].tolist() == [True, False, False, False]


def test_selections_are_counted_by_wave_and_group():
    found = counted("a,w1,MID,purposive,,,", "b,w1,MID,snowball,,a,", "c,w1,MID,snowball,,a,", "d,w2,,census,,,")
    columns = ["wave", "respondent_group", "n_units", "n_purposive", "n_snowball", "n_census", "note"]
    assert found[columns].to_numpy().tolist() == [
        ["w1", "MID", 3, 1, 2, 0, "no inference to a population"],
        ["w2", "", 1, 0, 0, 1, ""],
    ]


def test_units_are_counted_by_depth_of_referral():
    """The unit a referred b and c, b referred d; e was let in by a gatekeeper; c did not answer."""
    rows = ["a,w1,MID,purposive,,,", "b,w1,MID,snowball,,a,", "c,w1,MID,snowball,,a,", "d,w1,MID,snowball,,b,"]
    found = sample(*rows, "e,w1,MID,gatekeeper,G1,,", "f,w1,CIT,census,,,")
    responses = RESPONSES.empty().reindex(range(5)).assign(respondent_key=list("abdec"), wave="w1", is_analysed=True)
    responses.loc[responses["respondent_key"] == "c", "is_analysed"] = False
    depths = referral_depths(SAMPLE_REGISTER.typed(found.register), found.referrals, responses)
    assert depths.drop(columns="wave").to_numpy().tolist() == [
        ["MID", 0, 2, 2, 1],
        ["MID", 1, 2, 1, 1],
        ["MID", 2, 1, 1, 0],
    ]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=30))
def test_chains_of_any_shape_lose_no_unit_and_every_depth_but_the_last_refers(parents: list[int]):
    """Unit k is referred by a unit before it, or by none where the draw points at itself or later."""
    rows = [
        f"u{k},w1,MID,snowball,,u{parent}," if parent < k else f"u{k},w1,MID,purposive,,,"
        for k, parent in enumerate(parents)
    ]
    found = sample(*rows)
    depths = referral_depths(SAMPLE_REGISTER.typed(found.register), found.referrals, RESPONSES.empty())
    assert depths["n_units"].sum() == (len(rows) if len(found.referrals) else 0)
    assert depths["n_referring"].sum() == found.referrals["referred_by"].nunique()
    assert depths["depth"].tolist() == list(range(len(depths)))
    assert (depths["n_referring"].iloc[:-1] > 0).all()


def test_the_share_of_responses_without_inference_is_that_of_their_waves_and_groups():
    rows = pd.DataFrame({"wave": ["w1", "w1", "w2", "w2"], "respondent_group": ["MID", "CIT", "MID", "CIT"]})
    assert share_without_inference(rows, counted("a,w1,MID,census,,,", "b,w1,CIT,purposive,,,")) == 0.25
    assert share_without_inference(rows, counted("a,w1,MID,census,,,", "b,w2,,purposive,,,")) == 0.5
    assert share_without_inference(rows, counted("a,w1,MID,census,,,")) == 0
    assert share_without_inference(rows, SAMPLING.empty()) is None


def test_a_group_that_the_study_does_not_have_is_refused():
    with pytest.raises(ListError, match="row 2, column respondent_group: this names no respondent group"):
        sample("a,w1,MIDDLE,census,,,")


@pytest.fixture(scope="module")
def snowball_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_panel_study(tmp_path_factory.mktemp("snowball") / "small")
    tokens = [TOKEN.format(number) for number in range(1, 41)]
    rows = [f"{token},autumn,FRL,census,,," for token in tokens]
    rows += [f"{tokens[0]},spring,FRL,purposive,,,", f"{tokens[1]},spring,FRL,gatekeeper,G1,,"]
    rows += [f"{token},spring,FRL,snowball,,{tokens[0]}," for token in tokens[2:]]
    (folder / "sample.csv").write_text(HEADER + "\n".join(rows), encoding="utf-8")
    study = folder / "study.yaml"
    study.write_text(study.read_text(encoding="utf-8") + "casework: {sample: sample.csv}\n", encoding="utf-8")
    bring_up_to_date(folder, STEPS)
    return folder


def test_fits_with_referred_units_say_so_and_commands_print_it(snowball_study: Path):
    study, store = bring_up_to_date(snowball_study, STEPS)
    diagnostics = store.read(out.DIAGNOSTICS)
    flagged = diagnostics[diagnostics["diagnostic"] == "share_without_inference"]
    used = store.kept_rows(str(store.read(out.FITS)["data_hash"].iloc[0]))["response_id"]
    assert set(flagged["value"]) == {used.str.startswith("spring_staff/").mean()}
    assert set(flagged["verdict"]) == {"look"}
    declared = str(store.read(out.FITS)["fit_id"].iloc[0])
    now = str(fit_now(study, "trust", []).fits["fit_id"].iloc[0])
    assert inference_of(study, [now])[now].startswith("no inference to a population: ")
    notes = ["no inference to a population: FRL in spring (1 purposive, 38 snowball, 1 gatekeeper)"]
    assert inference_notes(study, store) == notes
    for words in (("fit", "trust"), ("compare", now, declared)):
        command, *rest = words
        assert "no inference to a population" in done(sensemaking(command, snowball_study, *rest)).stdout
    assert done(sensemaking("rerun", snowball_study, now, "--json")).document["no_inference"][now]


def test_the_command_shows_selections_and_depths_of_referral(snowball_study: Path):
    told = done(sensemaking("sample", snowball_study, "--json")).document
    depths = [(row["depth"], row["n_units"], row["n_answered"], row["n_referring"]) for row in told["referrals"]]
    assert depths == [(0, 2, 2, 1), (1, 38, 38, 0)]
    assert [row["has_inference"] for row in told["selections"]] == [True, False]
    assert told["notes"][1:] == [GATEKEEPERS]
    assert "Chains of referral" in done(sensemaking("sample", snowball_study)).stdout


def test_a_release_names_the_groups_for_the_dashboard(snowball_study: Path):
    publish(*bring_up_to_date(snowball_study), "Test")
    manifest = release_contents(snowball_study)["meta.manifest"].set_index("key")["value"]
    assert manifest["no_inference"] == "FRL"


def test_a_study_without_a_register_is_told_how_to_have_one(tmp_path: Path):
    folder = build_panel_study(tmp_path / "small")
    with pytest.raises(UsageError, match=r"casework: \{sample: sample.csv\}"):
        read_sample(load_study(folder))
