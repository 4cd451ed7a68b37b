"""What parameters, analyses and reasons of planning are called in tables and figures."""

from collections.abc import Mapping

ANALYSED: Mapping[str, str] = {
    "mixed_satterthwaite": "mixed model, Satterthwaite",
    "mixed_kenward_roger": "mixed model, Kenward-Roger",
    "location_means_t": "locations' means, t",
    "gee_cr2": "estimating equations, CR2",
    "permutation": "permuted locations",
    "z": "mixed model, normal law (for comparison)",
}
"""How each simulated trial is analysed."""
PARAMETERS: Mapping[str, str] = {
    "control": "Share, or mean count, of the control arm",
    "sd": "SD of an answer",
    "correlation": "Correlation of a person's answers",
    "retention": "Share of those with a first answer who have a last one",
    "icc": "ICC of locations",
    "cac": "CAC of locations",
    "icc_link_worker": "ICC of link workers",
    "icc_neighbourhood": "ICC of neighbourhoods",
    "size_cv": "Variation of locations' sizes (CV)",
}
"""What the definitive trial rests on."""
DRAWN: Mapping[str, str] = {
    "normal": "",
    "share": ", shares drawn",
    "count": ", counts drawn",
    "study": ", this study's people drawn again",
}
"""What simulated people's answers are, behind the name of an analysis."""
LESS = "tests find less than formulas say"
"""In a warning of a size; trials that were simulated say by how much."""
ORIGINS: Mapping[str, str] = {
    "study": "This study",
    "published": "Published pairs",
    "assumed": "Assumed",
}
