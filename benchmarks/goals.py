"""What each benchmark measures and its goal: goals.yaml, read; a value, judged."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Measure:
    """One number that a benchmark prints; at_least, at_most: its goal, if it has one."""

    name: str
    meaning: str
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    limit: str = ""

    @property
    def judged(self) -> bool:
        """Whether it has a goal."""
        return self.at_least is not None or self.at_most is not None

    @property
    def goal(self) -> str:
        """The goal in words; '' of one without."""
        words = {"at least": self.at_least, "at most": self.at_most}
        return " and ".join(
            f"{word} {shown(value)}{f' {self.unit}' if self.unit else ''}"
            for word, value in words.items()
            if value is not None
        )

    def met(self, value: float) -> bool:
        """Whether a value is on the right side of the goal, the goal itself included."""
        return not (
            (self.at_least is not None and value < self.at_least)
            or (self.at_most is not None and value > self.at_most)
        )


@dataclass(frozen=True)
class Benchmark:
    """One script: what it times (`of`), what must have run before (`needs`), its measures."""

    name: str
    of: str
    measures: dict[str, Measure]
    needs: str = ""


def shown(value: float) -> str:
    """A number without digits that say nothing: 150,000, 1.5, 0.2."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,g}"


def declared() -> dict[str, Benchmark]:
    """Name → benchmark, in the table's order."""
    return {
        name: Benchmark(
            name,
            entry["of"],
            {one: _measure(one, told) for one, told in entry["measures"].items()},
            entry.get("needs", ""),
        )
        for name, entry in _table()["benchmarks"].items()
    }


def simulations() -> dict[str, str]:
    """Script → what it simulates: they print tables of docs/validation.md."""
    return dict(_table()["simulations"])


def parts() -> dict[str, str]:
    """Script → whose part it is: none is a benchmark of its own."""
    return dict(_table()["parts"])


def _measure(name: str, told: dict[str, Any]) -> Measure:
    return Measure(name, **{("meaning" if key == "is" else key): v for key, v in told.items()})


def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load((HERE / "goals.yaml").read_text(encoding="utf-8"))
    return table
