# alpha, omega, intraclass correlations, correlations of ordinal items, parallel analysis, cluster
# correlations, bootstrap: what R makes of `attitude` and of generated data.
# Run in the project's folder: Rscript tests/reference/psychometrics.R
suppressMessages({ library(psych); library(boot); library(jsonlite) })
data(attitude)
