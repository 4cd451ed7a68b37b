"""Missing answers: multiple imputation and pooling, arrays in and frozen records out."""
