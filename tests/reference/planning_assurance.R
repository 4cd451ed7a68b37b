# Reference values for tests/planning/test_assurance_reference.py. From the project's root:
#   Rscript tests/reference/planning_assurance.R
# Base R, no draws: quantiles of the posteriors by qchisq, qbeta, by the exact law of a sample
# correlation (Fisher's density, integrated) and by uniroot on Wald's F; assurance by integrate() over the SD, the correlation, retention and the effect, and
# over the published pairs one by one; a trial's value by integrate(). Data are generated below, and
# by the test.
suppressMessages(library(jsonlite))
p <- c(.025, .25, .5, .75, .975)
upper <- function(f, low, high) integrate(f, low, high, rel.tol = 1e-8, subdivisions = 2000)$value

# 40 people in two sites, all with both values
i <- 1:40; site <- as.numeric(i > 20)
first <- 10 + site + 3 * sin(1.7 * i)
last <- 4 + .6 * first + .5 * site + 2 * cos(2.3 * i + .4)
a <- residuals(lm(first ~ factor(site))); b <- residuals(lm(last ~ factor(site)))
ss <- sum(a^2); df <- 38; r <- sum(a * b) / sqrt(ss * sum(b^2)); n <- df + 1
sd_at <- function(q) sqrt(ss / qchisq(1 - q, df))

# P(R <= r) of a sample of n of a bivariate normal with correlation rho; the posterior of rho has
# this as 1 - its distribution function
density_r <- function(x, rho) sapply(x, function(one) {
  inner <- upper(function(w) (cosh(w) - rho * one)^-(n - 1) * (1 - rho * one)^(n - 1), 0, 30)
  exp(log(n - 2) + (n - 1) / 2 * log(1 - rho^2) + (n - 4) / 2 * log(1 - one^2) - log(pi) -
        (n - 1) * log(1 - rho * one)) * inner
})
below_r <- function(rho) integrate(density_r, -1, r, rho = rho, rel.tol = 1e-9)$value
rho_at <- function(q) uniroot(function(rho) below_r(rho) - (1 - q), c(-.6, .97), tol = 1e-10)$root

# 60 people in 7 neighbourhoods of unequal size in two sites
size <- c(4, 12, 7, 9, 10, 5, 13); cl <- rep(seq_along(size), size); k <- seq_along(cl)
y <- 20 + 1.5 * sin(2.7 * cl) + 3 * sin(1.3 * k); where <- ifelse(cl <= 3, 0, 1)
within <- sum(residuals(lm(y ~ factor(cl)))^2) / (length(y) - 7)
wald <- function(icc) {
  theta <- icc / (1 - icc); w <- size / (1 + size * theta); m <- tapply(y, cl, mean)
  g <- tapply(where, cl, max)
  sum(sapply(0:1, function(s) sum(w[g == s] * (m[g == s] - weighted.mean(m[g == s], w[g == s]))^2))) /
    (5 * within)
}
icc_at <- function(q) {
  f <- qf(1 - q, 5, 53)
  if (wald(0) <= f) 0 else uniroot(function(icc) wald(icc) - f, c(0, 1 - 1e-9), tol = 1e-13)$root
}

# retention: 17 of 24 and 30 of 36
kept <- list(c(17.5, 7.5), c(30.5, 6.5))
harmonic <- upper(function(x) sapply(x, function(one) {
  upper(function(z) 2 / (1 / one + 1 / z) * dbeta(z, 30.5, 6.5), 1e-9, 1)
}) * dbeta(x, 17.5, 7.5), 1e-9, 1)

success <- function(effect, se, df, alpha = .05) {
  pt(qt(1 - alpha / 2, df), df, ncp = effect / se, lower.tail = FALSE)
}
power <- function(effect, se, df) success(effect, se, df) + pt(-qt(.975, df), df, ncp = effect / se)
error_of <- function(sd, icc, k, m, retention = 1) {
  m <- m * retention
  sqrt(4 * sd^2 * (1 + (m - 1) * icc) / m / k)
}
# law of the SD: ss / chi-squared
sd_law <- function(f, df = 38, ss. = ss) {
  upper(function(x) sapply(x, function(one) f(sqrt(ss. / one))) * dchisq(x, df), qchisq(1e-13, df),
        qchisq(1e-13, df, lower.tail = FALSE))
}
effect <- .9
of_sd <- sd_law(function(sd) power(effect, error_of(sd, .05, 24, 30), 22))
of_sd_few <- sd_law(function(sd) power(effect, error_of(sd, .05, 8, 30), 6), 5, ss / 38 * 5)
pairs <- read.csv("src/cesp_analysis/models/shock_prior.csv")
of_pairs <- mean(sapply(pairs$rho, function(icc) {
  sd_law(function(sd) power(effect, error_of(sd / sqrt(1 - icc), icc, 24, 30), 22))
}))
of_retention <- upper(function(x) sapply(x, function(one) {
  power(effect, error_of(2.2, .05, 24, 30, one), 22)
}) * dbeta(x, 17.5, 7.5), 1e-9, 1 - 1e-12)
of_effect <- sd_law(function(sd) {
  se <- error_of(sd, .05, 24, 30)
  upper(function(d) success(d, se, 22) * dnorm(d, .6, .5), .6 - 9 * .5, .6 + 9 * .5)
})
# the correlation alone: power by its distribution function on a grid, by parts
rho <- c(seq(-.55, .97, length.out = 305))
cdf <- 1 - sapply(rho, below_r)
spline <- splinefun(rho, cdf, "monoH.FC")
baseline <- function(iac, icc = .05, cac = .8, m = 30) {
  c <- (m * icc * cac + (1 - icc) * iac) / (1 + (m - 1) * icc)
  power(.6, error_of(2.6, icc, 24, m) * sqrt(1 - c^2), 22)
}
slope <- function(x) (baseline(x + 1e-5) - baseline(x - 1e-5)) / 2e-5
of_correlation <- baseline(.97) - upper(function(x) slope(x) * spline(x), -.55, .97)

# value of a trial: net benefit 150 (variance 400^2) a person, SD within locations 4000
loss <- function(m, s) upper(function(x) pmax(x, 0) * dnorm(x, m, s), max(0, m - 12 * s), m + 12 * s) -
  max(0, m)
value <- mean(sapply(pairs$rho, function(icc) {
  v <- error_of(4000 / sqrt(1 - icc), icc, 24, 30)^2
  loss(150, sqrt(400^4 / (400^2 + v)))
}))

result <- list(
  versions = list(R = R.version.string),
  probabilities = p,
  sd = sapply(p, sd_at), r = r, correlation = sapply(p, rho_at),
  icc = sapply(p, icc_at), icc_at_zero = pf(wald(0), 5, 53, lower.tail = FALSE),
  retention = lapply(kept, function(one) qbeta(p, one[1], one[2])), harmonic_mean = harmonic,
  assurance = list(sd = of_sd, sd_few = of_sd_few, pairs = of_pairs, retention = of_retention,
                   effect = of_effect, correlation = of_correlation),
  power = power(effect, error_of(sqrt(ss / qchisq(.5, df)), .05, 24, 30), 22),
  evsi = value
)
write_json(result, "tests/reference/planning_assurance.json", auto_unbox = TRUE, digits = 13,
           pretty = TRUE)
