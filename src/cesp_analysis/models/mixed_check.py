"""A mixed model's fitted equation with its rows, where residuals can be made from it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.models.check import Check, Nested, cluster_of
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.mixed_design import residual_classes
from cesp_analysis.models.nested import NestedFit
from cesp_analysis.models.nested_df import kenward_roger
from cesp_analysis.models.student import f_p_value

if TYPE_CHECKING:
    from cesp_analysis.models.mixed import Mixed
    from cesp_analysis.models.mixed_design import MixedDesign
    from cesp_analysis.models.rows import Asked


def without_residuals(spec: "Mixed") -> str | None:
    """Which part of the model residuals are not made for; None where they are."""
    if spec.slope != "none":
        return "residuals and influence are not available for random slopes"
    if "neighbourhood_time" in spec.random:
        return "residuals and influence are not available for neighbourhood_time"
    if not spec.random:
        return "residuals and influence are not available for a mixed model without random effects"
    return None


def setting_without_check(spec: "Mixed") -> str | None:
    """The setting, as config.yaml writes it, for which `check_of` is not made; None: it is."""
    if without_residuals(spec) is None:
        return None
    if spec.slope != "none":
        return f"slope: {spec.slope}"
    return "neighbourhood_time in random" if spec.random else "random: []"


def check_of(
    spec: "Mixed",
    outcome: str,
    fit: NestedFit,
    design: "MixedDesign",
    frame: Frame,
    present: "list[Asked]",
) -> Check:
    """The fitted equation with its rows, for residuals and exports."""
    outer = spec.random[-1]
    check = Check(
        place=(outcome,),
        y=frame.y,
        x=design.x,
        names=design.names,
        frame=frame,
        contrasts={one.row.estimate_id: design.contrast(one.time) for one in present},
        cluster=cluster_of(frame, outer if outer != "person" else None),
        engine=Nested(
            fit,
            tuple(map(str, spec.random)),
            tuple(frame.codes[level] for level in spec.random),
            residual_classes(spec, frame)[0],
            frame.weight if spec.weighted else None,
        ),
    )
    if (added := check.covariate_columns()) and fit.method == "REML":
        return replace(check, known={"covariates": _together(spec, fit, design, added)})
    return check


def _together(
    spec: "Mixed", fit: NestedFit, design: "MixedDesign", columns: list[int]
) -> dict[str, Any]:
    """Kenward and Roger's test that the columns' coefficients are all zero."""
    test = kenward_roger(fit, np.eye(len(design.names))[columns], spec.information)
    f = test.scaling * test.f
    return {
        "f": f,
        "df_num": test.df_num,
        "df": test.df,
        "p_value": f_p_value(f, test.df_num, test.df),
        "method": f"Kenward-Roger F test ({spec.information} information), scaled",
    }
