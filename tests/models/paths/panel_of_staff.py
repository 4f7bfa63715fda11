"""Staff over three waves by the process of the synthetic study, section 4, drop-out by section 1."""

import numpy as np
import pandas as pd

WAVES = (1, 2, 3)
CL, CPE = tuple(f"cl{wave}" for wave in WAVES), tuple(f"cpe{wave}" for wave in WAVES)
SHARE_LEAVING = (0.22, 0.18)


def correlated(rng, matrix, n):
    return rng.normal(size=(n, len(matrix))) @ np.linalg.cholesky(np.asarray(matrix)).T


def occasions(rng, n):
    """Occasion parts of CL and CPE, wave by wave; CPE does not move CL."""
    now = correlated(rng, [[1.0, 0.25], [0.25, 1.0]], n)
    found = [now]
    for _ in WAVES[1:]:
        new = correlated(rng, [[1.0, 0.25], [0.25, 1.0]], n)
        of_cl = 0.35 * now[:, 0] + np.sqrt(1 - 0.35**2) * new[:, 0]
        of_cpe = 0.30 * now[:, 1] + 0.15 * now[:, 0] + np.sqrt(1 - 0.09 - 0.0225 - 0.0225) * new[:, 1]
        now = np.column_stack([of_cl, of_cpe])
        found.append(now)
    return found


def staff(rng, n_organisations=90, size=15):
    """One row a person: organisation, CL and CPE in three waves, missing once a person has left."""
    group = np.repeat(np.arange(n_organisations), size)
    n = len(group)
    of_cl = 0.9 * rng.normal(size=n_organisations)
    of_cpe = (0.15 * of_cl + 0.5 * rng.normal(size=n_organisations)) / 0.547
    person = correlated(rng, [[1.0, 0.4], [0.4, 1.0]], n)
    wick = rng.normal(size=n)
    data, is_young = {"organisation": group}, rng.random(n) < 0.3
    for wave, each in zip(WAVES, occasions(rng, n), strict=True):
        within = np.sqrt(0.35) * person[:, 0] + np.sqrt(0.50) * each[:, 0]
        data[f"cl{wave}"] = np.sqrt(0.15) * of_cl[group] + within
        own = np.sqrt(0.33) * person[:, 1] + np.sqrt(0.55) * each[:, 1]
        data[f"cpe{wave}"] = np.sqrt(0.12) * of_cpe[group] + own + 0.10 * within * wick
    return with_drop_out(pd.DataFrame(data), is_young, rng)


def with_drop_out(data, is_young, rng):
    """Let people leave: ``logit = base - .35 CPE[t-1] + .30 (age under 35)``."""
    is_left = np.zeros(len(data), dtype=bool)
    complete = data.copy()
    for wave, share in zip(WAVES[1:], SHARE_LEAVING, strict=True):
        odds = np.log(share / (1 - share)) - 0.35 * complete[f"cpe{wave - 1}"] + 0.30 * is_young
        is_left |= rng.random(len(data)) < 1 / (1 + np.exp(-odds))
        data.loc[is_left, [f"cl{wave}", f"cpe{wave}"]] = np.nan
    return data
