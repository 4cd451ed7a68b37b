"""Student's t: an interval and a p-value from an estimate, its standard error and df.

scipy.special only, imported when used: scipy.stats would triple the start of a job.
"""

from math import isinf, isnan


def t_interval(
    estimate: float, std_error: float, df: float, level: float = 0.95
) -> tuple[float, float]:
    """The interval estimate -+ t(df) * std_error, in the estimate's unit; df may be infinite."""
    half = t_quantile(0.5 + level / 2, df) * std_error
    return estimate - half, estimate + half


def t_p_value(estimate: float, std_error: float, df: float) -> float:
    """The two-sided p-value of no effect on t with df degrees of freedom (inf: normal)."""
    from scipy.special import ndtr, stdtr  # type: ignore[import-untyped, unused-ignore]

    _must_be_positive(std_error, df)
    t = abs(estimate) / std_error
    return float(2 * (ndtr(-t) if isinf(df) else stdtr(df, -t)))


def f_p_value(f: float, df_num: float, df: float) -> float:
    """The probability of an F this large or larger, with df_num and df degrees of freedom."""
    from scipy.special import fdtrc  # type: ignore[import-untyped, unused-ignore]

    return float(fdtrc(df_num, df, f))


def t_quantile(probability: float, df: float) -> float:
    """The value that t with df degrees of freedom stays below with this probability."""
    from scipy.special import ndtri, stdtrit  # type: ignore[import-untyped, unused-ignore]

    _must_be_positive(1.0, df)
    return float(ndtri(probability) if isinf(df) else stdtrit(df, probability))


def _must_be_positive(std_error: float, df: float) -> None:
    if not (std_error > 0 and df > 0) or isnan(df):
        raise ValueError(f"a t needs a positive SE and df, not SE {std_error} and df {df}")
