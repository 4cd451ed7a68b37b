# Trials drawn and fitted, for tests/planning/test_power.py. From the project's root (some minutes):
#   Rscript tests/reference/planning_fits.R
# Adjusted for the baseline: a random intercept on people's answers (lmerTest, Satterthwaite) and the
# regression of location means, 1,000 trials a setting. A stepped wedge: Kenward and Roger's test
# (pbkrtest), 400 trials. Summaries alone are kept.
suppressMessages({library(lmerTest); library(pbkrtest); library(jsonlite)})
quiet <- function(x) suppressMessages(suppressWarnings(x))
set.seed(3)
adjusted <- function(k, m, icc, cac, iac, effect) {
  K <- 2 * k; l <- rep(1:K, each = m); a <- rep(0:1, each = k)
  w0 <- rnorm(K); w1 <- cac * w0 + sqrt(1 - cac^2) * rnorm(K)
  p0 <- rnorm(K * m); p1 <- iac * p0 + sqrt(1 - iac^2) * rnorm(K * m)
  y0 <- sqrt(icc) * w0[l] + sqrt(1 - icc) * p0; y1 <- sqrt(icc) * w1[l] + sqrt(1 - icc) * p1 + effect * a[l]
  s <- summary(quiet(lmer(y1 ~ a[l] + y0 + (1 | l))))$coef
  q <- summary(lm(tapply(y1, l, mean) ~ a + tapply(y0, l, mean)))$coef
  c(s[2, 1], s[2, 5] < .05, s[3, 1], q[2, 1], q[2, 4] < .05)
}
settings <- list(c(6, 20, .1, .8, .5, .4), c(10, 10, .05, .5, .7, .35), c(5, 30, .15, .9, .3, .5))
fits <- lapply(settings, function(s) {
  r <- t(replicate(1000, do.call(adjusted, as.list(s))))
  c(setNames(as.list(s), c("k", "m", "icc", "cac", "iac", "effect")),
    people_se = sd(r[, 1]), people_power = mean(r[, 2]), people_slope = mean(r[, 3]),
    means_se = sd(r[, 4]), means_power = mean(r[, 5]))
})
set.seed(8)
d <- expand.grid(i = 1:10, t = 1:5, l = 1:8); d$x <- 1 * (d$t > rep(1:4, each = 2)[d$l]); d$c <- interaction(d$l, d$t)
wedge <- function() {
  d$y <- rnorm(8, 0, sqrt(.08 * .7))[d$l] + rnorm(40, 0, sqrt(.08 * .3))[as.integer(d$c)] +
    rnorm(400, 0, sqrt(.92)) + .5 * d$x
  f <- quiet(lmer(y ~ factor(t) + x + (1 | l) + (1 | c), d)); va <- vcovAdj(f)
  df <- Lb_ddf(c(rep(0, 5), 1), vcov(f), va); b <- fixef(f)[["x"]]; se <- sqrt(va[6, 6])
  c(b, se, df, 2 * pt(-abs(b / se), df) < .05, isSingular(f))
}
r <- t(replicate(400, wedge()))
write_json(list(versions = c(R = R.version.string, lmerTest = format(packageVersion("lmerTest")),
                             pbkrtest = format(packageVersion("pbkrtest"))), adjusted = fits,
                wedge = list(locations = 8, people = 10, icc = .08, cac = .7, effect = .5, trials = 400,
                  se = mean(r[, 2]), df = median(r[, 3]), power = mean(r[, 4]), singular = mean(r[, 5]))),
           "tests/reference/planning_fits.json", digits = 8, auto_unbox = TRUE, pretty = 1)
