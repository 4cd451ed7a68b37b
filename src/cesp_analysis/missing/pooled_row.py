"""A row of an imputed model while it is pooled."""

from dataclasses import dataclass, field
from typing import Any

from cesp_analysis.models.results import Estimate


@dataclass(frozen=True)
class PooledRow:
    """A pooled row and what imputing cost it (Fmi's columns): nothing where it has no estimate."""

    row: Estimate
    cost: dict[str, Any] = field(default_factory=dict)
