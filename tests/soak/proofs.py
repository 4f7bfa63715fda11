"""What must be so at the end of a fieldwork: of responses, of messages, of releases, and of the study as a whole."""

import datetime as dt
import json
from collections import Counter

import duckdb

from pipelines.files import file_sha256
from tests.command_line import done, sensemaking, table
from tests.fake_platform import TEXTS
from tests.soak.living import FIRST, Fieldwork
from tests.soak.scenario import Scenario


def prove_responses(fieldwork: Fieldwork) -> None:
    """Every response that a platform holds is in the warehouse exactly once, with the last values."""
    held = {
        f"{source}/{name}": {item: int(response.answers[item]) for item in TEXTS}
        for source, each in fieldwork.people.items()
        for name, response in each.platform.responses.items()
    }
    responses, answers = table(fieldwork.folder, "core.responses"), table(fieldwork.folder, "core.answers")
    assert sorted(responses["response_id"]) == sorted(held)
    assert sorted(answers["response_id"]) == sorted(held)
    found = answers.set_index("response_id")[list(TEXTS)].astype(int).to_dict("index")
    assert found == held


def prove_deletions(fieldwork: Fieldwork) -> None:
    """Every response that was withdrawn is on record as such, once, and no other."""
    withdrawn = [f"{source}/{name}" for source, each in fieldwork.people.items() for name in each.withdrawn]
    assert sorted(table(fieldwork.folder, "raw.deletions")["response_id"]) == sorted(withdrawn)
    assert withdrawn


def prove_events(fieldwork: Fieldwork, scenario: Scenario) -> None:
    """Everybody was told of every event, once, and of nothing else; and got a letter a week."""
    documents = [document for _, document in fieldwork.hook.taken]
    assert set(Counter(each["id"] for each in documents).values()) == {1}
    in_order = sorted(documents, key=lambda each: each["noticed_at"])
    found = [((dt.datetime.fromisoformat(each["noticed_at"]) - FIRST).days, each["kind"]) for each in in_order]
    assert found == scenario.told()
    assert set(Counter(each["Message-ID"] for each in fieldwork.mails.taken).values()) == {1}
    letters = [each for each in fieldwork.mails.taken if "fieldwork in week" in each["Subject"]]
    assert len(fieldwork.mails.taken) - len(letters) == len(documents)
    assert len({each["Subject"] for each in letters}) == len(letters) == weeks_of(scenario)
    messages = done(sensemaking("tell", fieldwork.folder, "--status", "--json")).document["messages"]
    assert {each["status"] for each in messages} == {"told"}


def weeks_of(scenario: Scenario) -> int:
    """Count the Mondays at six on which a letter was due and written by the night's end."""
    return (scenario.n_days - 1) // 7


def prove_releases(fieldwork: Fieldwork, scenario: Scenario) -> None:
    """Every release is there, byte by byte as it was published, opens to be read, and has passed its audit."""
    folder = fieldwork.folder / "releases"
    recorded = table(fieldwork.folder, "out.releases").sort_values("release")
    assert len(recorded) == sum(scenario.releases_on(night) for night in range(scenario.n_days))
    for row in recorded.itertuples():
        path = folder / str(row.file)
        assert file_sha256(path) == row.sha256
        with duckdb.connect(path, read_only=True) as connection:
            manifest = dict(connection.execute("SELECT key, value FROM meta.manifest").fetchall())
            means = connection.execute("FROM out.scale_means").df()
        assert manifest["audit"] == "passed"
        assert manifest["release"] == str(row.release)
        assert len(means)
    pointer = json.loads((folder / "current.json").read_text(encoding="utf-8"))
    assert pointer["release"] == recorded["release"].max()


def prove_soundness(fieldwork: Fieldwork) -> None:
    """The doctor finds nothing, and nothing is left to be run."""
    assert done(sensemaking("doctor", fieldwork.folder, "--json")).document["findings"] == []
    assert done(sensemaking("run", fieldwork.folder, "--json")).document["nothing_new"] is True
