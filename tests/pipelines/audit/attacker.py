"""Somebody who pools all releases, whoever may see them, and knows who answered, and a linear programme. No test.

The attacker knows the scale, the rounding, and how many people of every organisation are behind which releases; who was
corrected or moved counts as somebody else. Unknown of each such group are the number of its high scores, the sum of
these and the sum of the others. Written apart from the audit, of which it uses nothing but the tables.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.optimize import linprog

PERSON = ["response_id", "organisation", "region", "score"]


@dataclass(frozen=True)
class Scale:
    """Scores that there are: the lowest, the highest of those that are not high, the least high and the highest."""

    lowest: float = 1.0
    highest_other: float = 10 / 3
    least_high: float = 3.5
    highest: float = 5.0


@dataclass(frozen=True, eq=False)
class Attacker:
    """What is known.

    Attributes:
        groups: One row a group of people who are behind the same releases: organisation, region, n, and ``in_0`` …
        figures: What each release shows: level, unit, n_obs, mean, percent_high.
        scale: The scale.
    """

    groups: pd.DataFrame
    figures: list[pd.DataFrame]
    scale: Scale = Scale()

    @classmethod
    def of(cls, releases, cell):
        """Pool releases."""
        behind = [each.people(cell).assign(**{f"in_{place}": True}) for place, each in enumerate(releases)]
        people = behind[0]
        for other in behind[1:]:
            people = people.merge(other, on=PERSON, how="outer")
        marks = [f"in_{place}" for place in range(len(releases))]
        people[marks] = people[marks].notna()
        groups = people.groupby(["organisation", "region", *marks]).size().reset_index(name="n")
        return cls(groups, [each.figures(cell) for each in releases])

    def within(self, level, unit, release):
        """Tell which groups are of a unit in a release."""
        own = np.ones(len(self.groups), bool) if level == "all" else self.groups[level].eq(unit).to_numpy()
        return own & self.groups[f"in_{release}"].to_numpy()

    def with_one_apart(self, group):
        """Take one person out of a group, who is then the last group."""
        one = self.groups.iloc[[group]].assign(n=1)
        others = self.groups.assign(n=self.groups["n"] - (np.arange(len(self.groups)) == group))
        return replace(self, groups=pd.concat([others, one], ignore_index=True))

    def bounds(self, is_own, *, of_high=False):
        """Bound the mean, or the share of high scores, of some groups together."""
        own = is_own.astype(float)
        wanted = np.concatenate([own, 0 * own, 0 * own] if of_high else [0 * own, own, own])
        rows, most = self._known()
        n = self.groups["n"].to_numpy(dtype=float)
        limits = [*((0, each) for each in n), *[(None, None)] * (2 * len(n))]
        ends = []
        for sign in (1, -1):
            found = linprog(sign * wanted, rows, most + 1e-9, bounds=limits)
            assert found.status == 0, found.message
            ends.append(sign * found.fun / n[is_own].sum())
        return ends[0], ends[1]

    def _known(self):
        rows, most = [], []
        for release, figures in enumerate(self.figures):
            for figure in figures.to_dict("records"):
                own = self.within(figure["level"], figure["unit"], release).astype(float)
                n, none = float(own @ self.groups["n"]), np.zeros_like(own)
                of_sum, of_high = np.concatenate([none, own, own]), np.concatenate([own, none, none])
                rows += [of_sum, -of_sum]
                most += [(figure["mean"] + 0.005) * n, -(figure["mean"] - 0.005) * n]
                if pd.notna(percent := figure["percent_high"]):
                    rows += [of_high, -of_high]
                    most.append(n if percent == 95 else np.floor((percent + 0.5) * n / 100 + 1e-6))
                    most.append(0 if percent == 5 else -np.ceil((percent - 0.5) * n / 100 - 1e-6))
        scale = self.scale
        for place, n in enumerate(self.groups["n"]):
            one, none = np.eye(len(self.groups))[place], np.zeros(len(self.groups))
            rows += [
                np.concatenate([-scale.highest * one, one, none]),
                np.concatenate([scale.least_high * one, -one, none]),
                np.concatenate([scale.highest_other * one, none, one]),
                np.concatenate([-scale.lowest * one, none, -one]),
            ]
            most += [0, 0, scale.highest_other * n, -scale.lowest * n]
        return np.array(rows), np.array(most, dtype=float)
