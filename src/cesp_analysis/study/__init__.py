"""`config.yaml` as a whole: read, its rules, and what each step is told of it."""
