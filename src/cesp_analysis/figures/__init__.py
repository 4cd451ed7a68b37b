"""Drawings: one function a kind of figure, and the records that were drawn as a table."""
