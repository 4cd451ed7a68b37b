# Agreement of coders by psych: Cohen's kappa of each two of three.
# Rscript tests/reference/interviews_agreement.R > tests/reference/interviews_agreement.json
suppressMessages({
  library(psych)
  library(jsonlite)
})

# Whether three coders gave each of 60 excerpts a theme; and valence in 3 steps by the same coders.
set.seed(20260115)
n <- 60
theme <- rbinom(n, 1, 0.3)
marks <- sapply(c(0.9, 0.85, 0.75), function(same) ifelse(runif(n) < same, theme, rbinom(n, 1, 0.3)))
step <- sample(1:3, n, TRUE, c(0.3, 0.2, 0.5))
steps <- sapply(c(0.8, 0.8, 0.7), function(same) ifelse(runif(n) < same, step, sample(1:3, n, TRUE)))

of <- function(codes) list(
  codes = codes,
  pairs = sapply(list(1:2, c(1, 3), 2:3), function(p) cohen.kappa(codes[, p])$kappa)
)

cat(toJSON(list(
  marks = of(marks),
  steps = of(steps),
  versions = list(R = R.version.string, psych = as.character(packageVersion("psych")))
), digits = 15, auto_unbox = TRUE), "\n")
