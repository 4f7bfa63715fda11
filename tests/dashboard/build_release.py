"""Small but complete release files for tests of the dashboard; every figure is invented."""

import hashlib
import json
import os
from pathlib import Path

import duckdb
import pandas as pd

from pipelines.tables.base import DUCKDB_TYPES, Table
from pipelines.tables.released import SCHEMA_VERSION, TABLES

WAVES = {"autumn": ("Autumn 2025", "Efterår 2025"), "spring": ("Spring 2026", "Forår 2026")}
GROUPS = {
    "TOP": ("Top managers", "Topledere"),
    "FRL": ("Frontline staff", "Frontmedarbejdere"),
    "CIT": ("Citizens", "Borgere"),
}
SCALES = {
    "identity_work": ("Identity work", "Identitetsarbejde", "draft", 1, 5),
    "vertical_integration": ("Vertical integration", "Vertikal integration", "draft", 1, 5),
    "collective_leadership": ("Collective leadership", "Kollektivt lederskab", "piloted", 1, 5),
    "burden": ("Administrative burden", "Administrativ byrde", "draft", 0, 40),
}
ORGANISATIONS = ("Aa & Ø <b>Kommune</b>", "=1+1", "Ålborg", "\u202eRIGHT", *(f"Org {k:02d}" for k in range(6)))
ITEMS = {
    "CL_1": ("We settle together what the collaboration is to achieve, also when we disagree.", False),
    "CL_2": ("In our collaboration one person takes all the decisions.", True),
    "CL_3": ("Those who use the services take part when we plan how the services are to change over the years.", False),
    "CL_4": ("We talk openly about who is accountable.", False),
    "CL_5": ("Everyone's knowledge counts.", False),
}
POINTS = {
    1: ("Strongly disagree", "Meget uenig"),
    2: ("Disagree", "Uenig"),
    3: ("Neither", "Hverken eller"),
    4: ("Agree", "Enig"),
    5: ("Strongly agree", "Meget enig"),
}
HIDDEN_MEAN = 4.44
HIDDEN_PERCENT = 77


def release_tables(number: int = 1, *, is_synthetic: bool = True) -> dict[str, pd.DataFrame]:
    """Return every table of a release; ``number`` also stands in every count of responses, to show mixed states."""
    return {
        "meta.manifest": _manifest(number, is_synthetic),
        "meta.texts": _texts(),
        "meta.scales": pd.DataFrame(
            [
                {
                    "scale": name,
                    "position": k,
                    "instrument": name,
                    "status": status,
                    "score": "sum" if high > 5 else "mean",
                    "lowest": low,
                    "highest": high,
                }
                for k, (name, (_, _, status, low, high)) in enumerate(SCALES.items())
            ]
        ),
        "meta.items": pd.DataFrame(
            [
                {
                    "scale": "collective_leadership",
                    "item": item,
                    "position": k,
                    "is_reverse_scored": reverse,
                    "midpoint": 3,
                }
                for k, (item, (_, reverse)) in enumerate(ITEMS.items())
            ]
        ),
        "out.response_rates": _response_rates(number),
        "out.scale_means": _scale_means(number),
        "meta.units": _units(),
        "out.unit_means": _unit_means(number),
        "out.distributions": _distributions(),
        "out.comparisons": _comparisons(),
        "out.fits": _fits(number),
        "out.conditions": _conditions(),
        "out.estimates": _estimates(),
    }


def _manifest(number: int, is_synthetic: bool) -> pd.DataFrame:
    said = {
        "study": "invented",
        "is_synthetic": str(is_synthetic).lower(),
        "schema_version": str(SCHEMA_VERSION),
        "release": str(number),
        "released_at": "2026-11-22T10:00:00+00:00",
        "least_cell_size": "10",
        "languages": "en,da",
        "waves": "autumn,spring",
        "respondent_groups": "TOP,FRL,CIT",
        "audit": "passed",
        "embargo_until": "",
    }
    return pd.DataFrame({"key": list(said), "value": list(said.values())})


