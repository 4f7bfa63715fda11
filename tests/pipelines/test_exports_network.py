"""The network of collaborations as a file: what other programs read back, who is in it, what is refused."""

import csv
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.exports.network import Network, edge_list, graphml, network_of_groups, network_of_people
from tests.run_steps import bring_up_to_date
from tests.small_study import build_small_study

MEMBERSHIPS = pd.DataFrame(
    [("s/1", "w1", "c1"), ("s/1", "w1", "c2"), ("s/2", "w1", "c1"), ("s/3", "w2", "c1"), ("s/5", "w1", "c1")],
    columns=["response_id", "wave", "collaboration_id"],
)
COLLABORATIONS = pd.DataFrame(
    [("c1", "w1", "o1"), ("c1", "w2", "o1"), ("c2", "w1", None), ("c3", "w1", "o1")],
    columns=["collaboration_id", "wave", "organisation_id"],
)
RESPONSES = pd.DataFrame(
    [
        ("s/1", "w1", "FRL", "o1"),
        ("s/2", "w1", "PAR", "o<1>"),
        ("s/3", "w2", "FRL", None),
        ("s/4", "w1", "FRL", "o1"),
        ("s/5", "w1", "FRL", "o1"),
        ("s/6", "w1", "MID", "o1"),
        ("s/7", "w2", "MID", "o1"),
        ("s/8", "w2", "MID", "o1"),
    ],
    columns=["response_id", "wave", "respondent_group", "organisation_id"],
)
DYADS = pd.DataFrame(
    [("s/4", "w1", "staff_manager", "s/6"), ("s/5", "w1", "staff_manager", None), ("s/1", "w1", "boss", "gone")],
    columns=["response_id", "wave", "kind", "other_response_id"],
)
SPACE = {"g": "http://graphml.graphdrawing.org/xmlns"}


def read_back(text: str) -> tuple[dict[str, dict[str, str]], list[dict[str, str]]]:
    root = ET.fromstring(text)
    named = {key.attrib["id"]: key.attrib["attr.name"] for key in root.findall("g:key", SPACE)}

    def data(element: ET.Element) -> dict[str, str]:
        return {named[each.attrib["key"]]: each.text or "" for each in element.findall("g:data", SPACE)}

    nodes = {node.attrib["id"]: data(node) for node in root.iterfind(".//g:node", SPACE)}
    edges = [{**edge.attrib, **data(edge)} for edge in root.iterfind(".//g:edge", SPACE)]
    assert all({edge["source"], edge["target"]} <= set(nodes) for edge in edges)
    return nodes, edges


def people() -> Network:
    return network_of_people(MEMBERSHIPS, COLLABORATIONS, RESPONSES, DYADS, "p{}".format)


def test_groups_and_collaborations_are_nodes_and_edges_count_responses() -> None:
    """Six analysed responses lie in o1; two of them name c1, as do one elsewhere and one of nowhere."""
    nodes, edges = read_back(graphml(network_of_groups(MEMBERSHIPS, COLLABORATIONS, RESPONSES)))
    assert nodes == {
        "c1": {"kind": "collaboration", "organisation_id": "o1", "n_responses": "4", "density": str(4 / 6)},
        "c2": {"kind": "collaboration", "wave": "w1", "n_responses": "1"},
        "o1/FRL": {"kind": "group", "respondent_group": "FRL", "organisation_id": "o1", "n_responses": "3"},
        "o<1>/PAR": {"kind": "group", "respondent_group": "PAR", "organisation_id": "o<1>", "n_responses": "1"},
        "/FRL": {"kind": "group", "respondent_group": "FRL", "n_responses": "1"},
    }
    assert [(edge["source"], edge["target"], edge["wave"], edge["n_responses"]) for edge in edges] == [
        ("/FRL", "c1", "w2", "1"),
        ("o1/FRL", "c1", "w1", "2"),
        ("o1/FRL", "c2", "w1", "1"),
        ("o<1>/PAR", "c1", "w1", "1"),
    ]


