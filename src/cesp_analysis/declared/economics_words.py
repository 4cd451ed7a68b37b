"""What tables and figures say of an economic evaluation."""

from cesp_analysis.declared.base import Frozen


class VariedWords(Frozen):
    """A bar of the tornado: its label, which parameter it is (economics.tornado), its values, with
    which probability it lies between them (None: ends to try)."""

    label: str
    of: str
    low: float
    high: float
    holds: float | None = None


class EconomicsWords(Frozen):
    """What tables and figures say of economics: perspectives, services and scenarios by their
    labels, the price year, utilities' value set, thresholds; priced: costs are made of services;
    costs, qalys: what the study calls totals that it has itself;
    cluster: what is drawn as a whole; of_models: what models of people's outcomes allow for so;
    bracket: chance did not make the arms alike; imputed_by: economics.missing.method; covariates:
    labels of what all that is adjusted for holds besides the baseline, and the gain too; tornado:
    what is varied, one at a time;
    wellby_factor: by what its price year's £ are those of the study's; left_out: settings of
    imputation that do not hold here, though the study has them; information_source: where the
    figures of a further trial are from; not_priced: what people used that has no price here, and
    why."""

    price_year: str
    value_set: str
    thresholds: tuple[float, ...]
    perspectives: dict[str, str] = {}
    services: dict[str, str] = {}
    scenarios: dict[str, str] = {}
    priced: bool = False
    costs: str = ""
    qalys: str = ""
    bracket: bool = True
    cluster: str = ""
    of_models: tuple[str, ...] = ()
    imputed_by: str = "norm"
    covariates: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    discount: float = 0.0
    tornado: dict[str, VariedWords] = {}
    wellby: float | None = None
    wellby_price_year: str = ""
    wellby_index: str = ""
    wellby_factor: float = 1.0
    wellby_source: str = ""
    life_satisfaction: str = ""
    information_source: str = ""
    not_priced: dict[str, str] = {}
