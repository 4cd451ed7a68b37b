"""Sentences that rungs of the ladder carry; no library is imported here."""

SHARED = (
    "all clusters of a site share what happens to it: this knows how clusters within sites differ,"
    " nothing of a shock to a site"
)
CLUSTERS = "clusters"
"""The rung that says why an estimate has none by clusters."""
