"""The network of collaborations as a file: what other programs read back, who is in it, what is refused."""

import csv
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.exports.network import edge_list, graphml, network_of
from tests.run_steps import bring_up_to_date
from tests.small_study import build_small_study

MEMBERSHIPS = pd.DataFrame(
    [("s/1", "w1", "c1"), ("s/1", "w1", "c2"), ("s/2", "w1", "c1"), ("s/3", "w2", "c1")],
    columns=["response_id", "wave", "collaboration_id"],
)
COLLABORATIONS = pd.DataFrame(
    [("c1", "w1", "o1"), ("c1", "w2", "o1"), ("c2", "w1", None), ("c3", "w1", "o1")],
    columns=["collaboration_id", "wave", "organisation_id"],
)
RESPONSES = pd.DataFrame(
    [("s/1", "FRL", "o1"), ("s/2", "PAR", "o<1>"), ("s/3", "FRL", None), ("s/4", "FRL", "o1")],
    columns=["response_id", "respondent_group", "organisation_id"],
)
SPACE = {"g": "http://graphml.graphdrawing.org/xmlns"}


def read_back(text: str) -> tuple[dict[str, dict[str, str]], list[tuple[str, str, str]]]:
    root = ET.fromstring(text)
    named = {key.attrib["id"]: key.attrib["attr.name"] for key in root.findall("g:key", SPACE)}
    nodes = {
        node.attrib["id"]: {named[data.attrib["key"]]: data.text or "" for data in node.findall("g:data", SPACE)}
        for node in root.iterfind(".//g:node", SPACE)
    }
    edges = [
        (edge.attrib["source"], edge.attrib["target"], edge.findtext("g:data", "", SPACE))
        for edge in root.iterfind(".//g:edge", SPACE)
    ]
    return nodes, edges


def test_members_and_collaborations_are_nodes_and_memberships_are_edges() -> None:
    nodes, edges = read_back(graphml(network_of(MEMBERSHIPS, COLLABORATIONS, RESPONSES)))
    assert nodes == {
        "c1": {"kind": "collaboration", "organisation_id": "o1"},
        "c2": {"kind": "collaboration", "wave": "w1"},
        "s/1": {"kind": "member", "respondent_group": "FRL", "organisation_id": "o1", "wave": "w1"},
        "s/2": {"kind": "member", "respondent_group": "PAR", "organisation_id": "o<1>", "wave": "w1"},
        "s/3": {"kind": "member", "respondent_group": "FRL", "wave": "w2"},
    }
    assert edges == [("s/1", "c1", "w1"), ("s/1", "c2", "w1"), ("s/2", "c1", "w1"), ("s/3", "c1", "w2")]


def test_the_edge_list_has_a_row_a_membership() -> None:
    rows = list(csv.DictReader(edge_list(network_of(MEMBERSHIPS, COLLABORATIONS, RESPONSES)).splitlines()))
    assert len(rows) == len(MEMBERSHIPS)
    assert rows[3] == {
        "response_id": "s/3",
        "collaboration_id": "c1",
        "wave": "w2",
        "respondent_group": "FRL",
        "organisation_id": "",
    }


def test_the_order_of_rows_changes_nothing() -> None:
    turned = network_of(MEMBERSHIPS[::-1], COLLABORATIONS[::-1], RESPONSES[::-1])
    assert graphml(turned) == graphml(network_of(MEMBERSHIPS, COLLABORATIONS, RESPONSES))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = build_small_study(tmp_path_factory.mktemp("network") / "small")
    path = study / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "collaborations: {item: remark}\n", encoding="utf-8")
    bring_up_to_date(study, {"core/collaborations"})
    return study


def call(*words: object) -> tuple[int, dict]:
    done = CliRunner().invoke(app, ["export", "network", *map(str, words), "--json"])
    return done.exit_code, json.loads(done.stdout) if done.stdout else {"error": str(done.exception)}


def test_the_command_writes_a_private_graph_of_one_wave_or_all(folder: Path, tmp_path: Path) -> None:
    code, made = call(folder, "--out", tmp_path / "all.graphml")
    assert (code, made["n_members"], made["n_edges"]) == (0, 8, 8)
    assert made["warnings"]
    assert (tmp_path / "all.graphml").stat().st_mode & 0o077 == 0
    nodes, _ = read_back((tmp_path / "all.graphml").read_text(encoding="utf-8"))
    assert {node["kind"] for node in nodes.values()} == {"member", "collaboration"}
    code, made = call(folder, "--out", tmp_path / "one.csv", "--wave", "autumn")
    assert (code, made["n_edges"]) == (0, 4)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--out", "network.txt"), "expected a name ending in .graphml or .csv"),
        (("--out", "network.csv", "--wave", "autum"), "did you mean 'autumn'?"),
        (("--out", "nowhere/network.csv"), "there is no folder nowhere; make it first"),
    ],
)
def test_what_cannot_be_written_is_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, made = call(folder, *words)
    assert code != 0
    assert message in made["error"]
    assert not list(tmp_path.iterdir())


def test_a_network_does_not_lie_among_the_releases(folder: Path) -> None:
    (folder / "releases").mkdir(exist_ok=True)
    _, made = call(folder, "--out", folder / "releases" / "network.csv")
    assert "choose another folder" in made["error"]


def test_a_study_without_named_collaborations_has_no_network(tmp_path: Path) -> None:
    _, made = call(build_small_study(tmp_path / "small"), "--out", tmp_path / "network.csv")
    assert "the study has no named collaborations" in made["error"]
