# Reference values for tests/economics/test_decision_reference.py. From the project's root:
#   Rscript tests/reference/decision.R
# Base R by other ways than ours: Fieller's ends by uniroot, quadrants and shocks by integrate(),
# ellipses by chi-squared, losses by integrate(), a trial's value by simulating its posterior means.
# EVPPI by mgcv's GAM (a thin plate spline; a tensor product), as SAVI and voi fit it, and by nested
# quadrature of the model. Draws are generated below, and by the test.
suppressMessages({library(mgcv); library(jsonlite)})

point <- c(100.80125, .0200666667); se <- c(77.92449904, .0229729341); rho <- .12
cov <- diag(se^2); cov[1, 2] <- cov[2, 1] <- rho * se[1] * se[2]
set <- function(point, cov, level) {  # ratios at which the test statistic is on the critical value
  c2 <- qnorm((1 + level) / 2)^2
  g <- function(r) (point[1] - r * point[2])^2 -
    c2 * (cov[1, 1] - 2 * r * cov[1, 2] + r^2 * cov[2, 2])
  centre <- point[1] / point[2]
  grid <- centre + sinh(seq(-16, 16, length.out = 20001))
  at <- which(diff(sign(sapply(grid, g))) != 0)
  list(ends = sapply(at, function(i) uniroot(g, grid[i + 0:1], tol = 1e-12)$root),
       far = sign(g(1e9)))
}
upper <- function(f) integrate(f, -Inf, Inf, rel.tol = 1e-11, subdivisions = 1000)$value
# P(cost > 0, QALY > 0): cost given QALY is normal
south <- function(q) {
  m <- point[1] + rho * se[1] / se[2] * (q - point[2])
  pnorm(0, m, se[1] * sqrt(1 - rho^2))
}
gained <- function(q) dnorm(q, point[2], se[2])
tail <- function(f, low, high) integrate(f, low, high, rel.tol = 1e-11)$value
far <- 12 * se[2]
quadrants <- c(ne = tail(function(q) (1 - south(q)) * gained(q), 0, point[2] + far),
               se = tail(function(q) south(q) * gained(q), 0, point[2] + far),
               sw = tail(function(q) south(q) * gained(q), point[2] - far, 0),
               nw = tail(function(q) (1 - south(q)) * gained(q), point[2] - far, 0))
loss <- function(m, s) tail(function(x) pmax(x, 0) * dnorm(x, m, s), 0, m + 12 * s) - max(0, m)

# a shock of SD s beside an error SE * T(df): P(above 0)
shocked <- function(b, se, df, s) upper(function(t) pnorm((b + se * t) / s) * dt(t, df))

# Trial simulated: INMB ~ N(m, v0), estimate ~ N(INMB, v), posterior mean, decision
set.seed(11)
trial <- function(m, v0, v, n = 2e6) {
  inmb <- rnorm(n, m, sqrt(v0)); seen <- rnorm(n, inmb, sqrt(v))
  mean_after <- (m / v0 + seen / v) / (1 / v0 + 1 / v)
  gain <- ifelse(mean_after > 0, inmb, 0) - (if (m > 0) inmb else 0)
  list(value = mean(gain), error = sd(gain) / sqrt(n))
}

# Draws: 4,000 of four parameters by an additive recurrence, net benefit of three options
n <- 4000; i <- seq_len(n); golden <- 1.1673039782614187  # root of x^5 = x + 1
u <- sapply(1:4, function(j) (.5 + i * golden^-j) %% 1)
z <- qnorm(u)
p <- cbind(effect = .04 + .05 * z[, 1], utility = exp(-.3 + .25 * z[, 2]),
           price = 900 + 300 * z[, 3], other = z[, 4])
noise <- 500 * sin(12.9898 * i) * cos(78.233 * i)
nb <- cbind(0, 30000 * p[, "effect"] * p[, "utility"] - p[, "price"] + noise,
            15000 * p[, "effect"] - 500 + 200 * p[, "other"])
