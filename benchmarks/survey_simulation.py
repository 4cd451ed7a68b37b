"""Change of a community survey, in the design it is for: `make benchmark NAME=survey_simulation`.

Two sites, two waves, sampled neighbourhoods, 240 respondents a site and wave, three in ten of them
in both waves. What happens to a neighbourhood between the waves, and how its residents change,
differ by neighbourhood. No effect. All records, panel members' changes, those seen once, and the
combination: by weights as if respondents were independent (kind survey), and by those of the joint
linearised covariance itself. Writes its table into docs/validation.md.
"""

import sys
import time
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit
from validation_page import in_batches, write_section

from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_many import Many, many

TITLE = "## Change between waves of a survey, simulated"
REPLICATES, BATCH, SEED = 10_000, 250, 11
ASKED, BOTH = 240, 0.3  # respondents a site and wave, and the part of them in both
NEAR_SD, CHANGE_SD, PERSON_SD, ERROR_SD = 0.3, 0.25, 0.8, 0.6
DESIGNS = ((5, 1.0), (10, 1.0), (20, 1.0), (3, 4.0), (5, 4.0), (10, 4.0))
"""Neighbourhoods a site; how many times as many respondents the largest has as the smallest."""
WAYS = ("all records", "panel members", "seen once", "combined", "combined, by few clusters")


@dataclass(frozen=True)
class Survey:
    """Who is drawn: codes (n,) of each record; later: of members, the record of wave 1."""

    site: np.ndarray
    near: np.ndarray
    wave: np.ndarray
    person: np.ndarray
    member: np.ndarray

    def sample(self) -> Sample:
        """Neighbourhoods as clusters in sites."""
        return Sample(self.site, self.near, np.ones(len(self.site)))


def drawn(near: int, uneven: float) -> Survey:
    """The same respondents in every replicate: their answers are drawn anew."""
    each = int(ASKED * BOTH)
    shares = np.linspace(1, uneven, near)
    ends = np.cumsum(shares / shares.sum())[:-1]
    parts, start = [], 0
    for site in (0, 1):
        for wave in (0, 1):
            people = np.arange(ASKED)
            member = people < each
            ids = np.where(member, people + site * 10_000, people + start + 100_000)
            own = np.searchsorted(ends, people * 0.618034 % 1) + site * near
            parts.append((np.full(ASKED, site), own, np.full(ASKED, wave), ids, member))
            start += ASKED
    site, own, wave, person, member = map(np.concatenate, zip(*parts, strict=True))
    return Survey(site, own, wave, np.unique(person, return_inverse=True)[1], member)


def answers(survey: Survey, runs: int, rng: np.random.Generator) -> np.ndarray:
    """Answers (n, runs): levels and changes of neighbourhoods, levels of people, errors."""
    near = int(survey.near.max()) + 1
    level = rng.normal(0, NEAR_SD, (near, runs))[survey.near]
    change = rng.normal(0, CHANGE_SD, (near, runs))[survey.near] * survey.wave[:, None]
    person = rng.normal(0, PERSON_SD, (int(survey.person.max()) + 1, runs))[survey.person]
    return level + change + person + rng.normal(0, ERROR_SD, level.shape)


def batch(design: int, runs: int, seed: int) -> dict[str, np.ndarray]:
    """Way → estimates, standard errors, df (3, runs)."""
    rng = np.random.default_rng([SEED, design, seed])
    survey = drawn(*DESIGNS[design])
    y, sample = answers(survey, runs, rng), survey.sample()
    site, wave = survey.site.astype(float), survey.wave.astype(float)
    x = np.column_stack([np.ones(len(site)), site, wave, site * wave])
    whole = many(y, x, np.eye(4)[[3]], sample)
    once = many(np.where(survey.member[:, None], np.nan, y), x, np.eye(4)[[3]], sample)
    members = many(_changes(survey, y), x[:, :2], np.eye(2)[[1]], sample)
    share = once.squares[:, 0] / (once.squares[:, 0] + members.squares[:, 0])
    joint = np.einsum("qpr,qps->q", members.apart, once.apart)
    a, b = members.covariance[:, 0, 0], once.covariance[:, 0, 0]
    best = (b - joint) / (a + b - 2 * joint)
    alone = {"all records": whole, "panel members": members, "seen once": once}
    found = {way: _alone(one) for way, one in alone.items()}
    for way, weight in zip(WAYS[3:], (share, best), strict=True):
        estimate = weight * members.estimate[:, 0] + (1 - weight) * once.estimate[:, 0]
        square = weight**2 * a + (1 - weight) ** 2 * b + 2 * weight * (1 - weight) * joint
        found[way] = np.stack([estimate, np.sqrt(square), whole.df])
    return found


