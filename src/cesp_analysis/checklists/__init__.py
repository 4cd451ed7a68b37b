"""Reporting checklists as data: which apply, and what each item asks."""
