"""Invented answers of persons in organisations, with facts about these and gaps in both."""

import numpy as np
import pandas as pd


def answers_in_organisations(n_organisations=25, n_each=6, waves=("w1",), seed=5, share=0.15):
    """Return answers in organisations; strain is missing where tenure is long, complaints and sector are facts.

    Args:
        n_organisations: Organisations.
        n_each: Persons who answered in each of them and each wave.
        waves: Waves.
        seed: Of what is invented.
        share: About which share of the answers is missing; of facts, of organisations.
    """
    random = np.random.default_rng(seed)
    keys = [(f"o{o:02d}", wave) for o in range(n_organisations) for wave in waves for _ in range(n_each)]
    rows = pd.DataFrame(keys, columns=["organisation_id", "wave"])
    organisations = pd.factorize(rows["organisation_id"])[0]
    cells = rows.groupby(["organisation_id", "wave"]).ngroup().to_numpy()
    n = len(rows)
    lasting = random.normal(0, 0.6, (2, n_organisations))[:, organisations]
    tenure = lasting[0] + random.normal(0, 1, n)
    trust = 3 + 0.4 * lasting[0] + random.normal(0, 0.5, cells.max() + 1)[cells] + random.normal(0, 0.8, n)
    level = lasting[1] + random.normal(0, 0.3, cells.max() + 1)[cells]
    strain = 1 - 0.4 * trust + 0.6 * tenure + level + random.normal(0, 0.8, n)
    rows = rows.assign(
        response_id=[f"r{number:04d}" for number in range(n)],
        respondent_group="frontline",
        source="survey",
        wave_number=[waves.index(wave) for wave in rows["wave"]],
        tenure=tenure,
        trust=pd.Series(trust, dtype="Float64"),
        strain=pd.Series(strain, dtype="Float64"),
        complaints=pd.Series(random.poisson(5, cells.max() + 1)[cells], dtype="Float64"),
        sector=pd.Series(organisations % 2, dtype="Int16"),
    )
    chance = 1.6 * share / (1 + np.exp(-1.5 * tenure))
    rows.loc[random.random(n) < chance, "strain"] = pd.NA
    rows.loc[random.random(n) < share, "trust"] = pd.NA
    if share:
        silent = random.choice(cells.max() + 1, 2, replace=False)
        rows.loc[np.isin(cells, silent), "strain"] = pd.NA
        rows.loc[np.isin(cells, random.choice(cells.max() + 1, 3, replace=False)), "complaints"] = pd.NA
    return rows
