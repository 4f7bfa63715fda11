"""Drawn responses with gaps: numbers, categories and organisations whose relations are known."""

import numpy as np
import pandas as pd

from models.missing_data.plan import Column

KINDS = {"number": "normal", "skewed": "matching", "yes": "logit", "agrees": "ordered", "kind": "multinomial"}
CATEGORIES = {"yes": 2, "agrees": 5, "kind": 3}


def complete_responses(n=300, n_organisations=15, seed=1):
    random = np.random.default_rng(seed)
    organisations = random.integers(0, n_organisations, n)
    level = random.normal(0, 0.6, n_organisations)
    common = random.normal(size=n)
    shown = {name: 0.7 * common + 0.7 * random.normal(size=n) for name in KINDS}
    data = pd.DataFrame({"known": common + random.normal(size=n), "number": shown["number"]})
    data["skewed"] = np.exp(shown["skewed"])
    data["yes"] = (shown["yes"] > 0.2).astype(float)
    data["agrees"] = np.digitize(shown["agrees"], [-1.0, -0.4, 0.3, 1.0]).astype(float)
    data["kind"] = np.digitize(shown["kind"], [-0.5, 0.5]).astype(float)
    data["nested"] = 0.5 * common + level[organisations] + random.normal(size=n)
    data["size"] = (level + random.normal(0, 0.3, n_organisations))[organisations]
    data["organisation"] = [f"o{code:03d}" for code in organisations]
    data.index = pd.Index([f"r{number:05d}" for number in range(n)])
    return data


def with_gaps(data, share=0.2, seed=2):
    """Take values out of all columns but the first and the organisation; whole organisations lose their size."""
    random = np.random.default_rng(seed)
    gaps = data.copy()
    for name in [*KINDS, "nested"]:
        gaps.loc[random.random(len(data)) < share, name] = np.nan
    names = sorted(set(data["organisation"]))
    without = random.choice(names, max(len(names) // 5, 1), replace=False)
    gaps.loc[gaps["organisation"].isin(without), "size"] = np.nan
    return gaps


def columns(**changes):
    """Return a column of every kind; changes by name replace its settings."""
    made = [Column("known")]
    made += [Column(name, categories=CATEGORIES.get(name, 0), method=kind) for name, kind in KINDS.items()]
    made += [
        Column("nested", method="two_level_normal"),
        Column("size", method="normal", predictors=("known", "nested"), is_of_organisation=True),
    ]
    return tuple(
        Column(**{**{name: getattr(each, name) for name in each.__dataclass_fields__}, **changes.get(each.name, {})})
        for each in made
    )
