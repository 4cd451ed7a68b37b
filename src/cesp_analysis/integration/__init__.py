"""Interviews beside the numbers: joint display, process, theory of change."""
