"""What is found by looking at a fitted equation: residuals, leverage, what single units do."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.check import Check


@dataclass(frozen=True)
class LeftOut:
    """Of each of g units of a level: change (g, k) of the coefficients without it, Cook's distance
    (g,), its predicted random effect (g,) or None; codes (g,) into the frame's names; further (g,):
    what the main estimate changes beside its coefficients (who is averaged over), or None."""

    level: str
    codes: Codes
    change: Floats
    cook: Floats
    effect: Floats | None = None
    further: Floats | None = None

    def of_main(self, check: Check) -> Floats:
        """Change (g,) of the equation's main estimate, in its unit."""
        change = np.asarray(self.change @ check.contrasts[check.main])
        return change if self.further is None else change + self.further


@dataclass(frozen=True)
class Examined:
    """Of n rows: fitted (n,) and residual (n,) in the outcome's unit, leverage (n,); standardised
    (n,): studentised without the row where rows are independent, else over their own standard
    deviation, see `known`; normal: whether they are normal if the model is right (else only
    centred at 0); conditional (n,): standardised, given the random effects, or None."""

    fitted: Floats
    residual: Floats
    standardised: Floats
    leverage: Floats
    conditional: Floats | None
    left_out: tuple[LeftOut, ...]
    known: dict[str, Any]
    normal: bool = True


def units_of(check: Check, level: str) -> tuple[Codes, Codes] | None:
    """The level's units in the rows: codes (g,), and which one each row (n,) has, -1 for none.

    None where no row has one, or fewer than three do: without one of two, nothing is compared.
    """
    own = check.frame.codes[level]
    codes, dense = np.unique(own, return_inverse=True)
    blank = int(len(codes) > 0 and codes[0] < 0)
    if len(codes) - blank < 3:
        return None
    return codes[blank:], dense - blank


def condition_number(gram: Floats) -> float:
    """Largest over smallest singular value of the columns, each scaled to length 1; gram (k, k)."""
    length = np.sqrt(np.diag(gram))
    values = np.linalg.eigvalsh(gram / np.outer(length, length))
    return float(np.sqrt(values[-1] / max(values[0], np.finfo(float).tiny)))
