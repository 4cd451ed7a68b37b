"""Model kinds (one file each: spec, fit, rows) and the engines they share."""
