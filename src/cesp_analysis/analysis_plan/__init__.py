"""The plan: estimands beside estimates, families, the specification curve, and its lock."""
