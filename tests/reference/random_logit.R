# Reference values for tests/models/test_random_logit.py. Run from the project's root:
#   Rscript tests/reference/random_logit.R
# Cumulative logit and logistic models with a random intercept: ordinal's clmm and lme4's glmer
# (Laplace and adaptive quadrature, tight tolerances) on wine (Randall 1989), cbpp (Lesnoff et al.
# 2004) and the records of tests/random_records.py. Beside them the likelihood as a plain sum over a
# fine grid of the random effect: its Hessian by numDeriv gives standard errors, and averages of
# probabilities over the random effect give the standardised difference in differences.
suppressMessages({library(ordinal); library(lme4); library(numDeriv); library(jsonlite)})
tight <- clmm.control(maxIter = 200, gradTol = 1e-10, maxLineIter = 200, innerCtrl = "noWarn")
exact <- glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13, optCtrl = list(rhoend = 1e-10))
node <- seq(-9, 9, by = .05); share <- dnorm(node) / sum(dnorm(node))

ordered_fit <- function(formula, d, points) {
  fit <- suppressWarnings(clmm(formula, data = d, nAGQ = points, control = tight))
  list(threshold = unname(fit$alpha), slope = unname(fit$beta),
       variance = unname(unlist(VarCorr(fit))), log_likelihood = as.numeric(logLik(fit)))
}
binary_fit <- function(formula, d, points) {
  fit <- suppressMessages(glmer(formula, d, binomial, nAGQ = points, control = exact))
  list(coef = unname(fixef(fit)), variance = unname(unlist(VarCorr(fit))))
}
wine_data <- data.frame(rating = as.integer(wine$rating), temp = as.integer(wine$temp == "warm"),
                        contact = as.integer(wine$contact == "yes"), judge = as.integer(wine$judge))
by_wine <- lapply(c(laplace = 1, agq = 10), function(points)
  ordered_fit(rating ~ temp + contact + (1 | judge), wine, points))
by_cbpp <- lapply(c(laplace = 1, agq = 9), function(points)
  binary_fit(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, points))

make <- function() {
  rows <- list()
  for (i in 1:90) for (t in 0:2) {
    if (t > 0 && (7 * i + 5 * t) %% 6 == 0) next
    a <- as.numeric(i > 45); age <- sin(2.3 * i); near <- (i - 1) %/% 9 + 1
    eta <- .5 * a + .3 * t + .4 * a * t + .5 * age + .9 * cos(2.9 * near) + 1.5 * sin(3.7 * i)
    u <- ((137 * i + 311 * t + 17) %% 499 + .5) / 499
    v <- ((211 * i + 97 * t + 5) %% 503 + .5) / 503
    rows[[length(rows) + 1]] <- data.frame(
      i, t, a, age, near, ord = findInterval(eta + qlogis(u), c(-1, .8, 2.2)),
      bin = as.numeric(eta - .5 + 1.8 * sin(5.3 * i) + qlogis(v) > 0))
  }
  do.call(rbind, rows)
}
d <- make()
d$time1 <- as.numeric(d$t == 1); d$time2 <- as.numeric(d$t == 2)
x <- with(d, cbind(a, time1, time2, a * time1, a * time2, age))
loss <- function(y, group) function(par) {  # thresholds, slopes, sd
  cuts <- max(y); theta <- c(-Inf, par[1:cuts], Inf); sd <- par[length(par)]
  eta <- as.numeric(x %*% par[(cuts + 1):(length(par) - 1)])
  eta <- outer(eta, sd * node, `+`)
  p <- plogis(theta[y + 2] - eta) - plogis(theta[y + 1] - eta)
  each <- rowsum(log(p), group)
  -sum(log(exp(each) %*% share))
}
difference <- function(par, cuts, cut, time) {
  mean_of <- function(arm, at) {
    row <- x
    row[, 1] <- arm; row[, 2] <- at == 1; row[, 3] <- at == 2
    row[, 4] <- arm * (at == 1); row[, 5] <- arm * (at == 2)
    eta <- as.numeric(row %*% par[(cuts + 1):(length(par) - 1)])
    mean(plogis(outer(eta, par[length(par)] * node, `+`) - par[cut]) %*% share)
  }
  mean_of(1, time) - mean_of(1, 0) - mean_of(0, time) + mean_of(0, 0)
}
whole <- function(y, group, start) {
  f <- loss(y, group); cuts <- max(y)
  found <- optim(start, f, method = "BFGS", control = list(reltol = 1e-14, maxit = 500))
  for (i in 1:3) {  # Newton's steps: optim stops some digits early
    found$par <- found$par - as.numeric(solve(hessian(f, found$par), grad(f, found$par)))
  }
  inverse <- solve(hessian(f, found$par))
  read <- lapply(1:cuts, function(cut) {
    lead <- grad(function(par) difference(par, cuts, cut, 2), found$par)
    list(estimate = difference(found$par, cuts, cut, 2),
         std_error = sqrt(as.numeric(t(lead) %*% inverse %*% lead)))
  })
  list(par = found$par, std_error = sqrt(diag(inverse)), log_likelihood = -f(found$par),
       difference = read)
}
d$ordered <- factor(d$ord, ordered = TRUE)
fixed <- ordered ~ a + time1 + time2 + a:time1 + a:time2 + age
by_own <- list(
  person = lapply(c(laplace = 1, agq = 11), function(q)
    ordered_fit(update(fixed, . ~ . + (1 | i)), d, q)),
  near = lapply(c(laplace = 1, agq = 11), function(q)
    ordered_fit(update(fixed, . ~ . + (1 | near)), d, q)),
  binary = lapply(c(laplace = 1, agq = 11), function(q)
    binary_fit(bin ~ a + time1 + time2 + a:time1 + a:time2 + age + (1 | i), d, q)))
started <- function(one) c(one$threshold, one$slope[c(1, 2, 3, 5, 6, 4)], sqrt(one$variance))
own <- list(
  person = whole(d$ord, d$i, started(by_own$person$agq)),
  near = whole(d$ord, d$near, started(by_own$near$agq)),
  binary = whole(d$bin, d$i, c(-by_own$binary$agq$coef[1],
    by_own$binary$agq$coef[c(2, 3, 4, 6, 7, 5)], sqrt(by_own$binary$agq$variance))))
output <- list(
  versions = list(R = R.version.string, ordinal = as.character(packageVersion("ordinal")),
                  lme4 = as.character(packageVersion("lme4")),
                  numDeriv = as.character(packageVersion("numDeriv"))),
  wine_data = wine_data, cbpp_data = data.frame(
    herd = as.integer(cbpp$herd), period = as.integer(cbpp$period), incidence = cbpp$incidence,
    size = cbpp$size),
  wine = by_wine, cbpp = by_cbpp, clmm = by_own, grid = own,
  sums = list(n = nrow(d), ord = sum(d$ord), bin = sum(d$bin)))
write(toJSON(output, auto_unbox = TRUE, digits = 12, dataframe = "columns"),
      "tests/reference/random_logit.json")
