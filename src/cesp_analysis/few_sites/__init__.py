"""The ladder of inference where sites are few, and the bracket of two adjustments."""
