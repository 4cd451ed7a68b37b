# Reference values for tests/economics/test_monte_carlo.py. Run in the project's folder:
#   Rscript tests/reference/boot_monte_carlo.R
# 40 samples with 2 imputations each, skewed. Mean squares between and within samples by lm and
# anova, the variance of von Hippel and Bartlett of them; each sample left out in turn (jackknife):
# the estimate, both ends of Student's interval on 9 df, the probability above 0.
suppressMessages(library(jsonlite))
set.seed(5)
b <- 40; m <- 2; df <- 9
q <- round(matrix(rgamma(b, 2, scale = 30), b, m) + matrix(rnorm(b * m, -45, 12), b, m), 4)
pooled <- function(q) {
  b <- nrow(q)
  d <- data.frame(y = c(q), sample = factor(rep(seq_len(b), m)))
  ms <- anova(lm(y ~ sample, d))[["Mean Sq"]]
  v <- (1 + 1 / b) * (ms[1] - ms[2]) / m + ms[2] / (b * m)
  c(estimate = mean(q), se = sqrt(v), msb = ms[1], msw = ms[2])
}
said <- function(q) {
  one <- pooled(q)
  half <- qt(0.975, df) * one[["se"]]
  c(estimate = one[["estimate"]], se = one[["se"]], low = one[["estimate"]] - half,
    high = one[["estimate"]] + half, probability = pt(one[["estimate"]] / one[["se"]], df))
}
left <- t(sapply(seq_len(b), function(i) said(q[-i, ])))
jackknife <- apply(left, 2, function(x) sqrt((b - 1) / b * sum((x - mean(x))^2)))
stopifnot(pooled(q)[["msb"]] > pooled(q)[["msw"]])
out <- list(r = R.version.string, values = q, df = df, se_left = left[, "se"], jackknife = as.list(jackknife))
write_json(out, "tests/reference/boot_monte_carlo.json", digits = NA, auto_unbox = TRUE)
