"""The problems of one file, collected while it is cleaned."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass
class ProblemList:
    """Problems of one file, collected while it is cleaned."""

    path: str
    frames: "list[pd.DataFrame]" = field(default_factory=list)

    def add(
        self, kind: str, column: str, lines: "np.ndarray", values: "pd.Series", action: str
    ) -> None:
        """Note one kind of problem in one column: a line and a raw value for each."""
        import pandas as pd

        if len(lines):
            self.frames.append(
                pd.DataFrame(
                    {
                        "file": self.path,
                        "line": lines,
                        "column": column,
                        "kind": kind,
                        "value": values.to_numpy(),
                        "action": action,
                    }
                )
            )

    def sorted(self) -> "pd.DataFrame":
        """All of them as one table, by line, column and kind."""
        import pandas as pd

        listed = pd.concat(self.frames, ignore_index=True)
        return listed.sort_values(["line", "column", "kind"], kind="stable")
