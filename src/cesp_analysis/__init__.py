"""Analysis of controlled before-and-after studies of community interventions."""
