# Reference values for tests/missing/test_beat_the_blues.py and examples/beat_the_blues/expected.csv.
# From the project's root:  Rscript tests/reference/beat_the_blues_imputed.R
# mice imputes the BDI in each arm apart, m times, by norm from the answers before, drug and length:
# who is lost stays lost, so that one pass in the order of time is enough (visitSequence monotone).
# Then, at each time and pooled by mice's pool.scalar: the difference in change with Welch's error,
# and the analysis of covariance with sandwich's HC2.
suppressMessages({library(mice); library(sandwich); library(jsonlite)})
m <- 1000
wide <- read.csv("examples/beat_the_blues/data/raw/btheb.csv")
wide$arm <- as.numeric(wide$treatment == "BtheB")
wide$drug <- as.numeric(wide$drug == "Yes")
wide$length <- as.numeric(wide$length == ">6m")
months <- c("2m", "3m", "5m", "8m")
bdi <- paste0("bdi.", c("pre", months))
used <- c("drug", "length", bdi)
before <- matrix(0, 6 + 1, 6 + 1, dimnames = list(used, used))
before[lower.tri(before)] <- 1
apart <- lapply(0:1, function(a) mice(
  wide[wide$arm == a, used], m = m, method = c("", "", "", rep("norm", 4)), predictorMatrix = before,
  visitSequence = "monotone", maxit = 1, printFlag = FALSE, seed = 10 + a))
sets <- lapply(1:m, function(i) do.call(rbind, lapply(0:1, function(a)
  cbind(arm = a, complete(apart[[a + 1]], i)))))
pooled <- function(one) {
  found <- sapply(sets, one)
  p <- pool.scalar(found[1, ], found[2, ])
  list(estimate = p$qbar, within = p$ubar, between = p$b, std_error = sqrt(p$t))
}
at_time <- function(month) {
  later <- paste0("bdi.", month)
  change <- pooled(function(k) {
    by <- split(k[[later]] - k$bdi.pre, k$arm)
    c(mean(by[["1"]]) - mean(by[["0"]]), sum(sapply(by, function(x) var(x) / length(x))))
  })
  ancova <- pooled(function(k) {
    fit <- lm(k[[later]] ~ arm + bdi.pre + drug + length, k)
    c(coef(fit)[["arm"]], vcovHC(fit, "HC2")["arm", "arm"])
  })
  list(change = change, ancova = ancova)
}
write_json(list(
  versions = list(R = R.version.string, mice = as.character(packageVersion("mice")),
                  sandwich = as.character(packageVersion("sandwich"))),
  m = m, times = setNames(lapply(months, at_time), months)
), "tests/reference/beat_the_blues_imputed.json", digits = 12, auto_unbox = TRUE, pretty = TRUE)
