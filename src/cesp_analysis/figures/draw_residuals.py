"""The step `draw_residuals`: for each model one figure of its residuals and influential units."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.wording import Wording
from cesp_analysis.figures.behind import write_behind
from cesp_analysis.figures.draw import is_no_cache
from cesp_analysis.figures.residual_plots import Panel, Points, Units
from cesp_analysis.figures.residuals import alt_text, residuals
from cesp_analysis.figures.style import save
from cesp_analysis.models.tables import Influence, Residuals
from cesp_analysis.whole_files import replaced, write_json

OF_ANSWERED = "Of the records that were answered, before anything was imputed."


def draw_residuals(
    models: list[str], spec: str, made: Path, out: Path, extra: list[str] | None = None
) -> None:
    """Draw the residuals of each model: of its first primary outcome, or else its first outcome.

    One job for all: drawing is quick beside the start of a job that draws. `made`: the folder with
    a folder of each model; `extra`: further formats.
    """
    logging.getLogger("matplotlib.font_manager").addFilter(is_no_cache)
    words = Wording.model_validate_json(spec)
    out.mkdir(parents=True, exist_ok=True)
    empty: list[Path] = []
    for model in models:
        rows = contracts.read(made / model / "residuals.parquet", Residuals)
        units = contracts.read(made / model / "influence.parquet", Influence)
        panel, further = panel_of(rows, units, words)
        if panel is not None and words.models[model].imputed:
            further = f"{OF_ANSWERED} {further}".strip()
        paths = [out / f"{model}.{ending}" for ending in ("svg", "png", *(extra or ()))]
        if panel is None and empty:  # the same picture, drawn once
            _copy(empty, paths)
            _copy([empty[0].with_suffix(".csv")], [out / f"{model}.csv"])
        else:
            drawing = residuals(panel, further)
            save(drawing, paths[0], paths[1], words.banner, paths[2:])
            write_behind(None, drawing, out / f"{model}.csv")
            empty = paths if panel is None else empty
        label = words.models[model].label
        record = {
            "id": f"residuals_{model}",
            "caption": f"{label}: residuals, and what single units do to the estimate"
            + (", of those who answered." if words.models[model].imputed else "."),
            "alt": alt_text(panel),
            "svg": f"models/{model}.svg",
            "png": f"models/{model}.png",
            "csv": f"models/{model}.csv",
        }
        write_json(record, out / f"{model}.json")


def _copy(drawn: list[Path], paths: list[Path]) -> None:
    for old, new in zip(drawn, paths, strict=True):
        with replaced(new) as part:
            part.write_bytes(old.read_bytes())


def panel_of(rows: pd.DataFrame, units: pd.DataFrame, words: Wording) -> tuple[Panel | None, str]:
    """The equation that is drawn (of an outcome's several, the last time's); a sentence on others.

    None: the model has no fitted equation, or none that residuals are made of.
    """
    named = rows[["equation", "outcome"]].drop_duplicates().astype("str")
    of = dict(zip(named["equation"], named["outcome"], strict=True))
    if not of:
        return None, "Nothing was estimated, or this kind of model has none."
    primary = [outcome for outcome in of.values() if words.outcomes[outcome].role == "primary"]
    outcome = (primary or list(of.values()))[0]
    name = [equation for equation, own in of.items() if own == outcome][-1]
    more = len(of) - 1
    noun = "equations" if more > 1 else "equation"
    further = f"Not drawn: {more} further {noun} of this model." if more else ""
    return _panel(name, rows, units, words), further


def _panel(name: str, rows: pd.DataFrame, units: pd.DataFrame, words: Wording) -> Panel:
    own = rows[rows["equation"].astype("str") == name]
    left = units[units["equation"].astype("str") == name]
    outcome, _, time = name.partition("/")
    entry = words.outcomes[outcome]
    leverage = own["leverage"].groupby(own["unit"].astype("str")).sum()
    levels = []
    for level, part in left.groupby("level", observed=True, sort=False):
        here = part["unit"].map(leverage).to_numpy(dtype=float)
        levels.append(
            Units(
                level=str(level),
                unit=part["unit"].to_numpy(dtype=object),
                cook=part["cook"].to_numpy(dtype=float),
                change=part["change"].to_numpy(dtype=float),
                effect=part["effect"].to_numpy(dtype=float),
                leverage=here if level == "person" else np.full(len(part), np.nan),
            )
        )
    levels.sort(key=lambda units: -len(units.unit))
    return Panel(
        title=f"{entry.label}, {words.equation_at(time)}" if time else entry.label,
        unit=entry.unit,
        estimate=float(left["estimate"].iloc[0]) if len(left) else np.nan,
        std_error=float(left["std_error"].iloc[0]) if len(left) else np.nan,
        points=Points(
            arm=own["arm"].astype("str").to_numpy(dtype=object),
            fitted=own["fitted"].to_numpy(dtype=float),
            standardised=own["standardised"].to_numpy(dtype=float),
            conditional=own["conditional"].to_numpy(dtype=float),
            normal=not (own["expected"].astype("str") == "centred").any(),
        ),
        levels=tuple(levels),
    )
