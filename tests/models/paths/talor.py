"""Tal-Or's data and R's results on them (oracle 11)."""

import json

import pandas as pd


def read_talor(reference):
    stored = json.loads((reference / "oracles/11_mediation_moderation.json").read_text())
    return pd.read_csv(reference / "oracles/data/tal_or.csv"), stored


def effect(fit, name, column="estimate", at=None):
    table = fit.effects[fit.effects["effect"] == name]
    return float((table if at is None else table[table["at"] == at])[column].iloc[0])


def path(fit, equation, term, column):
    row = fit.paths[(fit.paths["equation"] == equation) & (fit.paths["term"] == term)]
    return float(row[column].iloc[0])


def interval(fit, name, method):
    row = fit.intervals[(fit.intervals["effect"] == name) & (fit.intervals["method"] == method)].iloc[0]
    return float(row["conf_low"]), float(row["conf_high"])
