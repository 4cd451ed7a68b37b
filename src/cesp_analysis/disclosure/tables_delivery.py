"""How the tables of delivery leave: of all and by site, never by link worker."""

from cesp_analysis.describe.tables import SubsetsTable
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.merging import only
from cesp_analysis.fidelity.tables import (
    ActivityTable,
    ContactsTable,
    DoseResponseTable,
    FidelityTable,
)

DELIVERY: dict[str, Leaving] = {
    "fidelity": Leaving(
        FidelityTable,
        shown="of group component label source ci_level minimum method",
        sizes="people rated ratings low moderate high",
        means=dict.fromkeys(("mean", "sd", "ci_low", "ci_high"), "rated"),
        texts="reason warnings",
        prepared=only(of=["all", "site"]),
    ),
    "contacts": Leaving(
        ContactsTable,
        shown="of group quantity ci_level minimum method",
        sizes="people n none",
        means=dict.fromkeys(("mean", "ci_low", "ci_high", "q1", "median", "q3"), "n"),
        sums={"total": "n"},
        texts="reason warnings",
        prepared=only(of=["all", "site"]),
    ),
    "dose_response": Leaving(
        DoseResponseTable,
        shown="dose outcome time adjusted ci_level per status method",
        sizes="n",
        estimates="estimate std_error df ci_low ci_high",
        rests_on="n",
        texts="reason",
    ),
    "activity": Leaving(
        ActivityTable,
        shown="site panel label period meetings held first last",
        sizes="invited attended agreed done",
        shares={"share_attended": ("attended", "invited"), "share_done": ("done", "agreed")},
        texts="warnings",
    ),
    "subsets": Leaving(
        SubsetsTable,
        shown="subsets label subset outcome time minimum method",
        sizes="people n n_change",
        means=dict.fromkeys(("mean", "sd"), "n")
        | dict.fromkeys(("mean_change", "sd_change", "ci_low", "ci_high"), "n_change"),
        blank="df",
    ),
}
