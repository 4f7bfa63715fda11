"""What identifies people never reaches the warehouse: keys and codes as pseudonyms, open answers screened."""

from pathlib import Path

import pytest

from pipelines.assets.graph import steps_of
from pipelines.assets.pseudonyms import check_keys
from pipelines.assets.step import Task, run_step
from pipelines.load import load_study
from pipelines.pseudonym_keys import KeyFault, folder_of_keys
from pipelines.steps.instrument_changes import instrument_changes
from pipelines.steps.pseudonyms import Pseudonymiser
from pipelines.store import Store, Write
from pipelines.tables import core, linking, out, raw
from tests.panel_study import TOKEN, build_panel_study, people
from tests.run_steps import bring_up_to_date
from tests.small_study import write_export

READ = {"core/responses"}


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SENSEMAKING_KEYS", str(tmp_path / "keys"))
    return tmp_path / "keys"


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("study.duckdb*")))


def test_keys_and_codes_are_pseudonyms_that_join_responses_frame_and_waves(tmp_path: Path, keys: Path):
    study, store = bring_up_to_date(
        build_panel_study(tmp_path / "small", coded=True, framed=True), {"out/attrition", "core/sampled_units"}
    )
    responses, units = store.read(core.RESPONSES), store.read(core.SAMPLED_UNITS)
    key = bytes.fromhex((keys / "small" / "respondent.key").read_text(encoding="ascii"))
    expected = Pseudonymiser(key, "small", "respondent").one("respondent_key", TOKEN.format(7))
    seventh = responses[responses["response_id"] == "autumn_staff/autumn-7"]
    assert seventh["respondent_key"].tolist() == [expected]
    assert set(responses["respondent_key"]) <= set(units["unit_id"])
    assert (units["disposition"] == "complete").sum() == len(responses)
    links = store.read(linking.LINKS)
    assert (links["rule"] == "key").all()
    assert links["person_id"].nunique() == 40
    codes = store.read(linking.LINK_CODES)
    assert codes.groupby("element")["pseudonym"].nunique().to_dict() == {"day": 28, "mother": 40, "street": 40}
    assert set(store.read(raw.KEYS)["purpose"]) == {"respondent", "link_code"}
    for text in ("token-7@", "@example.org", "Street 7", "AASE7"):
        assert text.encode() not in bytes_of(study.warehouse)


def test_waves_are_linked_by_code_where_there_is_no_key(tmp_path: Path, keys: Path):
    folder = build_panel_study(tmp_path / "small", keyed=False, coded=True)
    spring = people("spring")
    spring.loc[0, "code_day"] = "31"  # one element off
    spring.loc[2, ["code_mother", "code_day", "code_street"]] = spring.loc[
        1, ["code_mother", "code_day", "code_street"]
    ]
    write_export(folder, "spring.csv", spring)
    _, store = bring_up_to_date(folder, {"out/attrition"})
    links = store.read(linking.LINKS).set_index("response_id")
    assert links.loc["spring_staff/spring-10", "rule"] == "code"
    assert links.loc["spring_staff/spring-10", "person_id"] == "autumn_staff/autumn-10"
    assert links.loc["spring_staff/spring-1", "rule"] == "code_less_one"
    doubtful = store.read(linking.LINK_CANDIDATES)
    assert set(doubtful["response_id"]) == {"autumn_staff/autumn-2"}
    assert set(doubtful["other_response_id"]) == {"spring_staff/spring-2", "spring_staff/spring-3"}
    assert set(doubtful["reason"]) == {"not_unique"}
    counted = store.read(linking.ATTRITION).iloc[0]
    assert (counted["n_linked_by_code"], counted["n_linked_by_code_less_one"]) == (37, 1)
    assert (counted["n_lost"], counted["n_doubtful"]) == (2, 1)
    decide(folder, {"spring_staff/spring-2": "same", "spring_staff/spring-3": "different"})
    _, store = bring_up_to_date(folder, {"out/attrition"})
    links = store.read(linking.LINKS).set_index("response_id")
    assert links.loc["spring_staff/spring-2", "rule"] == "decision"
    assert store.read(linking.LINK_CANDIDATES).empty
    assert store.read(linking.ATTRITION).iloc[0]["n_lost"] == 1


