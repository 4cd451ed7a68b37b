"""A frame of people by link worker alone."""

import numpy as np

from cesp_analysis.models.frame import Frame


def frame_with(sizes: list[int], alone: int = 0) -> Frame:
    """One record a person: link workers of these sizes, and people of the arm without one."""
    worker = np.concatenate([np.repeat(np.arange(len(sizes)), sizes), np.full(alone + 3, -1)])
    n = len(worker)
    arm = (np.arange(n) < n - 3).astype(float)
    codes = {"person": np.arange(n), "link_worker": worker}
    no = np.zeros((n, 0))
    return Frame(np.zeros(n), arm, np.zeros(n, int), np.ones(n), codes, {}, no, (), ())
