"""The parts of totals as chains have them now, with what their services tell of others."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.arrays import Bools, Codes, Floats
from cesp_analysis.missing.gathered import gathered
from cesp_analysis.missing.in_parts import Service

if TYPE_CHECKING:
    from cesp_analysis.missing.chains import Chains


@dataclass(frozen=True)
class PartsNow:
    """Parts (S, b, n) of a total in b chains; told: by its places, a service and what it is of
    everybody (b, n), which is kept in step: of everybody it is reckoned once, then of those alone
    whose parts are drawn. Rows are (b, k), each chain's own."""

    parts: Floats
    told: dict[bytes, tuple[Service, Floats]] = field(default_factory=dict)

    @classmethod
    def of(cls, parts: Floats) -> "PartsNow":
        """As they are (b, n, S)."""
        return cls(np.ascontiguousarray(parts.transpose(2, 0, 1)))

    def tells(self, service: Service) -> Floats:
        """What a service is of everybody (b, n), as a predictor."""
        key = service.places.tobytes()
        if key not in self.told:
            self.told[key] = service, service.of_cost(self.cost(service.places))
        return self.told[key][1]

    def cost(self, places: Codes) -> Floats:
        """Sum (b, n) of some parts, one at least, in their order."""
        first, *others = places.tolist()
        found: Floats = self.parts[first].copy()
        for place in others:
            found += self.parts[place]
        return found

    def at(self, rows: Codes) -> Floats:
        """All parts (b, k, S) of some."""
        return np.stack([gathered(part, rows) for part in self.parts], axis=-1)

    def put(self, rows: Codes, part: int, values: Floats) -> None:
        """What is drawn (b, k) of one part."""
        _put(self.parts[part], rows, values)
        self._tell(rows, part)

    def put_all(self, rows: Codes, values: Floats) -> None:
        """What is drawn (b, k, S) of all."""
        for part, one in enumerate(self.parts):
            _put(one, rows, values[:, :, part])
        self._tell(rows)

    def copy(self, rows: Codes, donors: Codes) -> None:
        """All of donors (b, k), for those at rows."""
        for one in self._all():
            _put(one, rows, gathered(one, donors))

    def taken(self, rows: Codes) -> list[Floats]:
        """What is held of some, to be put back by `back`."""
        return [gathered(one, rows) for one in self._all()]

    def back(self, rows: Codes, taken: list[Floats], stay: Bools) -> None:
        """What was taken of rows, but for those that stay (b, k) as they are now. What a service
        tells that nobody asked for then is reckoned anew when it is."""
        for key in list(self.told)[len(taken) - len(self.parts) :]:
            del self.told[key]
        for one, before in zip(self._all(), taken, strict=True):
            _put(one, rows, np.where(stay, gathered(one, rows), before))

    def _all(self) -> list[Floats]:
        return [*self.parts, *(values for _, values in self.told.values())]

    def _tell(self, rows: Codes, part: int | None = None) -> None:
        """Services whose parts (one, None: all) have changed, of some."""
        for service, values in self.told.values():
            if part is not None and part not in service.places:
                continue
            first, *others = service.places.tolist()
            cost = gathered(self.parts[first], rows)
            for place in others:
                cost += gathered(self.parts[place], rows)
            _put(values, rows, service.of_cost(cost))


def _put(values: Floats, rows: Codes, new: Floats) -> None:
    """Values (b, n) at rows (b, k) of each chain's own."""
    starts = np.arange(len(values))[:, None] * values.shape[1]
    values.reshape(-1)[rows + starts] = new


def all_parts(chains: "Chains", name: str) -> PartsNow:
    """All parts of a total, as they are now: the chains' own, to write on. They begin as usual."""
    if name not in chains.parts:
        rows = np.arange(chains.z.shape[1])
        chains.parts[name] = PartsNow.of(chains.plan.in_parts[name].usual[chains.whose(rows)])
    return chains.parts[name]
