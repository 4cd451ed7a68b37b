# Reference values for tests/economics. Run in the project's folder:
#   Rscript tests/reference/evaluation.R
# 90 people in two arms, some of them with one of seven link workers, with skewed costs of which a
# third are nothing. Data are in the output. (1) Cost and QALYs as seemingly unrelated regressions,
# one step of generalised least squares (systemfit), with other columns in each equation, and with
# people repeated. (2) Cost by a quasi-likelihood with a log link and variance mu^2, and in two parts
# with a logit; the difference between arms by predictions of everybody in each arm; its standard
# error by the influence of each person (estfun and bread of sandwich), alone and by link worker.
# (3) The covariance of both regressions with clusters (clubSandwich, CR2) of net benefit.
# (4) The SD that gain over baseline, and adjusting for it, leave of net benefit at 20,000 (lm).
suppressMessages({library(systemfit); library(sandwich); library(clubSandwich); library(jsonlite)})
set.seed(17)
n <- 90
arm <- rep(0:1, each = n / 2)
age <- round(rnorm(n, 60, 12))
utility <- round(pmin(1, 0.65 + 0.15 * rnorm(n)), 3)
before <- round(rgamma(n, 1.2, scale = 400) + 1, 2)
qaly <- round(0.2 + 0.6 * utility + 0.03 * arm + 0.08 * rnorm(n), 4)
cost <- round(rgamma(n, 1.1, scale = 300 + 0.4 * before - 60 * arm + 300 * (1 - utility)), 2)
some <- rbinom(n, 1, plogis(0.6 + 0.4 * arm + 0.001 * (before - 400)))
worker <- ifelse(arm == 1, rep_len(1:7, n), -1)
times <- rep_len(c(1, 2, 0, 1, 3), n)
d <- data.frame(arm, age, utility, before, qaly, cost, zeros = cost * some, worker, times)
two <- function(k) {
  fit <- systemfit(list(cost = cost ~ arm + age + before, qaly = qaly ~ arm + utility), "SUR",
                   data = k, methodResidCov = "noDfCor", maxiter = 1)
  unname(coef(fit)[c("cost_arm", "qaly_arm")])
}
influence_of <- function(fit) estfun(fit) %*% bread(fit)
recycled <- function(y, parts) {
  k <- d
  k$y <- y
  f <- y ~ arm + age + before
  own <- if (parts) k[k$y > 0, ] else k
  amount <- glm(f, quasi(link = "log", variance = "mu^2"), own, start = c(log(mean(own$y)), 0, 0, 0),
                epsilon = 1e-14, maxit = 200)
  x <- model.matrix(~ arm + age + before, k)
  one <- x; one[, "arm"] <- 1; none <- x; none[, "arm"] <- 0
  m1 <- exp(one %*% coef(amount)); m0 <- exp(none %*% coef(amount))
  scale <- n / nrow(own)
  inf <- matrix(0, n, ncol(x))
  inf[if (parts) k$y > 0 else rep(TRUE, n), ] <- influence_of(amount) * scale
  p1 <- p0 <- rep(1, n); extra <- 0
  if (parts) {
    odds <- glm(I(y > 0) ~ arm + age + before, binomial, k, epsilon = 1e-14, maxit = 200)
    p1 <- plogis(one %*% coef(odds)); p0 <- plogis(none %*% coef(odds))
    slope <- colMeans(one * c(m1 * p1 * (1 - p1)) - none * c(m0 * p0 * (1 - p0)))
    extra <- influence_of(odds) %*% slope
  }
  each <- c(m1 * p1 - m0 * p0)
  slope <- colMeans(one * c(m1 * p1) - none * c(m0 * p0))
  psi <- c(each - mean(each) + inf %*% slope + extra)
  unit <- ifelse(d$worker < 0, 1000 + seq_len(n), d$worker)
  sums <- tapply(psi, unit, sum)
  g <- length(sums)
  list(estimate = mean(each), se = sqrt(n / (n - 1) * sum(psi^2)) / n,
       clustered = sqrt(g / (g - 1) * sum(sums^2)) / n, coef = unname(coef(amount)))
}
by_cluster <- function(lambda) {
  k <- d
  k$y <- lambda * k$qaly - k$cost
  unit <- ifelse(k$worker < 0, 1000 + seq_len(n), k$worker)
  fit <- lm(y ~ arm + age + utility + before, k)
  own <- coef_test(fit, vcov = "CR2", cluster = unit, test = "Satterthwaite")["arm", ]
  list(estimate = own$beta, se = own$SE, df = own$df_Satt)
}
nb <- 20000 * d$qaly - d$cost
nb_before <- 20000 * d$utility - d$before
left <- list(gain = sigma(lm(I(nb - nb_before) ~ arm + age, d)),
             adjusted = sigma(lm(nb ~ arm + age + utility + before, d)))
out <- list(
  versions = as.list(sapply(c("systemfit", "sandwich", "clubSandwich"), function(p) as.character(packageVersion(p)))),
  r = R.version.string, data = d,
  sur = two(d), sur_repeated = two(d[rep(seq_len(n), d$times), ]),
  one_part = recycled(d$cost, FALSE), two_parts = recycled(d$zeros, TRUE),
  cr2_20000 = by_cluster(20000), cr2_0 = by_cluster(0),
  left_20000 = left
)
write_json(out, "tests/reference/evaluation.json", digits = NA, auto_unbox = TRUE, dataframe = "columns")
