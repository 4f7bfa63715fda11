"""Collaborations and their members → a graph for network programs: GraphML, or a list of edges.

Put here the graph and its formats; which study and where is for the command.
"""

import csv
import io
import xml.etree.ElementTree as ET
from dataclasses import dataclass

import pandas as pd

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_NODE_KEYS = ("kind", "respondent_group", "organisation_id", "wave")
EDGE_COLUMNS = ("response_id", "collaboration_id", "wave", "respondent_group", "organisation_id")


@dataclass(frozen=True)
class Network:
    """An undirected graph of two kinds of node: responses and the collaborations that they name.

    Attributes:
        nodes: node_id, kind (``member`` or ``collaboration``), respondent_group, organisation_id, wave; sorted.
        edges: ``EDGE_COLUMNS``, one row a membership; sorted.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame


def network_of(memberships: pd.DataFrame, collaborations: pd.DataFrame, responses: pd.DataFrame) -> Network:
    """Make the graph.

    Args:
        memberships: ``core.memberships``.
        collaborations: ``core.collaborations``; one of several waves becomes one node without a wave.
        responses: ``core.responses``.
    """
    members = memberships.merge(
        responses[["response_id", "respondent_group", "organisation_id"]], on="response_id", validate="many_to_one"
    )
    edges = members[list(EDGE_COLUMNS)].sort_values(["response_id", "collaboration_id"])
    of_members = members.drop_duplicates("response_id").rename(columns={"response_id": "node_id"}).assign(kind="member")
    named = collaborations[collaborations["collaboration_id"].isin(members["collaboration_id"])]
    of_groups = (
        named.groupby("collaboration_id", as_index=False)
        .agg(organisation_id=("organisation_id", "first"), wave=("wave", _only))
        .rename(columns={"collaboration_id": "node_id"})
        .assign(kind="collaboration", respondent_group=None)
    )
    columns = ["node_id", *_NODE_KEYS]
    nodes = pd.concat([of_groups[columns].astype("object"), of_members[columns].astype("object")])
    return Network(nodes.sort_values(["kind", "node_id"]).reset_index(drop=True), edges.reset_index(drop=True))


def graphml(network: Network) -> str:
    """Write the graph as GraphML; an attribute that is missing is left out."""
    root = ET.Element("graphml", {"xmlns": _NAMESPACE})
    for target, names in (("node", _NODE_KEYS), ("edge", ("wave",))):
        for name in names:
            key = {"id": f"{target}_{name}", "for": target, "attr.name": name, "attr.type": "string"}
            ET.SubElement(root, "key", key)
    graph = ET.SubElement(root, "graph", {"edgedefault": "undirected"})
    for row in network.nodes.to_dict("records"):
        node = ET.SubElement(graph, "node", {"id": str(row["node_id"])})
        for name in _NODE_KEYS:
            if not pd.isna(row[name]):
                ET.SubElement(node, "data", {"key": f"node_{name}"}).text = str(row[name])
    for row in network.edges.to_dict("records"):
        ends = {"source": str(row["response_id"]), "target": str(row["collaboration_id"])}
        ET.SubElement(ET.SubElement(graph, "edge", ends), "data", {"key": "edge_wave"}).text = str(row["wave"])
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def edge_list(network: Network) -> str:
    """Write the edges as CSV with headers, one row a membership."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(EDGE_COLUMNS)
    for row in network.edges.to_dict("records"):
        writer.writerow(["" if pd.isna(row[name]) else str(row[name]) for name in EDGE_COLUMNS])
    return text.getvalue()


def _only(waves: pd.Series) -> str | None:
    return str(waves.iloc[0]) if len(set(waves)) == 1 else None