def _alone(one: Many) -> np.ndarray:
    return np.stack([one.estimate[:, 0], one.std_error[:, 0], one.df])


def _changes(survey: Survey, y: np.ndarray) -> np.ndarray:
    """Changes (n, runs) of members, at their record of the later wave; NaN elsewhere."""
    found = np.full(y.shape, np.nan)
    first, last = (np.flatnonzero(survey.member & (survey.wave == w)) for w in (0, 1))
    before = first[np.argsort(survey.person[first])]
    after = last[np.argsort(survey.person[last])]
    found[after] = y[after] - y[before]
    return found


def line(near: str, way: str, found: np.ndarray) -> str:
    """A line of the table."""
    estimate, error, df = found
    n, spread = len(estimate), float(estimate.std(ddof=1))
    held = float(np.mean(np.abs(estimate) <= stdtrit(df, 0.975) * error))
    cells = (
        near,
        way,
        f"{estimate.mean():+.4f} ({spread / n**0.5:.4f})",
        f"{spread:.4f} ({spread / (2 * n) ** 0.5:.4f})",
        f"{np.sqrt(np.mean(error**2)):.4f}",
        f"{held:.4f} ({(held * (1 - held) / n) ** 0.5:.4f})",
    )
    return "| " + " | ".join(cells) + " |"


def section(replicates: int, lines: list[str]) -> str:
    """The section of docs/validation.md."""
    head = (
        "neighbourhoods a site", "respondents", "bias (MC error)", "empirical SE (MC error)",
        "linearised SE", "coverage of 95% (MC error)",
    )  # fmt: skip
    return "\n".join(
        [
            TITLE,
            "",
            f"Two sites, two waves, {ASKED} respondents a site and wave, {BOTH:.0%} of them in"
            f" both; no effect, {replicates:,} surveys a",
            f"design. SD of people {PERSON_SD:g}, of their errors {ERROR_SD:g}, of neighbourhoods"
            f" {NEAR_SD:g}, of their change {CHANGE_SD:g}. Kind `survey`:",
            "linearised by neighbourhood, df = neighbourhoods − strata. Unequal: the largest"
            " neighbourhood has four times as many",
            "respondents as the smallest.",
            "",
            "| " + " | ".join(head) + " |",
            "|" + "---|" * len(head),
            *lines,
            "",
            "Combined: weights of the two parts as if respondents were independent. By few"
            " clusters: the weights that would be",
            "best by the joint linearised covariance, which rests on so few neighbourhoods that"
            " the error in the weights makes",
            "the interval too narrow. Shocks to a whole site are in none of these intervals. Made"
            " by `make benchmark",
            "NAME=survey_simulation`.",
            "",
        ]
    )


def main() -> None:
    """Simulate every design and write the table."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    lines, started = [], time.perf_counter()
    found = in_batches(batch, [replicates] * len(DESIGNS), BATCH)
    for (near, uneven), batches in zip(DESIGNS, found, strict=True):
        for way in WAYS:
            name = str(near) if uneven == 1 else f"{near}, unequal"
            lines.append(line(name, way, np.concatenate([one[way] for one in batches], axis=1)))
            print(lines[-1], flush=True)
    if replicates == REPLICATES:
        write_section(TITLE, section(replicates, lines))
    print(f"measure survey_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
