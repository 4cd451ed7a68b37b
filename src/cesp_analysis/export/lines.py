"""What one model kind gives for its R script: the lines that fit one equation as we do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lines:
    """code: R lines in which `d` holds the equation's rows; the last makes `found`, a data frame
    with estimate_id, estimate, std_error and, where `note` does not say otherwise, df.

    helpers: the files of R functions that the lines use; packages: what they need installed;
    tolerance: largest difference in estimates (in standard errors), in standard errors and df
    (relative), that the reason in `because` explains; plain: R's standard error is the one that is
    not adjusted for small samples, so that df and interval are not compared.
    """

    code: tuple[str, ...]
    helpers: tuple[str, ...]
    packages: tuple[str, ...]
    tolerance: float
    because: str
    plain: bool = False
    note: str = ""


@dataclass(frozen=True)
class NoEquivalent:
    """R's packages of Debian have no such model; `reason` says so in one line."""

    reason: str