def _texts() -> pd.DataFrame:
    both = [("study_title", "invented", "Making sense of co-production", "Demonstrationsundersøgelse om samskabelse")]
    both += [("wave_title", name, *titles) for name, titles in WAVES.items()]
    both += [("group_title", name, *titles) for name, titles in GROUPS.items()]
    both += [("scale_title", name, said[0], said[1]) for name, said in SCALES.items()]
    both += [("point_label", f"{item}={code}", *label) for item in ITEMS for code, label in POINTS.items()]
    both += [
        ("limit", "no_single_cause", "No figure names a single cause.", "Intet tal peger på én årsag."),
        ("high_score_means", "collective_leadership", "Leadership is done together.", "Ledelse sker i fællesskab."),
        ("variant_title", "h1/without_controls", "Without control variables", "Uden kontrolvariable"),
        ("model_title", "h1", "Identity work and collective leadership", "Identitetsarbejde og kollektivt lederskab"),
        ("model_title", "h2", "Frontline staff and vertical integration", "Frontmedarbejdere og vertikal integration"),
        ("term_label", "h1/identity_work", "Identity work", "Identitetsarbejde"),
        ("term_label", "h2/respondent_group[FRL]", "Frontline staff", "Frontmedarbejdere"),
        (
            "term_label",
            "h1/identity_work x vertical_integration",
            "Identity work x Vertical integration",
            "Identitetsarbejde x Vertikal integration",
        ),
    ]
    rows = [
        (kind, name, language, text)
        for kind, name, *said in both
        for language, text in zip(("en", "da"), said, strict=True)
    ]
    rows += [("item_text", item, "en", text) for item, (text, _) in ITEMS.items()]
    rows += [
        ("hypothesis", "h1", "und", "Managers with more identity work report more collective leadership."),
        ("estimand", "h1", "und", "Difference in collective leadership for one point more identity work."),
    ]
    return pd.DataFrame(rows, columns=["kind", "name", "language", "text"])


def _response_rates(number: int) -> pd.DataFrame:
    rows = []
    for w, wave in enumerate(WAVES):
        for group, invited, rate in (("TOP", 260, 0.452), ("FRL", 3250, 0.401), ("CIT", None, None)):
            hidden = group == "TOP" and wave == "autumn"
            rows.append(
                {
                    "wave": wave,
                    "respondent_group": group,
                    "n_invited": None if hidden else invited,
                    "n_responses": None if hidden else number * 1000 + 5 * w,
                    "n_organisations": None if hidden else 130,
                    "response_rate_2": None if hidden or rate is None else rate - 0.03 * w,
                    "is_hidden": hidden,
                }
            )
    return pd.DataFrame(rows)


def _scale_means(number: int) -> pd.DataFrame:
    rows = []
    for g, group in enumerate(GROUPS):
        for s, (scale, (_, _, _, low, high)) in enumerate(SCALES.items()):
            for w, wave in enumerate(WAVES):
                hidden = (group, scale, wave) == ("TOP", "identity_work", "autumn")
                mean = low + (high - low) * (0.45 + 0.06 * s + 0.04 * g + 0.05 * w * (s - 1))
                half = (high - low) * (0.03 if group == "TOP" else 0.012)
                figures = {
                    "n_obs": number * 1000 + 5 * w,
                    "mean": round(mean, 2),
                    "conf_low": round(mean - half, 2),
                    "conf_high": round(mean + half, 2),
                    "alpha": 0.81,
                    "omega": 0.83,
                }
                rows.append(
                    {
                        "scale": scale,
                        "respondent_group": group,
                        "wave": wave,
                        "is_hidden": hidden,
                        **(dict.fromkeys(figures) if hidden else figures),
                    }
                )
    return pd.DataFrame(rows)


def _units() -> pd.DataFrame:
    rows = [("all", "", ""), ("region", "north", ""), ("region", "south", "")]
    rows += [("organisation", name, "north" if k % 2 else "south") for k, name in enumerate(ORGANISATIONS)]
    return pd.DataFrame(rows, columns=["level", "unit", "region"])


