# Reference numbers of feasibility rates and progression criteria:
#   Rscript tests/reference/feasibility.R > tests/reference/feasibility.json
# Shares: prop.test without continuity correction (Wilson), binom.test (Clopper-Pearson). Events a
# month: poisson.test (Garwood). Zones: pbeta, pgamma, pt. Prediction: pnbinom, and the wait by
# numerical integration over the gamma posterior. ICC: aov. Lewis 2021: its formulas, written anew.
library(jsonlite)

share <- function(x, n) {
  wilson <- suppressWarnings(prop.test(x, n, correct = FALSE))$conf.int
  exact <- binom.test(x, n)$conf.int
  list(x = x, n = n, wilson = as.numeric(wilson), exact = as.numeric(exact))
}
monthly <- function(x, months) {
  list(x = x, months = months, garwood = as.numeric(poisson.test(x, months)$conf.int))
}
lewis <- function(red, green, alpha = .05, power = .90) {
  a <- qnorm(1 - alpha); b <- qnorm(power)
  n <- ((a * sqrt(red * (1 - red)) + b * sqrt(green * (1 - green))) / (green - red))^2
  list(red = red, green = green, plain = n,
       corrected = n / 4 * (1 + sqrt(1 + 2 / (n * abs(green - red))))^2)
}
zones <- function(x, n, red, green) {
  below <- pbeta(c(red, green), x + .5, n - x + .5)
  list(x = x, n = n, red = red, green = green, below_red = below[1], between = diff(below),
       above_green = 1 - below[2],
       above_red_exact = binom.test(x, n, red, alternative = "greater")$p.value,
       below_red_exact = binom.test(x, n, red, alternative = "less")$p.value)
}
rate_zones <- function(x, months, red, green) {
  below <- pgamma(c(red, green), x + .5, months)
  list(x = x, months = months, red = red, green = green, below_red = below[1],
       between = diff(below), above_green = 1 - below[2])
}
mean_zones <- function(mean, sd, n, red, green) {
  below <- pt((c(red, green) - mean) / (sd / sqrt(n)), n - 1)
  list(mean = mean, sd = sd, n = n, red = red, green = green, below_red = below[1],
       between = diff(below), above_green = 1 - below[2])
}
ahead <- function(x, months, left, more) {
  size <- x + .5; stays <- months / (months + left)
  arrived <- function(t) integrate(function(u)
    1 - ppois(more - 1, qgamma(u, size, months) * t), 0, 1, rel.tol = 1e-9)$value
  wait <- function(p)
    exp(uniroot(function(t) arrived(exp(t)) - p, c(-8, 12), tol = 1e-11)$root)
  list(x = x, months = months, left = left, more = more,
       quantiles = qnbinom(c(.025, .5, .975), size, stays),
       at_most = pnbinom(more - 1, size, stays), wait = sapply(c(.025, .5, .975), wait))
}
icc <- function(events, n) {
  y <- unlist(mapply(function(x, m) rep(1:0, c(x, m - x)), events, n, SIMPLIFY = FALSE))
  g <- factor(rep(seq_along(n), n))
  ms <- summary(aov(y ~ g))[[1]][["Mean Sq"]]
  n0 <- (sum(n) - sum(n^2) / sum(n)) / (length(n) - 1)
  list(events = events, n = n, icc = (ms[1] - ms[2]) / (ms[1] + (n0 - 1) * ms[2]))
}
dispersed <- function(counts, months) {
  rate <- sum(counts) / sum(months)
  x2 <- sum((counts - rate * months)^2 / (rate * months))
  list(counts = counts, months = months, ratio = x2 / (length(counts) - 1),
       limit = qchisq(.95, length(counts) - 1) / (length(counts) - 1))
}

cat(toJSON(list(
  versions = list(R = as.character(getRversion())),
  shares = list(share(81, 263), share(15, 148), share(0, 20), share(1, 29), share(18, 18),
                share(0, 18), share(9, 14), share(13, 22), share(40, 54)),
  monthly = list(monthly(12, 6), monthly(0, 4.5), monthly(220, 9.2258064516129)),
  lewis = list(lewis(.2, .35), lewis(.5, .75), lewis(.65, .85), lewis(.4, .7), lewis(.2, .1),
               lewis(.05, .01)),
  zones = list(zones(29, 40, .65, .85), zones(0, 12, .2, .35), zones(12, 12, .5, .75),
               zones(220, 338, .5, .7)),
  rate_zones = list(rate_zones(12, 6, 1, 3), rate_zones(0, 3, .5, 1.5)),
  mean_zones = list(mean_zones(.62, .18, 24, .5, .7)),
  ahead = list(ahead(12, 6, 6, 10), ahead(220, 9.2258064516129, 2.5161290322581, 20),
               ahead(0, 3, 5, 4)),
  icc = list(icc(c(18, 9, 13), c(18, 14, 22)), icc(c(5, 5, 6, 4), c(10, 10, 10, 10))),
  dispersion = list(dispersed(c(3, 9, 1, 12, 0, 11), c(.5, 1, 1, 1, 1, .75)))
), digits = 16, auto_unbox = TRUE, pretty = TRUE))
