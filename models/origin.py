"""What a fit was made from: specification, data, code, environment and seed, each as a hash.

Put here everything that names or proves where a number comes from; not the number itself (``estimates``).
"""

# pyright: reportMissingTypeStubs=false

import hashlib
import json
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
from pandas.api import types
from threadpoolctl import threadpool_info

from instruments.spec_file import spec_hash
from models.estimates import Fit
from models.one_thread import on_one_thread
from models.spec import RegressionSpec

ROOT = Path(__file__).parent.parent
SOURCE_FOLDERS = ("instruments", "models")
PACKAGES = ("duckdb", "numpy", "pandas", "scipy", "statsmodels")
LENGTH_OF_FIT_HASH = 12


@dataclass(frozen=True)
class Origin:
    """Everything that decides the result of a fit.

    Attributes:
        spec_hash: SHA-256 of the model as fitted, variant applied, as canonical JSON.
        data_hash: SHA-256 of the responses used.
        code_hash: SHA-256 of the sources of ``instruments`` and ``models``.
        env_hash: SHA-256 of the environment as canonical JSON.
        seed: Seed of random numbers, 0 to 2^63 - 1.
    """

    spec_hash: str
    data_hash: str
    code_hash: str
    env_hash: str
    seed: int


def origin_of(fit: Fit, spec: RegressionSpec, seed: int) -> Origin:
    """Trace a fit made here and now.

    Args:
        fit: The fit.
        spec: The model with its variants, as it was given to the estimator.
        seed: The seed the estimator was given; see ``derive_seed``.
    """
    return Origin(
        spec_hash=spec_hash(spec.with_variant(fit.variant)),
        data_hash=fit.data_hash or data_hash(fit.data),
        code_hash=code_hash(),
        env_hash=env_hash(environment()),
        seed=seed,
    )


def fit_id(model: str, variant: str, origin: Origin) -> str:
    """Name a fit after everything it depends on: ``<model>.<variant>.<12 hexadecimal digits>``."""
    content = json.dumps([model, variant, asdict(origin)], sort_keys=True)
    return f"{model}.{variant}.{hashlib.sha256(content.encode()).hexdigest()[:LENGTH_OF_FIT_HASH]}"


def derive_seed(*names: str) -> int:
    """Derive a seed from names, such as study, model and variant: the same names always give the same seed.

    Returns:
        0 to 2^63 - 1, so that it fits a signed 64-bit column.
    """
    content = json.dumps(names, ensure_ascii=False)
    return int.from_bytes(hashlib.sha256(content.encode()).digest()[:8], "big") >> 1


def data_hash(frame: pd.DataFrame) -> str:
    """Return the SHA-256 of a table's content, in hexadecimal.

    Column names, kinds (whole number, number, truth, moment, text) and values count, and so does the order of rows and
    columns. How a kind is stored does not: Int16 and int64 with the same numbers have the same hash, and every
    missing value is the same.
    """
    digest = hashlib.sha256(f"{len(frame)} rows".encode())
    for name in frame.columns:
        column = frame[name]
        kind, content = _canonical(column)
        digest.update(_heading(str(name), kind, len(content), _marks_of_missing(column)))
        digest.update(content)
    return digest.hexdigest()


def hash_of_parts(n_rows: int, names: Iterable[str], parts_of: Callable[[str], Iterable[pd.Series]]) -> str:
    """Return the ``data_hash`` of a table of which one part of one column is in memory at a time.

    Args:
        n_rows: Rows.
        names: Columns, in order.
        parts_of: Gives the parts of a column, in order, as often as it is called; all but the last have a multiple of
            eight rows.
    """
    digest = hashlib.sha256(f"{n_rows} rows".encode())
    for name in names:
        kinds: set[str] = set()
        missing = bytearray()
        for part in parts_of(name):
            kinds.add(_canonical(part)[0])
            missing += _marks_of_missing(part)
        (kind,) = kinds
        length = sum(map(len, _pieces(parts_of(name))))
        digest.update(_heading(name, kind, length, bytes(missing)))
        for piece in _pieces(parts_of(name)):
            digest.update(piece)
    return digest.hexdigest()