def _unit_means(number: int) -> pd.DataFrame:
    """Scores of frontline staff and citizens by organisation; every fifth organisation is hidden, one altogether."""
    rows = []
    for group in ("FRL", "CIT"):
        for s, (scale, (_, _, _, low, high)) in enumerate(SCALES.items()):
            for wave in WAVES:
                for k, (level, unit, _) in enumerate(_units().itertuples(index=False)):
                    hidden = level == "organisation" and ((k + s) % 5 == 0 or unit == ORGANISATIONS[0])
                    mean = low + (high - low) * (0.5 + 0.1 * ((k * 7 + s) % 5 - 2))
                    figures = {
                        "n_obs": 10 + 5 * (k % 4) + 1000 * number * (level == "all"),
                        "mean": round(mean, 2),
                        "conf_low": round(mean - 0.2, 2),
                        "conf_high": round(mean + 0.2, 2),
                        "percent_high": 60,
                    }
                    key = {"scale": scale, "respondent_group": group, "wave": wave, "level": level, "unit": unit}
                    rows.append({**key, "is_hidden": hidden, **(dict.fromkeys(figures) if hidden else figures)})
    return pd.DataFrame(rows)


def _comparisons() -> pd.DataFrame:
    """Waves of all scales may be compared, but of citizens and one of top managers; groups on two of the scales."""
    verdicts = {
        ("CIT", "identity_work"): ("not_shown", "metric", "autumn; spring"),
        ("CIT", "vertical_integration"): ("not_tested", "none", ""),
        ("CIT", "collective_leadership"): ("too_few", "none", ""),
        ("TOP", "vertical_integration"): ("shown", "scalar", "spring; winter"),
    }
    shown = ("shown", "scalar", "autumn; spring")
    rows = [
        (scale, group, *verdicts.get((group, scale), shown))
        for group in GROUPS
        for scale in SCALES
        if (group, scale) != ("CIT", "burden")
    ]
    columns = ["scale", "respondent_group", "verdict", "level_reached", "compared"]
    of_waves = pd.DataFrame(rows, columns=columns).assign(over="wave")
    groups = [
        ("identity_work", "", "shown", "scalar", "CIT; FRL; TOP"),
        ("vertical_integration", "", "not_shown", "metric", "CIT; FRL; TOP"),
        ("collective_leadership", "", "shown", "scalar", "FRL; TOP"),
    ]
    of_groups = pd.DataFrame(groups, columns=columns).assign(over="respondent_group")
    return pd.concat([of_waves, of_groups], ignore_index=True).assign(level_asked="scalar", n_differing=0)


def _distributions() -> pd.DataFrame:
    shares = {
        "CL_1": {(1, 1): 4, (2, 2): 14, (3, 3): 27, (4, 4): 38, (5, 5): 17},
        "CL_2": {(1, 1): 21, (2, 2): 33, (3, 3): 26, (4, 5): 20},
        "CL_3": {(1, 1): 18, (2, 2): 31, (3, 3): 29, (4, 4): 16, (5, 5): 6},
        "CL_4": {(1, 5): None},
        "CL_5": {(1, 2): 12, (3, 4): 66, (5, 5): 22},
    }
    rows = [
        {
            "item": item,
            "respondent_group": group,
            "wave": wave,
            "code_from": first,
            "code_to": last,
            "n_obs": None if percent is None else 1235,
            "percent": percent,
            "is_hidden": percent is None,
        }
        for group in GROUPS
        for wave in WAVES
        for item, bands in shares.items()
        for (first, last), percent in bands.items()
    ]
    return pd.DataFrame(rows)


def _fits(number: int) -> pd.DataFrame:
    rows = [
        ("h1", "main", "locked", "CR2", "identity_work"),
        ("h1", "without_controls", "locked", "HC3", "identity_work"),
        ("h1", "top_managers_only", "changed_after_lock", "HC3", "identity_work"),
        ("h2", "main", "never_locked", "HC3", "respondent_group[FRL]"),
    ]
    return pd.DataFrame(
        [
            {
                "fit_id": f"{model}-{variant}-0f3a",
                "model": model,
                "variant": variant,
                "label": "confirmatory" if because == "locked" else "exploratory",
                "label_because": because,
                "estimator": "OLS",
                "covariance": covariance,
                "outcome": "collective_leadership" if model == "h1" else "vertical_integration",
                "focal_term": focal,
                "expected_sign": "positive" if model == "h1" else "none",
                "level": "organisation_and_wave" if variant == "top_managers_only" else "response",
                "fixed_effects": "organisation_id, wave" if model == "h2" else "",
                "random_effects": "",
                "random_slopes": "",
                "corrections": "",
                "dyads": "",
                "weights": "",
                "imputations": 0,
                "n_obs": number * 1000,
                "n_clusters": 130 if covariance == "CR2" else None,
                "r_squared": 0.23,
                "conditions_not_met": {"main": 2, "without_controls": 0}.get(variant) if model == "h1" else None,
                **{
                    f"{what}_hash": hashlib.sha256(f"{what}{model}{variant}".encode()).hexdigest()
                    for what in ("spec", "data", "code", "env")
                },
                "digest": hashlib.sha256(f"digest{model}{variant}".encode()).hexdigest(),
            }
            for model, variant, because, covariance, focal in rows
        ]
    )


