# Agreement of coders by psych: Cohen's kappa of two with its variance, plain and weighted, and the
# mean of the kappas of three. vcd gives the variance of the weighted ones, which psych 2.2.9 may not.
# Rscript tests/reference/interviews_agreement.R > tests/reference/interviews_agreement.json
suppressMessages({
  library(psych)
  library(vcd)
  library(jsonlite)
})

# Whether three coders gave each of 60 excerpts a theme; and valence in 3 steps by the same coders.
set.seed(20260115)
n <- 60
theme <- rbinom(n, 1, 0.3)
marks <- sapply(c(0.9, 0.85, 0.75), function(same) ifelse(runif(n) < same, theme, rbinom(n, 1, 0.3)))
step <- sample(1:3, n, TRUE, c(0.3, 0.2, 0.5))
steps <- sapply(c(0.8, 0.8, 0.7), function(same) ifelse(runif(n) < same, step, sample(1:3, n, TRUE)))

of <- function(codes, k) {
  two <- codes[, 1:2]
  linear <- 1 - abs(outer(1:k, 1:k, "-")) / (k - 1)
  plain <- cohen.kappa(two)
  levels <- if (k == 2) 0:1 else 1:k
  counted <- table(factor(two[, 1], levels), factor(two[, 2], levels))
  variance <- function(found) found$Weighted[["ASE"]]^2
  list(
    codes = codes,
    none = c(plain$kappa, plain$var.kappa, plain$confid["unweighted kappa", c("lower", "upper")]),
    quadratic = c(plain$weighted.kappa, variance(Kappa(counted, weights = "Fleiss-Cohen"))),
    linear = c(cohen.kappa(two, w = linear)$weighted.kappa, variance(Kappa(counted))),
    pairs = sapply(list(1:2, c(1, 3), 2:3), function(p) cohen.kappa(codes[, p])$kappa),
    mean = cohen.kappa(codes)$av.kappa
  )
}

cat(toJSON(list(
  marks = of(marks, 2),
  steps = of(steps, 3),
  versions = list(R = R.version.string, psych = as.character(packageVersion("psych")),
                  vcd = as.character(packageVersion("vcd")))
), digits = 15, auto_unbox = TRUE), "\n")
