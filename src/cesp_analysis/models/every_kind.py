"""What every model kind is: its settings, its own fit, and what holds for the fit of any kind."""

from abc import abstractmethod
from typing import TYPE_CHECKING, final

from cesp_analysis.models.made_of_rows import with_what_rows_refuse
from cesp_analysis.models.one_in_cell import with_one_in_cell
from cesp_analysis.models.results import Fit
from cesp_analysis.models.rows import as_asked
from cesp_analysis.models.spec import ModelSpec

if TYPE_CHECKING:
    import pandas as pd


class ModelKind(ModelSpec):
    """A model that can be fitted: `fit` is the one way to it, of steps, exports and notebooks."""

    @final
    def fit(self, panel: "pd.DataFrame") -> Fit:
        """Fit to every outcome of the spec, by the answers there are; see `Fit`.

        The kind's own fit, without rows of times at which an outcome is not asked, and without
        estimates or intervals that rest on one person's answer, and without what is made of rows
        that have no estimate.
        """
        found = with_one_in_cell(as_asked(self, self.own_fit(panel)), self, panel)
        return with_what_rows_refuse(found, self)

    @abstractmethod
    def own_fit(self, panel: "pd.DataFrame") -> Fit:
        """What the kind makes of the panel: a row for each estimate that it is asked for."""