def _conditions() -> pd.DataFrame:
    """Two conditions that the first model does not meet."""
    rows = [
        ("identity_work", "FRL", "organisation_mean", "", "rwg_j_median", "not_met"),
        ("collective_leadership", "", "comparison", "respondent_group", "scalar_invariance", "not_met"),
    ]
    columns = ["scale", "respondent_group", "purpose", "over", "measure", "verdict"]
    return pd.DataFrame(rows, columns=columns).assign(fit_id="h1-main-0f3a", measurement="together")


def _estimates() -> pd.DataFrame:
    h1 = {
        "intercept": (2.1, 0.12),
        "identity_work": (0.284, 0.05),
        "vertical_integration": (0.151, 0.048),
        "identity_work x vertical_integration": (-0.021, 0.031),
    }
    rows = [
        ("h1", variant, k, term, estimate + shift, error)
        for variant, shift in (("main", 0.0), ("without_controls", 0.06), ("top_managers_only", -0.08))
        for k, (term, (estimate, error)) in enumerate(h1.items())
        if not (variant == "without_controls" and k > 1)
    ]
    rows += [("h2", "main", 0, "intercept", 3.2, 0.06), ("h2", "main", 1, "respondent_group[FRL]", 0.041, 0.07)]
    frame = pd.DataFrame(rows, columns=["model", "variant", "position", "term", "estimate", "std_error"])
    margin = 1.96 * frame["std_error"]
    return frame.assign(
        fit_id=frame["model"] + "-" + frame["variant"] + "-0f3a",
        p_value=(frame["estimate"].abs() / frame["std_error"] > 4).map({True: 0.0, False: 0.561}),
        conf_low=(frame["estimate"] - margin).round(3),
        conf_high=(frame["estimate"] + margin).round(3),
        average_effect=None,
        average_low=None,
        average_high=None,
    )


def write_release(folder: Path, tables: dict[str, pd.DataFrame], number: int = 1) -> dict[str, object]:
    """Write a release file under its final name and return what ``current.json`` is to say; publish nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".build-{os.getpid()}.duckdb"
    with duckdb.connect(draft) as connection:
        connection.execute("CREATE SCHEMA meta; CREATE SCHEMA out")
        for table in TABLES:
            _write_table(connection, table, tables.get(table.name, table.empty()))
    digest = hashlib.sha256(draft.read_bytes()).hexdigest()
    name = f"r{number:06d}-{digest[:12]}.duckdb"
    draft.rename(folder / name)
    return {
        "file": name,
        "sha256": digest,
        "release": number,
        "schema_version": SCHEMA_VERSION,
        "published_at": "2026-11-22T10:00:00+00:00",
    }


def _write_table(connection: duckdb.DuckDBPyConnection, table: Table, rows: pd.DataFrame) -> None:
    typed = table.schema().validate(table.typed(rows))
    columns = ", ".join(f'"{name}" {DUCKDB_TYPES[column.kind]}' for name, column in table.columns.items())
    connection.execute(f"CREATE TABLE {table.name} ({columns})")
    connection.register("typed_rows", typed)
    connection.execute(f"INSERT INTO {table.name} BY NAME SELECT * FROM typed_rows")
    connection.unregister("typed_rows")


def publish(folder: Path, number: int = 1, *, is_synthetic: bool = True) -> dict[str, object]:
    """Write a release and point ``current.json`` at it in one step."""
    said = write_release(folder, release_tables(number, is_synthetic=is_synthetic), number)
    point_at(folder, said)
    return said


def point_at(folder: Path, said: dict[str, object]) -> None:
    """Replace ``current.json`` atomically."""
    draft = folder / ".current.json"
    draft.write_text(json.dumps(said), encoding="utf-8")
    draft.replace(folder / "current.json")
