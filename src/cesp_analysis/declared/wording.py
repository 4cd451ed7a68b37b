"""How tables, figures and sentences call things: the labels that config.yaml declares."""

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.design import Identity, Moment, Place, chance_made_alike
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.declared.economics_words import EconomicsWords
from cesp_analysis.declared.follow_up import years_between
from cesp_analysis.declared.interview_words import InterviewWords
from cesp_analysis.declared.outcomes import Covariate, Outcome
from cesp_analysis.declared.planning_words import PlanningWords

NOBODY = "nobody"
"""The kind of what is odd in the flow: a step at which nobody of a group is."""
NO_ANSWER = "no answer that counts"
"""Why somebody is not in the flow at a time, where nothing more is known."""
NOT_KNOWN = "not known"
"""Why somebody does not pass a step of the flow of whom no record says whether."""
KEPT, ASIDE, OTHER_ENTRY = "kept", "set aside", "other entry"
"""What became of a raw record; the last: another entry of its file keeps or counts it."""


class ModelWords(Frozen):
    """How a model is called, and what it is; weighs: it balances covariates by weights;
    imputed: it is pooled over imputed sets; no_means: why it predicts no means; blank: it does."""

    label: str
    kind: str
    level: str
    weighs: bool = False
    imputed: bool = False
    no_means: str = ""


class FileWords(Frozen):
    """Where a raw file lies and whose answers it holds."""

    path: str
    level: str
    sheet: str | None = None


class SurveyWords(Frozen):
    """What the report, and no figure, says of how respondents were drawn and weighted; strata: the
    covariate's label; several: questions with several answers, each with its label and boxes."""

    neighbourhoods: str = "sampled"
    named: bool = False
    strata: str = ""
    weights: str = ""
    response: bool = False
    replicates: bool = False
    minimum: int = 10
    several: dict[str, tuple[str, tuple[str, ...]]] = {}


class DeliveryWords(Frozen):
    """What tables and figures say of delivery: sources of ratings and panels by their labels; from
    where fidelity is moderate and high, and why (for the report); days within which two ratings are
    of one occasion; what is declared."""

    sources: dict[str, str] = {}
    moderate: float = 0.0
    high: float = 0.0
    rationale: str = ""
    paired_within: int = 0
    weights: str = ""
    components: int = 0
    minimum_components: int = 0
    fidelity: bool = False
    dose: bool = False
    minutes: bool = False
    response: bool = False
    activity: bool = False


