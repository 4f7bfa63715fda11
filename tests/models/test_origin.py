"""Origins: each hash moves with what it stands for, and with nothing else."""

import dataclasses
import re

import pandas as pd
import pytest

from models.origin import (
    Origin,
    code_hash,
    data_hash,
    derive_seed,
    env_hash,
    environment,
    fit_id,
    source_hash,
)

ORIGIN = Origin("a" * 64, "b" * 64, "c" * 64, "d" * 64, 5)


def table():
    return pd.DataFrame(
        {
            "response_id": pd.Series(["a", "b", None], dtype="str"),
            "code": pd.Series([1, None, 3], dtype="Int16"),
            "score": pd.Series([1.5, None, 0.0], dtype="Float64"),
            "is_used": pd.Series([True, None, False], dtype="boolean"),
            "at": pd.to_datetime(["2026-01-01T10:00Z", None, "2026-01-02T00:00Z"]),
        }
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.iloc[::-1],
        lambda t: t[t.columns[::-1]],
        lambda t: t.rename(columns={"code": "codes"}),
        lambda t: t.astype({"code": "Float64"}),
        lambda t: t.assign(code=t["code"].fillna(0)),
        lambda t: t.assign(score=t["score"].fillna(0)),
        lambda t: t.assign(is_used=t["is_used"].fillna(value=False)),
        lambda t: t.assign(response_id=t["response_id"].fillna("")),
        lambda t: t.assign(response_id=["ab", "", None]),
        lambda t: t.assign(at=t["at"] + pd.Timedelta(1, "us")),
        lambda t: t.head(2),
        lambda t: t.assign(more=1),
    ],
)
def test_the_data_hash_moves_with_every_change_of_content(change):
    assert data_hash(change(table())) != data_hash(table())


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.copy(),
        lambda t: t.set_axis([7, 8, 9]),
        lambda t: t.astype({"code": "Int64"}),
        lambda t: t.assign(score=t["score"].to_numpy(dtype=float, na_value=float("nan"))),
        lambda t: t.assign(response_id=t["response_id"].astype(object)),
        lambda t: t.assign(at=t["at"].dt.tz_convert("Europe/Copenhagen")),
    ],
)
def test_the_data_hash_ignores_how_content_is_stored(change):
    assert data_hash(change(table())) == data_hash(table())


def test_rows_kept_as_parquet_have_the_same_data_hash(tmp_path):
    table().to_parquet(tmp_path / "rows.parquet", index=False)
    assert data_hash(pd.read_parquet(tmp_path / "rows.parquet")) == data_hash(table())


def test_the_source_hash_moves_with_names_and_contents_of_python_files_only(tmp_path):
    def write(root, name, text):
        path = tmp_path / root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return source_hash(tmp_path / root, ("models",))

    first = write("one", "models/a.py", "1")
    assert write("two", "models/a.py", "1") == first
    assert write("two", "models/notes.txt", "1") == first
    assert write("two", "docs/a.py", "1") == first
    assert write("three", "models/b.py", "1") != first
    assert write("four", "models/deep/a.py", "1") != first
    assert write("one", "models/a.py", "2") != first


def test_the_code_hash_covers_instruments_and_models_and_stays_the_same():
    assert code_hash() == code_hash()
    assert re.fullmatch("[0-9a-f]{64}", code_hash())


def test_the_environment_names_what_decides_numbers_and_hashes_the_same_twice():
    found = environment()
    assert {"numpy", "scipy", "pandas", "statsmodels", "duckdb", "python", "machine", "linear_algebra"} == set(found)
    assert "threads=1" in found["linear_algebra"]
    assert env_hash(found) == env_hash(dict(reversed(environment().items())))
    assert env_hash({**found, "numpy": "0"}) != env_hash(found)


def test_a_seed_depends_on_every_name_and_where_it_ends():
    seeds = {derive_seed(*names) for names in (("study", "h1"), ("stud", "yh1"), ("studyh1",), ("h1", "study"), ())}
    assert len(seeds) == 5
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_a_seed_stays_what_it_was_when_it_was_first_recorded():
    # sha256 of '["study", "h1", "main"]', first 63 bits; coreutils 9.1 sha256sum, 2026-11-22
    assert derive_seed("study", "h1", "main") == 8586935188350398468


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Origin)])
def test_a_fit_is_named_after_everything_it_depends_on(field):
    changed = dataclasses.replace(ORIGIN, **{field: 6 if field == "seed" else "e" * 64})
    assert fit_id("h1", "main", changed) != fit_id("h1", "main", ORIGIN)
    assert re.fullmatch(r"h1\.main\.[0-9a-f]{12}", fit_id("h1", "main", ORIGIN))
