"""The long table: a row for each unit, time and outcome, covariates beside it."""
