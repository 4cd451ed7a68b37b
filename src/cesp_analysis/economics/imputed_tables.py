"""The table of an evaluation's imputation."""

from typing import ClassVar

from cesp_analysis.columns import Table, count, number, text, whole


class EconomicsImputation(Table):
    """Each column of an evaluation with gaps, of each arm (or site) by itself: what was missing, by
    what it was imputed, whether chains have settled, between what the imputed values lie."""

    key: ClassVar = ("scenario", "group", "variable", "time")
    scenario: ClassVar = text("whose tables: base, or a perspective or value set with its own")
    perspective: ClassVar = text("whose costs count")
    value_set: ClassVar = text("by which states of health were valued")
    group: ClassVar = text("arm or site in which the equations are apart")
    variable: ClassVar = text(
        "utility, qalys; cost: of the main perspective's services; cost SECTORS: of these alone;"
        " cost intervention.time: of link workers, where somebody's is not known; a covariate …"
    )
    time: ClassVar = text("time; blank: a covariate", blank=True)
    n_people: ClassVar = count("people of the group")
    n_known: ClassVar = count(
        "of them with a value that counts; who died within its period too, who are no donors"
    )
    n_not_there: ClassVar = count("of them for whom there is none to impute, after an event")
    n_missing: ClassVar = count("of them whose value is missing")
    n_in_part: ClassVar = whole(
        "of those missing, whose cost is known in part (some of the services): the rest is imputed;"
        " blank: no cost"
    )
    n_own: ClassVar = whole(
        "of these, who gave other rows or contacts of each service that they lack some of: it is as"
        " their own mean, and nothing of theirs is drawn; blank: no cost"
    )
    share_missing: ClassVar = number("n_missing of those who are there")
    n_imputed: ClassVar = count("of those missing, with imputed values")
    sets: ClassVar = count("imputed sets")
    method: ClassVar = text(
        "norm, pmm, logistic, ordered, nominal; own: all that is missing is as the person's own"
        " mean, nothing is drawn; blank: gaps stay",
        blank=True,
    )
    n_predictors: ClassVar = count(
        "predictors of its equation; of a cost that is imputed service by service, the most of any"
        " service's"
    )
    predictors: ClassVar = text(
        "what foretells it, separated by ' | '; of a cost that is imputed service by service, all"
        " that foretells any service: columns, what its other services cost together, and"
        " 'service … at …', one service (each service has those that so many answers bear)",
        blank=True,
    )
    r_hat: ClassVar = number(
        "potential scale reduction of the chains' means; near 1: they agree; of few rounds up to"
        " some 1.3; blank: one pass, or nothing drawn"
    )
    drift: ClassVar = number(
        "chains' mean in the last round less that in the first kept one, in Monte Carlo errors"
    )
    drift_limit: ClassVar = number(
        "size of drift that chance does not make, of all columns at once"
    )
    settled: ClassVar = text(
        "yes; no: warnings say why; blank: one pass, no rounds, or nothing drawn", blank=True
    )
    observed_low: ClassVar = number("lowest of n_known values")
    observed_high: ClassVar = number("highest of n_known values")
    imputed_low: ClassVar = number("lowest imputed value of all sets")
    imputed_high: ClassVar = number("highest imputed value of all sets")
    n_values: ClassVar = count("imputed values of all sets")
    n_impossible: ClassVar = whole(
        "of these, beyond what can be: the value set's range, costs below 0; blank: no range known"
    )
    reason: ClassVar = text("why gaps stay", blank=True)
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)
