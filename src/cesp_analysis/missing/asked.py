"""What the step `impute` is told of the study."""

from typing import Any

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.design import Moment, Place
from cesp_analysis.declared.handling import Handling
from cesp_analysis.declared.missing_data import Imputation
from cesp_analysis.declared.outcomes import Covariate, Outcome
from cesp_analysis.panel.item_answers import AnswersFile


class Share(Frozen):
    """What models with the same handling need imputed.

    outcomes, covariates: what they hold; cluster: the level of whose units their equations have a
    random intercept, '' for none; flag: whether a model leaves contaminated controls out.
    """

    handling: Handling
    outcomes: tuple[str, ...]
    covariates: tuple[str, ...] = ()
    cluster: str = ""
    flag: bool = False


class ImputeSpec(Frozen):
    """Handlings with what is to be imputed in each; what the equations hold; the models.

    windows: time → from when to when an answer counts; outcomes, covariates: all of them, in
    config's order; files, instruments: of outcomes that are
    imputed item by item; models: resolved specs, by name, of those that have primary outcomes.
    """

    seed: int
    imputation: Imputation
    times: tuple[Moment, ...]
    windows: dict[str, tuple[float, float]] = {}
    sites: tuple[Place, ...] = ()
    shares: tuple[Share, ...]
    outcomes: dict[str, Outcome]
    covariates: dict[str, Covariate] = {}
    files: dict[str, AnswersFile] = {}
    instruments: dict[str, str] = {}
    models: dict[str, dict[str, Any]] = {}