class Wording(Frozen):
    """The study's words: everything that a reader sees comes through here.

    starts: of a study of many sites that begin at different times, site → the label of its first
    time with the intervention; together: for how many sites the `sites` of a figure stand; 0: each
    for itself. raw: the paths of all raw files, with those that say how another is read; families:
    confirmatory ones; foremost: outcome → models that speak for it before others; curve: the level
    of the specification curve, if one is declared; subsets: of the intervention arm, by their
    common label; contamination: its label, for the report; surveys: for the report, if files hold
    respondents' answers; agreement: whether design-based and model-based change of respondents are
    compared; sensitivity: whether imputed estimates are pushed, for the report; networks, external:
    if it asked for them, has figures from outside; own_prior: sizes of shocks are from a file of
    the study's; measurability: whose outcomes are candidates for a definitive trial; feasibility:
    for the report, its tables; imputed: for the report, whether a model is; checklists: for the
    report, which apply; disclosure: how small numbers are kept, of the report that leaves the team;
    None: of the team's own.
    """

    study: Identity
    banner: str
    arms: dict[str, str]
    sites: tuple[Place, ...] = ()
    time_unit: str = "months"
    times: tuple[Moment, ...] = ()
    waves: tuple[Moment, ...] = ()
    starts: dict[str, str] = {}
    together: int = 0
    outcomes: dict[str, Outcome]
    covariates: dict[str, Covariate] = {}
    models: dict[str, ModelWords]
    files: dict[str, FileWords]
    raw: tuple[str, ...] = ()
    events: dict[str, str] = {}
    deaths: bool = False
    windows: dict[str, tuple[float, float]] = {}
    scores: dict[str, str] = {}
    published: bool = False
    own_prior: bool = False
    agreement: bool = False
    sensitivity: bool = False
    families: dict[str, str] = {}
    foremost: dict[str, tuple[str, ...]] = {}
    curve: str = ""
    subsets: dict[str, tuple[str, ...]] = {}
    surveys: SurveyWords | None = None
    contamination: str = ""
    networks: bool = False
    external: bool = False
    measurability: tuple[str, ...] = ()
    feasibility: tuple[str, ...] = ()
    imputed: bool = False
    checklists: tuple[str, ...] = ()
    delivery: DeliveryWords = DeliveryWords()
    economics: EconomicsWords | None = None
    planning: PlanningWords | None = None
    interviews: InterviewWords | None = None
    disclosure: Disclosure | None = None

    def years(self) -> float | None:
        """From people's first time to their last; None of a unit without a length."""
        return years_between(self.times[0].position, self.times[-1].position, self.time_unit)

    def place(self, name: str) -> str:
        """What an entry of `files:` reads: its path, and what tells it from others of that path."""
        own = self.files[name]
        others = [file for other, file in self.files.items() if other != name]
        same = [file for file in others if file.path == own.path]
        if not same:
            return own.path
        apart = own.sheet and all(file.sheet != own.sheet for file in same)
        return f"{own.path}: sheet '{own.sheet}'" if apart else f"{own.path} ({name})"

    def site_of(self, name: str | None) -> str:
        """The label of the site of an interview; None, '': of none, or not known."""
        return self.group(name) if name else "Site not known" if self.sites else "No site"

    def group(self, name: str) -> str:
        """The label of a site or arm; '': it is not known."""
        labels = {site.name: site.label for site in self.sites} | self.arms
        labels[""] = "Site not known" if self.sites else "Before allocation"
        return labels.get(name, name)

    def groups(self) -> list[str]:
        """The groups that descriptions are broken down by: sites, else arms; intervention first."""
        if self.sites:
            return [s.name for s in sorted(self.sites, key=lambda s: s.arm != "intervention")]
        return [arm for arm in ("intervention", "control") if arm in self.arms]

    def arm(self, group: str) -> str:
        """The arm of a site or arm."""
        return next((site.arm for site in self.sites if site.name == group), group)

    def equation_at(self, name: str) -> str:
        """The label of an equation's time, and of whom it is where a time has several."""
        time, _, part = name.partition("/")
        of_whom = f", {part.replace('_', ' ')}" if part else ""
        return self.moment(time).label + of_whom

    def moment(self, name: str) -> Moment:
        """A time or wave by its name."""
        return next(m for m in (*self.times, *self.waves) if m.name == name)

    def moments(self, level: str) -> tuple[Moment, ...]:
        """Times of people, or waves of respondents."""
        return self.times if level == "person" else self.waves

    def levels(self) -> list[str]:
        """Whose outcomes there are: person, respondent or both."""
        found = {outcome.level for outcome in self.outcomes.values()}
        return [level for level in ("person", "respondent") if level in found]

    def covariate(self, name: str) -> str:
        """The label of a column of a model: covariate, covariate[category], covariate squared."""
        squared = name.endswith(" squared")
        own, _, category = name.removesuffix(" squared").partition("[")
        label = self.covariates[own].label + (f": {category[:-1]}" if category else "")
        return f"{label}, squared" if squared else label

    def column(self, name: str) -> str:
        """The label of a column of imputation's equations: 'Wellbeing, 6 months' of wellbeing@6m,
        with the item of wellbeing@6m.3; of a covariate (and its category) as `covariate` has it."""
        if name.partition("[")[0].removesuffix(" squared") in self.covariates:
            return self.covariate(name)
        variable, _, rest = name.partition("@")
        time, _, item = rest.partition(".")
        if variable not in self.outcomes or time not in {one.name for one in self.times}:
            return name
        label = f"{self.outcomes[variable].label}, {self.moment(time).label}"
        return label + (f", item {item}" if item else "")

    def weighing(self, level: str = "") -> list[str]:
        """The models (of a level) that weigh records to balance covariates."""
        found = {name: model for name, model in self.models.items() if model.weighs}
        return [name for name, model in found.items() if level in ("", model.level)]

    def predicting(self, level: str) -> list[str]:
        """The models of a level that predict means."""
        of_level = {n: model for n, model in self.models.items() if model.level == level}
        return [name for name, model in of_level.items() if not model.no_means]

    def without_means(self, level: str) -> str:
        """Which models of a level predict no means and why, in a sentence; blank: none."""
        found: dict[str, dict[str, None]] = {}
        for model in self.models.values():
            if model.level == level and model.no_means:
                found.setdefault(model.kind, {})[model.no_means] = None
        said = "; ".join(f"kind {kind}: {', or '.join(whys)}" for kind, whys in found.items())
        return f"Models that predict no means: {said}." if said else ""

    def in_order(self, outcome: str) -> list[str]:
        """The models, those that speak for the outcome first: see foremost; then config's order."""
        return list(dict.fromkeys([*self.foremost.get(outcome, ()), *self.models]))

    def interval(self) -> str:
        """'95% interval'."""
        return f"{100 * self.study.ci_level:g}% interval"

    def one_group(self) -> bool:
        """Whether there is one group alone, compared with nobody."""
        return len(self.arms) == 1

    def sites_in(self, arm: str) -> int:
        """How many sites an arm has."""
        return sum(site.arm == arm for site in self.sites)

    def chance_made_alike(self) -> bool:
        """Whether arms differ at baseline by chance alone."""
        return chance_made_alike(self.study.randomised, self.sites, self.arms)

    def one_against_one(self) -> bool:
        """Whether one intervention site is compared with one control site."""
        return len(self.sites) == 2 and len(self.arms) == 2
