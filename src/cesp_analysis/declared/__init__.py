"""The sections of `config.yaml` as types, each by itself, and what follows from one alone."""
