"""Collaborations and who names them → a graph for network programs: GraphML, or a list of edges.

Put here the graph and its formats; which study and where is for the command.
"""

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_NODE_KEYS: Mapping[str, str] = {
    "kind": "string",
    "respondent_group": "string",
    "organisation_id": "string",
    "wave": "string",
    "n_responses": "long",
    "density": "double",
}
_EDGE_KEYS: Mapping[str, str] = {"kind": "string", "wave": "string", "n_responses": "long"}
EDGE_COLUMNS = ("source", "target", *_EDGE_KEYS, "respondent_group", "organisation_id")
_OF_A_GROUP = ["respondent_group", "organisation_id"]
MEMBERSHIP = "membership"
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Network:
    """An undirected graph: those who name collaborations, and the collaborations.

    Attributes:
        nodes: node_id; kind (``group``, ``person`` or ``collaboration``); respondent_group, organisation_id and wave
            where there is one; n_responses (analysed ones of a group, naming ones of a collaboration); density, for
            collaborations: naming responses over the analysed responses of its organisation, 0 to 1. Sorted.
        edges: ``EDGE_COLUMNS``: kind (``membership``, else the kind of dyad), wave, how many responses it stands for,
            group and organisation of the source. Sorted.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame


def network_of_groups(memberships: pd.DataFrame, collaborations: pd.DataFrame, responses: pd.DataFrame) -> Network:
    """Make the two-mode graph of respondent groups within organisations and the collaborations that they name.

    Args:
        memberships: ``core.memberships``.
        collaborations: ``core.collaborations``.
        responses: The analysed rows of ``core.responses`` of the same waves; other responses name nothing.
    """
    members = _members(memberships, responses)
    counted = members.groupby(["collaboration_id", "wave", *_OF_A_GROUP], as_index=False, dropna=False).size()
    edges = counted.rename(columns={"collaboration_id": "target", "size": "n_responses"})
    edges = edges.assign(source=_names_of_groups(edges), kind=MEMBERSHIP)
    groups = responses.groupby(_OF_A_GROUP, as_index=False, dropna=False).size().rename(columns={"size": "n_responses"})
    groups = groups.assign(node_id=_names_of_groups(groups), kind="group")
    named = groups[groups["node_id"].isin(edges["source"])]
    return _network([_collaboration_nodes(members, collaborations, responses), named], edges)


def network_of_people(
    memberships: pd.DataFrame,
    collaborations: pd.DataFrame,
    responses: pd.DataFrame,
    dyads: pd.DataFrame,
    pseudonym: Callable[[str], str],
) -> Network:
    """Make the graph of responses, the collaborations that they name, and the dyads between them.

    Args:
        memberships: ``core.memberships``.
        collaborations: ``core.collaborations``.
        responses: The analysed rows of ``core.responses`` of the same waves; others are left out.
        dyads: ``core.dyads``; those without the other person's response are left out.
        pseudonym: Id of a response → what stands for it in the graph.
    """
    members = _members(memberships, responses)
    known = set(responses["response_id"])
    pairs = dyads[dyads["response_id"].isin(known) & dyads["other_response_id"].isin(known)]
    of_source = responses[["response_id", *_OF_A_GROUP]]
    joined = pairs.merge(of_source, on="response_id", validate="many_to_one")
    edges = pd.concat(
        [
            members.assign(target=members["collaboration_id"], kind=MEMBERSHIP),
            joined.assign(target=joined["other_response_id"].map(pseudonym)),
        ],
        ignore_index=True,
    )
    edges = edges.assign(source=edges["response_id"].map(pseudonym), n_responses=1)
    in_graph = {*members["response_id"], *pairs["response_id"], *pairs["other_response_id"]}
    people = responses[responses["response_id"].isin(in_graph)]
    people = people.assign(node_id=people["response_id"].map(pseudonym), kind="person", n_responses=1)
    return _network([_collaboration_nodes(members, collaborations, responses), people], edges)


def graphml(network: Network) -> str:
    """Write the graph as GraphML; an attribute that is missing is left out."""
    root = ET.Element("graphml", {"xmlns": _NAMESPACE})
    for target, names in (("node", _NODE_KEYS), ("edge", _EDGE_KEYS)):
        for name, kind in names.items():
            key = {"id": f"{target}_{name}", "for": target, "attr.name": name, "attr.type": kind}
            ET.SubElement(root, "key", key)
    graph = ET.SubElement(root, "graph", {"edgedefault": "undirected"})
    for row in network.nodes.to_dict("records"):
        _write_data(ET.SubElement(graph, "node", {"id": _for_xml(row["node_id"])}), "node", _NODE_KEYS, row)
    for row in network.edges.to_dict("records"):
        ends = {"source": _for_xml(row["source"]), "target": _for_xml(row["target"])}
        _write_data(ET.SubElement(graph, "edge", ends), "edge", _EDGE_KEYS, row)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def edge_list(network: Network) -> str:
    """Write the edges as CSV with headers, one row an edge."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(EDGE_COLUMNS)
    for row in network.edges.to_dict("records"):
        writer.writerow(["" if pd.isna(row[name]) else str(row[name]) for name in EDGE_COLUMNS])
    return text.getvalue()


def _members(memberships: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    of_responses = responses[["response_id", *_OF_A_GROUP]]
    return memberships.merge(of_responses, on="response_id", validate="many_to_one")


def _names_of_groups(rows: pd.DataFrame) -> pd.Series:
    return rows["organisation_id"].fillna("").astype("str") + "/" + rows["respondent_group"].astype("str")


def _collaboration_nodes(members: pd.DataFrame, collaborations: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Describe the collaborations that anybody names; the wave of one that is named in a single wave only."""
    named = members.groupby("collaboration_id", as_index=False).agg(
        n_responses=("response_id", "nunique"), wave=("wave", _only)
    )
    organisations = collaborations.groupby("collaboration_id", as_index=False).agg(
        organisation_id=("organisation_id", "first")
    )
    nodes = named.merge(organisations, on="collaboration_id", how="left", validate="one_to_one")
    n_possible = nodes["organisation_id"].map(responses["organisation_id"].value_counts())
    density = (nodes["n_responses"] / n_possible).where(nodes["organisation_id"].notna())
    return nodes.assign(node_id=nodes["collaboration_id"], kind="collaboration", density=density)


def _network(parts: list[pd.DataFrame], edges: pd.DataFrame) -> Network:
    columns = ["node_id", *_NODE_KEYS]
    nodes = pd.concat([part.reindex(columns=columns).astype("object") for part in parts])
    ordered = edges.astype("object")[list(EDGE_COLUMNS)].sort_values(["source", "target", "kind", "wave"])
    return Network(nodes.sort_values(["kind", "node_id"]).reset_index(drop=True), ordered.reset_index(drop=True))


def _write_data(parent: ET.Element, target: str, names: Mapping[str, str], row: Mapping[Hashable, Any]) -> None:
    for name in names:
        if not pd.isna(row[name]):
            ET.SubElement(parent, "data", {"key": f"{target}_{name}"}).text = _for_xml(row[name])


def _for_xml(value: object) -> str:
    """Write a value without the characters that XML cannot hold."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", str(value))


def _only(waves: pd.Series) -> str | None:
    return str(waves.iloc[0]) if len(set(waves)) == 1 else None