gam_value <- function(terms) {
  d <- as.data.frame(p)
  best <- which.max(colMeans(nb))
  gaps <- sapply(setdiff(1:3, best), function(k) {
    d$y <- nb[, k] - nb[, best]
    fitted(gam(as.formula(paste("y ~", terms)), data = d, method = "REML"))
  })
  mean(pmax(0, apply(gaps, 1, max))) - max(0, colMeans(gaps))
}
smooth <- c(effect = "s(effect)", utility = "s(utility)", price = "s(price)",
            effect_utility = "te(effect, utility)", effect_price = "te(effect, price)",
            three = "te(effect, utility) + s(price) + ti(effect, price) + ti(utility, price)")
# A gain that bends: what is fitted, mgcv's ten functions a variable against ours
curved <- 300 * cos(2 * z[, 1]) * (1 + .5 * sin(2 * z[, 3])) + noise
bent <- sapply(c(curve = "s(z1)", both = "te(z1, z3, k = 8)"), function(terms) {
  d <- data.frame(y = curved, z1 = z[, 1], z3 = z[, 3])
  g <- fitted(gam(as.formula(paste("y ~", terms)), data = d, method = "REML"))
  mean(pmax(g, 0)) - max(0, mean(g))
})
# The two first options alone, by quadrature of the model: what the regression estimates
utility <- exp(-.3 + .25^2 / 2)
of_effect <- function(z) 30000 * (.04 + .05 * z) * utility - 900
of_both <- function(z1, z2) 30000 * (.04 + .05 * z1) * exp(-.3 + .25 * z2) - 900
expected <- of_effect(0)
normal <- function(f) integrate(f, -9, 9, rel.tol = 1e-9, subdivisions = 5000)$value
exact <- c(
  effect = normal(function(z) pmax(of_effect(z), 0) * dnorm(z)) - max(0, expected),
  utility = normal(function(z) pmax(of_both(0, z), 0) * dnorm(z)) - max(0, expected),
  effect_utility = normal(function(b) sapply(b, function(one)
    normal(function(a) pmax(of_both(a, one), 0) * dnorm(a))) * dnorm(b)) - max(0, expected))

t_losses <- expand.grid(m = c(-700, 0, 300.5), s = c(1, 485.75, 900))
t_shocks <- data.frame(b = c(300, -120, 300), se = c(485.75, 90, 485.75), df = c(46, 4, 46),
                       s = c(350, 200, 20))
t_trials <- data.frame(m = c(300, -200, 50), v0 = c(485.75, 400, 100)^2, v = c(250, 600, 20)^2)
result <- list(
  versions = list(R = as.character(getRversion()), mgcv = as.character(packageVersion("mgcv"))),
  fieller = list(whole = set(point, cov, .95),
                 outside = set(c(250, .02), cov, .95),
                 interval = set(c(100.8, .06), cov, .95)),
  quadrants = as.list(quadrants),
  ellipse_radius2 = qchisq(c(.5, .8, .95), 2),
  losses = cbind(t_losses, loss = mapply(loss, t_losses$m, t_losses$s)),
  shocks = cbind(t_shocks, probability = do.call(mapply, c(list(FUN = shocked), unname(as.list(
    t_shocks))))),
  trials = cbind(t_trials, do.call(rbind, Map(function(m, v0, v) as.data.frame(trial(m, v0, v)),
                                              t_trials$m, t_trials$v0, t_trials$v))),
  evppi = list(gam = as.list(sapply(smooth, gam_value)), exact = as.list(exact), bent = as.list(bent)),
  evpi = mean(apply(nb, 1, max)) - max(colMeans(nb)),
  probabilities = tabulate(max.col(nb), 3) / n)
write_json(result, "tests/reference/decision.json", digits = 12, auto_unbox = TRUE, pretty = TRUE)
