"""Questionnaires as data (one YAML file each), their scoring and their pages."""
