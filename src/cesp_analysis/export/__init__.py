"""`cesp export`: a model's rows and a script by which R or Stata fits it again."""