def decide(folder: Path, decisions: dict[str, str]) -> None:
    rows = "".join(f"autumn_staff/autumn-2,{other},{decision}\n" for other, decision in decisions.items())
    (folder / "decisions.csv").write_text(f"response_id,other_response_id,decision\n{rows}", encoding="utf-8")
    path = folder / "study.yaml"
    text = path.read_text(encoding="utf-8").replace("linking: {code", "linking: {decisions: decisions.csv, code")
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("change", ["missing", "another"])
def test_nothing_goes_on_without_the_key_that_made_the_pseudonyms(tmp_path: Path, keys: Path, change: str):
    folder = build_panel_study(tmp_path / "small")
    study, store = bring_up_to_date(folder, READ)
    path = folder_of_keys(study) / "respondent.key"
    path.unlink()
    if change == "another":
        path.write_text("ab" * 32, encoding="ascii")
        path.chmod(0o600)
    with pytest.raises(KeyFault, match=r"put the (right )?file back"):
        check_keys(study, store)
    write_export(folder, "spring.csv", people("spring").iloc[:-1])
    with pytest.raises(KeyFault):
        bring_up_to_date(folder, READ)


def test_a_study_without_keys_of_people_needs_no_key(tmp_path: Path, keys: Path):
    bring_up_to_date(build_panel_study(tmp_path / "small", keyed=False), READ)
    assert not keys.exists()


@pytest.mark.parametrize("keeps", [False, True])
def test_open_answers_are_screened_and_what_they_held_is_counted(tmp_path: Path, keys: Path, keeps: bool):
    folder = build_panel_study(tmp_path / "small", keyed=False)
    autumn = people("autumn")
    autumn.loc[0, "remark"] = "write to jo@example.org or (AT) +45 12 34 56 78"
    autumn.loc[1, "remark"] = "born 010190-1234"
    autumn.loc[2, "remark"] = "Rooms 1, 2 and 3 were cold in 2019-2020"
    write_export(folder, "autumn.csv", autumn)
    if keeps:
        path = folder / "study.yaml"
        path.write_text(path.read_text() + "privacy: {open_text: keep, because: consent}\n", encoding="utf-8")
    _, store = bring_up_to_date(folder, READ)
    texts = store.read(core.OPEN_ANSWERS).set_index("response_id")["text"]
    screened = ("write to [email] or (AT) [phone]", "born [cpr]")
    expected = (autumn.loc[0, "remark"], autumn.loc[1, "remark"]) if keeps else screened
    assert (texts["autumn_staff/autumn-1"], texts["autumn_staff/autumn-2"]) == expected
    assert texts["autumn_staff/autumn-3"] == "Rooms 1, 2 and 3 were cold in 2019-2020"
    found = store.read(core.OPEN_TEXT_FINDINGS)[["response_id", "kind", "n"]].values.tolist()
    assert sorted(found) == [
        ["autumn_staff/autumn-1", "email", 1],
        ["autumn_staff/autumn-1", "phone", 1],
        ["autumn_staff/autumn-2", "cpr", 1],
    ]
    assert "remark" not in {*store.read(core.answers(load_study(folder))).columns}
    assert Store(folder / "warehouse").read(core.RESPONSES).shape[0] == 80


@pytest.mark.parametrize(
    ("declared", "is_refused"),
    [
        ("", True),
        ("linking: {comparable: {TW_2: the same thing in other words}}\n", False),
        pytest.param("population: {waves: [spring]}\n", False, marks=pytest.mark.slow),
    ],
)
def test_a_model_over_waves_that_asked_an_item_differently_is_refused(
    tmp_path: Path, keys: Path, declared: str, is_refused: bool
):
    folder = build_panel_study(tmp_path / "small", keyed=False)
    specification = folder / ("models/trust.yaml" if declared.startswith("population") else "study.yaml")
    specification.write_text(specification.read_text(encoding="utf-8") + declared, encoding="utf-8")
    study, store = bring_up_to_date(folder, {"core/analysis", "out/instrument_changes"})
    assert store.read(linking.INSTRUMENT_CHANGES).empty
    asked = store.read(raw.COLUMNS)
    asked.loc[(asked["item"] == "TW_2") & (asked["wave"] == "spring"), "question_text"] = "We decide as one."
    changed = instrument_changes(asked, list(study.spec.waves), study.spec.linking.comparable)
    store.write([Write(linking.INSTRUMENT_CHANGES, changed)], input_hash="", run_id="")
    model = next(step for step in steps_of(study) if step.name == "out/fits/trust")
    run_step(model, Task(study, store), run_id="test")
    refused = store.read(out.REFUSALS)
    assert refused["variant"].tolist() == (["classical", "main"] if is_refused else [])
    if is_refused:
        for part in ("TW_2 between autumn and spring (wording)", "linking.comparable", "population.waves"):
            assert part in refused["reason"].iloc[0]
    assert len(store.read(out.FITS)) == (0 if is_refused else 2)
