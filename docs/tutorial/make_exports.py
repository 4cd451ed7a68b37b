"""The exports of docs/tutorial.md: `python docs/tutorial/make_exports.py`. Nobody in them is real.

A walking group began in Northam; Southam has none. Sixty people of each place were asked twice
about loneliness (UCLA, three items of 1 to 3) and wellbeing (SWEMWBS, seven items of 1 to 5). With
the faults that exports have: a code for 'no answer', an impossible answer, a person twice, people
lost.
"""

import csv
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent / "exports"
PLACES = ("Northam", "Southam")
EACH = 60
UCLA = tuple(f"ucla_{n}" for n in (1, 2, 3))
SWEMWBS = tuple(f"swemwbs_{n}" for n in range(1, 8))
GAIN = 0.5
"""What the group changes in a trait, in its SDs: more wellbeing, less loneliness."""


def items(trait: np.ndarray, many: int, top: int, rng: np.random.Generator) -> np.ndarray:
    """Answers of 1 to `top` that rise with a trait, each with an error of its own."""
    noisy = trait[:, None] + rng.normal(0, 0.8, (len(trait), many))
    return 1 + np.digitize(noisy, np.linspace(-1.5, 1.5, top - 1))


def answers(trait: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The ten items of people with a trait of wellbeing; loneliness is its opposite in part."""
    lonely = -0.6 * trait + 0.8 * rng.normal(size=len(trait))
    return np.hstack([items(lonely, 3, 3, rng), items(trait, 7, 5, rng)])


def main() -> None:
    """Write the three files."""
    rng = np.random.default_rng(2026)
    ids = [f"{place[0]}{n:03}" for place in PLACES for n in range(1, EACH + 1)]
    sites = np.repeat(PLACES, EACH)
    people = [
        (who, site, rng.integers(55, 90), rng.choice(["woman", "man"], p=[0.6, 0.4]))
        for who, site in zip(ids, sites, strict=True)
    ]
    trait = rng.normal(size=len(ids))
    later = 0.7 * trait + 0.7 * rng.normal(size=len(ids)) + GAIN * (sites == PLACES[0])
    written("people.csv", ("id", "site", "age", "sex"), people)
    days = rng.integers(1, 29, (2, len(ids)))
    first = told(ids, [f"2025-03-{d:02}" for d in days[0]], answers(trait, rng), rng)
    came = rng.random(len(ids)) < 0.85
    second = told(ids, [f"2025-09-{d:02}" for d in days[1]], answers(later, rng), rng)
    second = [row for row, seen in zip(second, came, strict=True) if seen]
    first[4][3] = "7"  # of 1 to 3
    second.append(list(second[10]))
    head = ("id", "date", *UCLA, *SWEMWBS)
    written("baseline.csv", head, first)
    written("six_months.csv", head, second)


def told(
    ids: list[str], dates: list[str], given: np.ndarray, rng: np.random.Generator
) -> list[list[str]]:
    """Rows of a questionnaire; of a hundred answers two are -9, the code for none."""
    none = rng.random(given.shape) < 0.02
    return [
        [who, date, *("-9" if lost else str(value) for value, lost in zip(row, gone, strict=True))]
        for who, date, row, gone in zip(ids, dates, given, none, strict=True)
    ]


def written(name: str, head: tuple[str, ...], rows: list) -> None:
    """Write one export."""
    HERE.mkdir(exist_ok=True)
    with (HERE / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