def test_members_and_collaborations_are_nodes_and_memberships_are_edges() -> None:
    nodes, edges = read_back(graphml(people()))
    found = {name: (node["kind"], node.get("respondent_group")) for name, node in nodes.items()}
    assert found == {
        **dict.fromkeys(["c1", "c2"], ("collaboration", None)),
        **dict.fromkeys(["ps/1", "ps/3", "ps/4", "ps/5"], ("person", "FRL")),
        "ps/2": ("person", "PAR"),
        "ps/6": ("person", "MID"),
    }
    memberships = {(edge["source"], edge["target"]) for edge in edges if edge["kind"] == "membership"}
    assert memberships == {("ps/1", "c1"), ("ps/1", "c2"), ("ps/2", "c1"), ("ps/3", "c1"), ("ps/5", "c1")}
    assert [(edge["source"], edge["target"], edge["kind"]) for edge in edges if edge["kind"] != "membership"] == [
        ("ps/4", "ps/6", "staff_manager")
    ]


def test_the_edge_list_has_a_row_an_edge() -> None:
    rows = list(csv.DictReader(edge_list(network_of_groups(MEMBERSHIPS, COLLABORATIONS, RESPONSES)).splitlines()))
    assert sum(int(row["n_responses"]) for row in rows) == len(MEMBERSHIPS)
    assert rows[0] == {
        "source": "/FRL",
        "target": "c1",
        "kind": "membership",
        "wave": "w2",
        "n_responses": "1",
        "respondent_group": "FRL",
        "organisation_id": "",
    }


def test_a_response_that_is_not_analysed_names_nothing() -> None:
    nodes, _ = read_back(graphml(network_of_groups(MEMBERSHIPS, COLLABORATIONS, RESPONSES[RESPONSES["wave"] == "w2"])))
    assert set(nodes) == {"c1", "/FRL"}
    assert nodes["c1"]["density"] == "0.5"


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8))
def test_any_name_of_an_organisation_makes_a_file_that_parses(name: str) -> None:
    responses = RESPONSES.assign(organisation_id=name)
    nodes, edges = read_back(graphml(network_of_groups(MEMBERSHIPS, COLLABORATIONS, responses)))
    assert (len(nodes), len(edges)) == (4, 4)


def of_people(*rows: pd.DataFrame) -> Network:
    return network_of_people(rows[0], rows[1], rows[2], DYADS, str)


@pytest.mark.parametrize("make", [network_of_groups, of_people])
def test_the_order_of_rows_changes_nothing(make: Callable[..., Network]) -> None:
    turned = make(MEMBERSHIPS[::-1], COLLABORATIONS[::-1], RESPONSES[::-1])
    assert graphml(turned) == graphml(make(MEMBERSHIPS, COLLABORATIONS, RESPONSES))


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
    assert (code, made["n_members"], made["n_edges"]) == (0, 4, 8)
    assert "not for release" in made["warnings"][0]
    assert (tmp_path / "all.graphml").stat().st_mode & 0o077 == 0
    nodes, _ = read_back((tmp_path / "all.graphml").read_text(encoding="utf-8"))
    assert {node["kind"] for node in nodes.values()} == {"group", "collaboration"}
    code, made = call(folder, "--out", tmp_path / "one.csv", "--wave", "autumn")
    assert (code, made["n_edges"]) == (0, 4)


def test_people_stand_in_the_graph_under_pseudonyms_of_its_own(folder: Path, tmp_path: Path) -> None:
    code, made = call(folder, "--out", tmp_path / "people.graphml", "--people")
    assert (code, made["n_members"], made["n_edges"]) == (0, 8, 8)
    text = (tmp_path / "people.graphml").read_text(encoding="utf-8")
    assert "staff" not in text
    assert "autumn-10" not in text


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
