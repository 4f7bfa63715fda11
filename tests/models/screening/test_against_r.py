"""Indices of careless responding against values computed in R, on the complete rows of bfi."""

import json

import numpy as np
import pandas as pd
import pytest

from models.screening import consistency, distance, runs, spread

pytestmark = pytest.mark.reference

# R 4.2.2, psych 2.2.9, psychTools 2.2.9; formulas and calls in oracles/07_careless.json (meta.note), made 2026-11-22
REVERSED = ("A1", "C4", "C5", "E1", "E2", "O2", "O5")
SCALES = "ACENO"


@pytest.fixture(scope="module")
def oracle(reference):
    return json.loads((reference / "oracles/07_careless.json").read_text())


@pytest.fixture(scope="module")
def complete(reference):
    return pd.read_csv(reference / "oracles/data/bfi.csv", dtype={"id": str}).dropna(subset=items())


@pytest.fixture(scope="module")
def codes(complete):
    return complete[items()].to_numpy(dtype=float)


def items():
    return [f"{scale}{number}" for scale in SCALES for number in range(1, 6)]


def is_close(oracle, found, expected):
    return found == pytest.approx(expected, abs=oracle["tolerance"]["closed_form"])


def test_the_rows_are_those_of_the_oracle(oracle, complete):
    assert len(complete) == oracle["bfi"]["n"]
    assert complete["id"].head(20).tolist() == oracle["bfi"]["row_ids"]


def test_mahalanobis_equals_r(oracle, complete, codes):
    about, found = oracle["bfi"]["d2"], distance.mahalanobis(codes)
    assert is_close(oracle, found.squared[:20], about["first20"])
    # 15 digits of a sum of 2436 distances; it is (n - 1) p exactly
    assert found.squared.sum() == pytest.approx(about["sum"], abs=1e-6)
    assert (found.squared > distance.chi_square_limit(found.df, 0.99)).sum() == about["flag99"]
    assert (found.squared > distance.chi_square_limit(found.df, 0.999)).sum() == about["flag999"]
    assert complete["id"].to_numpy()[np.argsort(-found.squared)[:5]].tolist() == about["top5"]


def test_runs_equal_r(oracle, codes):
    longest, average = runs.longest_run(codes), runs.mean_run(codes)
    about = oracle["bfi"]["longstring"]
    assert longest[:20].tolist() == about["first20"]
    assert longest.max() == about["max"]
    lengths, counts = np.unique(longest, return_counts=True)
    assert dict(zip(lengths.astype(int).astype(str), counts, strict=True)) == about["table"]
    assert is_close(oracle, average[:20], oracle["bfi"]["avgstring"]["first20"])
    assert is_close(oracle, average.mean(), oracle["bfi"]["avgstring"]["mean"])


def test_response_variability_equals_r(oracle, codes):
    about, found = oracle["bfi"]["irv"], spread.response_variability(codes)
    assert is_close(oracle, found[:20], about["first20"])
    assert is_close(oracle, found.mean(), about["mean"])
    assert (found == 0).sum() == about["n_zero"]


def test_stepped_up_even_odd_correlation_equals_r(oracle, complete):
    # the oracle holds 2r / (1 + r) itself: not turned round and not cut at -1, unlike careless::evenodd 1.2.0
    keyed = complete[items()].copy()
    keyed[list(REVERSED)] = 7 - keyed[list(REVERSED)]
    scales = [keyed[[f"{scale}{number}" for number in range(1, 6)]].to_numpy(dtype=float) for scale in SCALES]
    about = oracle["bfi"]["evenodd_reversed"]
    found = consistency.spearman_brown(consistency.even_odd_correlation(scales).r)
    assert is_close(oracle, found[:20], about["first20"])
    assert is_close(oracle, np.nanmean(found), about["mean"])
    assert np.isnan(found).sum() == about["n_na"]
    assert consistency.even_odd(scales).r[13] == 1.0, "-1.13 before the turn"


def test_synonyms_equal_r(oracle, codes):
    about, pairs = oracle["bfi"]["synonyms"], consistency.synonym_pairs(codes, above=0.50)
    names = items()
    assert [f"{names[a]}~{names[b]}" for a, b in zip(pairs.first, pairs.second, strict=True)] == about["pairs"]
    found = consistency.within_pairs(codes, pairs).r
    assert is_close(oracle, found[:20], about["first20"])
    assert is_close(oracle, np.nanmean(found), about["mean"])


def test_person_total_correlation_equals_r(oracle, codes):
    about, found = oracle["bfi"]["person_total"], consistency.person_total(codes)
    assert is_close(oracle, found.r[:20], about["first20"])
    assert is_close(oracle, np.nanmean(found.r), about["mean"])
