# Reference values for tests/economics. Run from the project's root:
#   Rscript tests/reference/economics.R > tests/reference/economics.json
# 2 sites of 40 people, link workers in one of them, skewed costs and QALYs that go together.
# systemfit: seemingly unrelated regressions of the same columns in two steps. glm: quasi-likelihood with
# variance mu^2 and log link; sandwich's HC2 and the delta method for recycled predictions. Two
# parts: both glms at their solution as one lm of whitened rows, clubSandwich's CR2 by person and by
# link worker. boot: given its own indices, to be compared replicate by replicate, and its intervals.
suppressMessages({library(systemfit); library(sandwich); library(clubSandwich); library(boot)
                  library(jsonlite)})
n <- 80; k <- seq_len(n)
d <- data.frame(arm = as.numeric(k > 40), age = 45 + 15 * sin(2.3 * k),
                before = 300 * exp(.7 * cos(1.7 * k)), utility = .6 + .2 * sin(5.3 * k))
d$worker <- ifelse(d$arm == 1 & k %% 4 > 0, k %% 6, -1)
d$cluster <- ifelse(d$worker < 0, 100 + k, d$worker)
d$cost <- round(exp(5.6 + .25 * d$arm + .006 * d$age + .0008 * d$before + .9 * sin(3.1 * k)), 2)
d$qaly <- round(.35 + .5 * d$utility + .03 * d$arm - .00004 * d$cost + .08 * cos(4.9 * k), 4)
d$some <- ifelse(sin(7.7 * k) > .8 - .1 * d$arm, 0, d$cost)   # a few zeros
d$few <- ifelse(sin(7.7 * k) > -.1 + .3 * d$arm, 0, d$cost)   # many zeros
tight <- glm.control(epsilon = 1e-15, maxit = 500)

sur <- function(x, y) {
  fit <- systemfit(list(c = x, q = y), "SUR", data = d)
  own <- c("c_arm", "q_arm")
  list(delta = unname(coef(fit)[own]), covariance = unname(vcov(fit)[own, own]),
       sigma = unname(fit$residCovEst))
}
same <- sur(cost ~ arm + age, qaly ~ arm + age)

welch <- t.test(cost ~ I(1 - arm), d)
nb <- function(lambda) {
  m <- lm(I(lambda * qaly - cost) ~ arm + age + before + utility, d)
  t <- coef_test(m, vcov = "CR2", cluster = d$cluster)["arm", ]
  one <- coef_test(m, vcov = "CR2", cluster = k)["arm", ]
  list(threshold = lambda, inmb = unname(coef(m)["arm"]),
       hc2 = sqrt(vcovHC(m, "HC2")["arm", "arm"]), hc2_df = one$df_Satt,
       cr2 = t$SE, cr2_df = t$df_Satt)
}

# from a Poisson's coefficients: with zeros its own start can lead glm's scoring astray
quasi_gamma <- function(formula, data) {
  start <- coef(glm(formula, quasipoisson(), data))
  glm(formula, quasi(link = "log", variance = "mu^2"), data, start = start, control = tight)
}
means <- function(fit) sapply(0:1, function(a) {
  there <- d; there$arm <- a; mean(predict(fit, there, type = "response")) })
slopes <- function(fit, also = 1) sapply(0:1, function(a) {
  there <- d; there$arm <- a
  x <- model.matrix(delete.response(terms(fit)), there)
  colMeans(fit$family$mu.eta(as.numeric(x %*% coef(fit))) * x * also(there)) })
one <- function(there) 1
gamma_of <- function(y) {
  d$y <- y
  fit <- quasi_gamma(y ~ arm + age + before, d)
  m <- means(fit); g <- slopes(fit, one); g <- g[, 2] - g[, 1]
  list(coef = unname(coef(fit)), means = m, delta = m[2] - m[1],
       hc2 = sqrt(c(g %*% vcovHC(fit, "HC2") %*% g)), hc0 = sqrt(c(g %*% vcovHC(fit, "HC0") %*% g)))
}
two_parts <- function() {
  d$any <- as.numeric(d$few > 0); p <- d[d$any == 1, ]
  a <- glm(any ~ arm + age + before, binomial(), d, control = tight)
  b <- glm(few ~ arm + age + before, Gamma("log"), p, control = tight)
  both <- sapply(0:1, function(arm) { there <- d; there$arm <- arm
    mean(predict(a, there, type = "response") * predict(b, there, type = "response")) })
  ga <- slopes(a, function(there) predict(b, there, type = "response"))
  gb <- slopes(b, function(there) predict(a, there, type = "response"))
  g <- c(ga[, 2] - ga[, 1], gb[, 2] - gb[, 1])
  phi <- sum(residuals(b, "pearson")^2) / df.residual(b)
  fa <- fitted(a); ra <- sqrt(fa * (1 - fa)); xa <- model.matrix(a) * ra; xb <- model.matrix(b)
  x <- rbind(cbind(xa, 0 * xa), cbind(matrix(0, nrow(xb), ncol(xa)), xb / sqrt(phi)))
  y <- c(residuals(a, "pearson"), residuals(b, "pearson") / sqrt(phi))
  fit <- lm(y ~ 0 + x)
  asked <- function(cluster) {
    t <- linear_contrast(fit, vcov = "CR2", cluster = cluster, contrasts = matrix(g, 1),
                         test = "Satterthwaite")
    list(std_error = t$SE, df = t$df)
  }
  own <- which(d$any == 1)
  list(any = unname(coef(a)), amount = unname(coef(b)), means = both, delta = both[2] - both[1],
       person = asked(c(k, k[own])), worker = asked(c(d$cluster, d$cluster[own])))
}

statistic <- function(data, i) {
  x <- data[i, ]
  c(coef(lm(cost ~ arm + age + before, x))["arm"], coef(lm(qaly ~ arm + age + utility, x))["arm"],
    gamma_of_rows(x))
}
gamma_of_rows <- function(x) {
  fit <- quasi_gamma(some ~ arm + age + before, x)
  diff(sapply(0:1, function(a) { y <- x; y$arm <- a; mean(predict(fit, y, type = "response")) }))
}
set.seed(20)
b <- boot(d, statistic, R = 60, strata = d$arm)
set.seed(21)
means_of <- function(data, i) { x <- data[i, ]; mean(x$cost[x$arm == 1]) - mean(x$cost[x$arm == 0]) }
big <- boot(d, means_of, R = 999, strata = d$arm)
influence <- empinf(big, type = "jack")
ends <- boot.ci(big, type = c("perc", "bca"), L = influence)
out <- list(
  versions = c(list(R = R.version.string), sapply(
    c("systemfit", "sandwich", "clubSandwich", "boot"), function(p) as.character(packageVersion(p)),
    simplify = FALSE)),
  data = d,
  same = same,
  welch = list(delta = unname(diff(rev(welch$estimate))), std_error = welch$stderr,
               df = unname(welch$parameter)),
  net_benefit = lapply(c(20000, 30000), nb),
  gamma = gamma_of(d$cost), some = gamma_of(d$some), two_parts = two_parts(),
  boot = list(indices = boot.array(b, indices = TRUE), drawn = b$t),
  intervals = list(t0 = big$t0, drawn = c(big$t), influence = influence,
                   percentile = ends$percent[4:5], bca = ends$bca[4:5]))
writeLines(toJSON(out, digits = 15, auto_unbox = TRUE, dataframe = "columns"))
