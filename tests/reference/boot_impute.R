# Reference values for tests/missing/test_boot_mice.py. Run from the project's root (some minutes):
#   Rscript tests/reference/boot_impute.R bootImpute.R
# bootImpute.R: R/bootImpute.R of the package bootImpute (1.3.0). Reads imputation.csv (made by
# imputation.R). Bootstrap samples of its 150 people, drawn by the congruential generator below so
# that the test draws the same; mice imputes each twice, by norm and by pmm. Of six analyses: the
# estimates pooled by bootImputeAnalyse, its variances and df, mean squares within and between
# samples by an analysis of variance (lm), and the standard deviation of the samples' means.
suppressMessages({library(mice); library(jsonlite)})
source(commandArgs(TRUE)[1])
d <- read.csv("tests/reference/imputation.csv")[c("x", "y1", "y2", "y3")]
n <- nrow(d); samples <- 400; m <- 2; state <- 2021
draw <- function() {
  rows <- integer(n)
  for (j in 1:n) { state <<- (16807 * state) %% 2147483647; rows[j] <- state %% n + 1 }
  rows
}
rows <- lapply(1:samples, function(b) draw())
analysed <- function(k) c(sapply(k[c("y1", "y2", "y3")], mean), coef(lm(y3 ~ y1 + y2 + x, k))[-1])
pooled <- function(method) {
  set.seed(3)
  made <- list()
  for (b in 1:samples) {
    i <- mice(d[rows[[b]], ], m = m, method = method, maxit = 10, printFlag = FALSE)
    for (k in 1:m) made[[length(made) + 1]] <- complete(i, k)
  }
  q <- sapply(made, analysed)
  attributes(made) <- list(nBoot = samples, nImp = m)
  own <- bootImputeAnalyse(made, analysed, quiet = TRUE)
  which <- factor(rep(1:samples, each = m))
  squares <- apply(q, 1, function(one) anova(lm(one ~ which))[["Mean Sq"]])
  list(estimate = own$ests, variance = own$var, df = own$df, msb = squares[1, ], msw = squares[2, ])
}
small <- matrix(c(3.1, 2.2, 4.4, 5.0, 1.7, 2.9, 3.0, 3.3, 2.5, 4.1), 5, 2)
by_hand <- list(small, matrix(c(1, 2.2, 4, 5, 3.1, 1.3, 2.9, 3.6, 5.1, 3.4), 5, 2))
fixed <- lapply(by_hand, function(q) {
  made <- as.list(t(q)); attributes(made) <- list(nBoot = nrow(q), nImp = ncol(q))
  suppressWarnings(own <- bootImputeAnalyse(made, identity, quiet = TRUE))
  list(values = q, estimate = own$ests, variance = own$var, df = own$df, interval = own$ci[1, ])
})
write_json(list(versions = list(R = R.version.string, mice = as.character(packageVersion("mice")),
                                bootImpute = "1.3.0"),
                samples = samples, m = m, first_rows = rows[[1]][1:10] - 1, fixed = fixed,
                norm = pooled("norm"), pmm = pooled("pmm")),
           "tests/reference/boot_impute.json", digits = NA, auto_unbox = TRUE)
