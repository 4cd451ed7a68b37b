"""The parts of a simulated study's specification: places, questions, truths, people."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1)]


class Spec(BaseModel):
    """Frozen, and closed to words it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Site(Spec):
    """A place that is compared; only an intervention site has link workers."""

    name: str
    arm: Literal["intervention", "control"]
    recruited: int
    neighbourhoods: tuple[str, ...]
    link_workers: dict[str, float] = {}  # caseload, as shares
    started: str = ""  # the first time with the intervention; blank: the second of all
    started_wave: str = ""  # and the first wave


class Item(Spec):
    """One question. Codes are cut either by `shares`, or as round(mean + sd * answer)."""

    loading: float = Field(gt=-1, lt=1)
    shares: tuple[Share, ...] = ()
    mean: float = 0.0
    sd: float = 0.0


class Instrument(Spec):
    """Items that measure one trait with the codes lowest..highest."""

    label: str
    trait: str
    lowest: int
    highest: int
    labels: dict[int, str] = {}  # value labels, where the file has them
    written: dict[int, str] = {}  # words that the file holds instead of codes
    items: dict[str, Item]

    @model_validator(mode="after")
    def _shares_fit_codes(self) -> Self:
        for column, item in self.items.items():
            codes = self.highest - self.lowest + 1
            if item.shares and (len(item.shares) != codes or abs(sum(item.shares) - 1) > 1e-9):
                raise ValueError(f"{column}: shares must be {codes} numbers with sum 1")
            if not item.shares and item.sd <= 0:
                raise ValueError(f"{column}: needs shares, or mean and sd")
        return self


class Trait(Spec):
    """Truth about one latent trait; every number in SD of the trait at baseline."""

    general: float = Field(ge=-1, le=1)
    neighbourhood: Share
    unit: Share
    link_worker: float = Field(default=0.0, ge=0)
    shock_sd: float = Field(ge=0)
    site_mean: dict[str, float]
    trend: dict[str, float] = {}
    effect: dict[str, float] = {}
    tenure: dict[str, float] = {}  # respondents: shift by tenure

    @model_validator(mode="after")
    def _variance_is_one(self) -> Self:
        if self.neighbourhood + self.unit > 1:
            raise ValueError("neighbourhood + unit must not exceed 1: the rest is the occasion's")
        return self


class Trial(Spec):
    """Yes or no by a logistic regression on the general factor: `share` at factor 0."""

    share: Share
    general: float = 0.0


class Age(Spec):
    """Age in years: normal, rounded, held between lowest and highest."""

    mean: float
    sd: float
    lowest: int
    highest: int


class Recruitment(Spec):
    """From referral to recruitment: the screening log."""

    first: date
    last: date
    screening_prefix: str
    person_prefix: str
    eligible: Share
    not_eligible: dict[str, float]
    consented: Share
    not_consented: dict[str, float]
    days_to_recruit: tuple[int, int]
    baseline_within: int


class People(Spec):
    """Who is recruited. Lists are value → share; a Trial is written yes or no."""

    age: Age
    sex: dict[str, float]
    ethnicity: dict[str, float]
    referral_source: dict[str, float]
    lives_alone: Trial
    long_term_condition: Trial
    engaged: Share
    contamination: Share
    contamination_dose: Share
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    notes: tuple[str, ...]
    noted: Share


class Time(Spec):
    """A measurement of people and its file. `stays`: chance at average baseline trait, by site."""

    name: str
    file: str
    due_days: int
    stays: dict[str, float] = {}
    missing_code: int | None = None


class Retention(Spec):
    """How people are lost, and when visits happen."""

    trait: str
    log_odds: float
    returns: Share
    fates: dict[Literal["died", "withdrew", "untraced"], float]
    withdrawal_reasons: dict[str, float]
    moves: Share
    visit_sd_days: float
    late: Share
    late_days: tuple[int, int]
    item_missing: Share
    instrument_skipped: Share


class Service(Spec):
    """Use of one service over the recall period: gamma-Poisson counts, skewed like real ones."""

    unit: str
    mean: float
    shape: float
    general: float = 0.0
    social_care: bool = False
    minutes: tuple[float, float] | None = None
    ratio: dict[str, float] = {}  # true rate ratio at a time, intervention


class Services(Spec):
    """Service use, and the yes or no that gates formal social care."""

    recall_months: int
    missing: Share
    any_name: str
    any_care: Trial
    any_log_odds: dict[str, float]  # true effect at a time, intervention
    services: dict[str, Service]


class Contacts(Spec):
    """Meetings with the link worker: number, spacing, length."""

    prefix: str
    mean: float
    shape: float
    gap_days: float
    attended: Share
    minutes: tuple[float, float]
    modes: dict[str, float]
    other_worker: Share


class Speaker(Spec):
    """Someone interviewed, by pseudonym."""

    site: str
    role: str


class Excerpt(Spec):
    """One coded passage of invented text."""

    speaker: str
    theme: str
    subtheme: str
    construct_: str = Field(alias="construct")
    valence: Literal["positive", "negative", "mixed"]
    text: str


class SecondCoder(Spec):
    """Somebody else's codes of some speakers' excerpts: the same theme in this share of them,
    another, drawn at random, in the rest."""

    speakers: tuple[str, ...]
    alike: Share


class EarlierCode(Spec):
    """What an excerpt's theme and subtheme were called at an earlier export."""

    theme: str
    subtheme: str
    was: tuple[str, str]


class Interviews(Spec):
    """Coded excerpts; `cleared` is the share that may be quoted; earlier: of an export before, the
    codes that were others, by the excerpt's place, or by what the code is now; without: speakers
    who had not been interviewed then."""

    prefix: str
    cleared: Share
    speakers: dict[str, Speaker]
    excerpts: tuple[Excerpt, ...]
    second: SecondCoder
    renamed: tuple[EarlierCode, ...]
    recoded: dict[int, tuple[str, str]]
    without: tuple[str, ...]