def _heading(name: str, kind: str, length: int, missing: bytes) -> bytes:
    """Return what goes before the content of a column: its name, kind and length, and which cells are missing."""
    return json.dumps([name, kind, length]).encode() + missing


def _marks_of_missing(column: pd.Series) -> bytes:
    return np.packbits(column.isna().to_numpy(dtype=bool)).tobytes()


def _pieces(parts: Iterable[pd.Series]) -> Iterator[bytes]:
    """Yield the canonical content of a column in pieces; that of texts is one JSON list."""
    kind = ""
    for place, part in enumerate(parts):
        kind, content = _canonical(part)
        yield content if kind != "text" else (b"[" if place == 0 else b", ") + content[1:-1]
    if kind == "text":
        yield b"]"


def _canonical(column: pd.Series) -> tuple[str, bytes]:
    if types.is_bool_dtype(column):
        return "truth", column.fillna(value=False).to_numpy(dtype="u1").tobytes()
    if types.is_integer_dtype(column):
        return "whole", column.fillna(0).to_numpy(dtype="<i8").tobytes()
    if types.is_float_dtype(column):
        return "number", column.fillna(0.0).to_numpy(dtype="<f8").tobytes()
    if types.is_datetime64_any_dtype(column):
        moments = column.dt.tz_convert("UTC").dt.tz_localize(None) if column.dt.tz is not None else column
        return "moment", moments.fillna(pd.Timestamp(0)).to_numpy(dtype="<M8[ns]").tobytes()
    texts = column if isinstance(column.dtype, pd.StringDtype) else column.astype("str")
    return "text", json.dumps(texts.fillna("").tolist(), ensure_ascii=False).encode()


@cache
def code_hash() -> str:
    """Return the SHA-256 of the sources that decide results, in hexadecimal: ``instruments`` and ``models``.

    They are read once: what this process computes with does not change when the files do.
    """
    return source_hash(ROOT, SOURCE_FOLDERS)


def source_hash(root: Path, folders: Iterable[str]) -> str:
    """Return the SHA-256 of the names and contents of all Python files in some folders, in hexadecimal.

    Args:
        root: Folder that holds the folders; where it lies does not count.
        folders: Names of the folders.
    """
    digest = hashlib.sha256()
    paths = {path.relative_to(root).as_posix(): path for folder in folders for path in (root / folder).rglob("*.py")}
    for name in sorted(paths):
        content = paths[name].read_bytes()
        digest.update(json.dumps([name, len(content)]).encode())
        digest.update(content)
    return digest.hexdigest()


def environment() -> dict[str, str]:
    """Describe what computes: packages that decide numbers, Python, machine and linear algebra, as fits use it.

    Returns:
        Versions by name; ``linear_algebra`` lists each library with version, threading, processor kernels and threads.
    """
    return dict(_environment())


@cache
def _environment() -> Mapping[str, str]:
    with on_one_thread():
        loaded = cast("list[dict[str, object]]", threadpool_info())
    libraries = sorted({_library(each) for each in loaded if each["user_api"] == "blas"})
    return {
        **{name: metadata.version(name) for name in PACKAGES},
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "linear_algebra": "; ".join(libraries),
    }


def _library(info: Mapping[str, object]) -> str:
    kernels = info.get("architecture", "unknown kernels")
    return f"{info['internal_api']} {info['version']} {kernels} threads={info['num_threads']}"


def software_version() -> str:
    """Return the version of this software, as it is installed."""
    return metadata.version("sensemaking")


def env_json(environment: Mapping[str, str]) -> str:
    """Write an environment as canonical JSON."""
    return json.dumps(dict(environment), sort_keys=True, separators=(",", ":"))


def env_hash(environment: Mapping[str, str]) -> str:
    """Return the SHA-256 of an environment's canonical JSON, in hexadecimal."""
    return hashlib.sha256(env_json(environment).encode()).hexdigest()
