"""Whether a difference can be measured: reliability, retest, responsiveness, spread, clusters."""
