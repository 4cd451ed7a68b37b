"""What cleaning knows of the study."""

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.columns import ItemRange
from cesp_analysis.declared.design import Place
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.follow_up import Event, VisitRules
from cesp_analysis.declared.surveys import Members


class CleanSpec(Frozen):
    """What cleaning knows of the study; answers: instrument, or instrument.item → the words of its
    answers (`label_words.words_of`) → code; together: files whose visits compete for a window;
    of_alters: file → its variables that name whom respondents know: people of no register;
    invitations: the frame that response rates are made from."""

    files: dict[str, RawFile]
    sites: tuple[Place, ...] = ()
    arms: dict[str, str]
    times: tuple[str, ...]
    items: dict[str, dict[str, ItemRange]] = {}
    answers: dict[str, dict[str, int]] = {}
    period: tuple[str, str] | None = None
    first_time: str | None = None
    time_days: float | None = None
    positions: dict[str, float] = {}
    windows: dict[str, tuple[float, float]] = {}
    visits: VisitRules = VisitRules()
    events: dict[str, Event] = {}
    together: tuple[tuple[str, ...], ...] = ()
    members: Members = Members()
    of_alters: dict[str, tuple[str, ...]] = {}
    invitations: str | None = None
