"""Whether the study can be done: rates, recruitment, progression criteria."""
