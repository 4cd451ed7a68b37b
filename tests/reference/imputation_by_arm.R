# Reference values for tests/missing/test_mice_by_arm.py. Run from the project's root (minutes):
#   Rscript tests/reference/imputation_by_arm.R
# Makes imputation_by_arm.csv: two arms of 120 people, a baseline and an age that all have, an interim
# and a last score, a yes or no, four ordered categories; gaps depend on the baseline, in opposite ways
# in the arms. Each arm apart, m times: mice imputes the scores by norm or by pmm from each other,
# age and baseline; then, from the scores, the yes or no by glm and the categories by polr, with
# parameters drawn from their estimated covariance, and both again by mice's own logreg and polr,
# which add weighted records (and polr draws no parameters). Differences between arms are pooled by
# mice's pool.scalar: estimate, variances within and between sets, df of Barnard and Rubin, fraction
# of missing information.
suppressMessages({library(mice); library(MASS); library(jsonlite)})
set.seed(1999)
n <- 120; m <- 300
arm <- rep(0:1, each = n)
age <- round(rnorm(2 * n, 60, 8)); u <- rnorm(2 * n, 0, 3)
y0 <- 25 + .05 * age + u + rnorm(2 * n, 0, 3)
y1 <- 26 + .05 * age + u + 1.5 * arm + rnorm(2 * n, 0, 3)
y2 <- 27 + .05 * age + u + 3 * arm + rnorm(2 * n, 0, 3)
b <- rbinom(2 * n, 1, plogis(.15 * (y2 - 30) + .3 * arm))
o <- findInterval(.2 * (y2 - 30) + rlogis(2 * n), c(-1.2, .2, 1.5))
d <- data.frame(arm, age, y0, y1, y2, b, o)
d[3:5] <- round(d[3:5], 2)
z <- scale(y0)[, 1] * (2 * arm - 1)
for (j in c("y2", "b", "o")) d[[j]][runif(2 * n) < plogis(-1 + .7 * z)] <- NA
d$y1[runif(2 * n) < .15] <- NA
write.csv(d, "tests/reference/imputation_by_arm.csv", row.names = FALSE, na = "")
drawn_logit <- function(y, x, at) {
  fit <- glm(y ~ x, binomial)
  beta <- mvrnorm(1, coef(fit), vcov(fit))
  rbinom(nrow(at), 1, plogis(cbind(1, at) %*% beta))
}
drawn_order <- function(y, x, at) {
  z <- scale(rbind(x, at)); x <- z[seq_len(nrow(x)), ]; at <- z[-seq_len(nrow(x)), , drop = FALSE]
  fit <- polr(factor(y) ~ x, Hess = TRUE)
  theta <- mvrnorm(1, c(coef(fit), fit$zeta), vcov(fit))
  p <- ncol(x)
  below <- plogis(outer(drop(-at %*% theta[1:p]), theta[-(1:p)], "+"))
  rowSums(runif(nrow(at)) > below)
}
with_categories <- function(k, own) { # k: completed scores of one arm; own: its rows with gaps
  x <- as.matrix(k[c("age", "y0", "y1", "y2")])
  for (name in c("b", "o")) {
    y <- own[[name]]; gone <- is.na(y)
    plain <- if (name == "b") drawn_logit else drawn_order
    k[[name]] <- y; k[[name]][gone] <- plain(y[!gone], x[!gone, ], x[gone, ])
    theirs <- if (name == "b") mice.impute.logreg(factor(y), !gone, x) else
      mice.impute.polr(factor(y, ordered = TRUE), !gone, x)
    k[[paste0(name, "2")]] <- y
    k[[paste0(name, "2")]][gone] <- as.numeric(as.character(theirs))
  }
  k
}
analyses <- function(k) {
  two <- function(fit) c(coef(fit)[["arm"]], vcov(fit)["arm", "arm"])
  cbind(two(lm(I(y2 - y0) ~ arm, k)), two(lm(y2 ~ arm + y0 + age, k)), two(lm(y1 ~ arm, k)),
        two(lm(b ~ arm, k)), two(lm(o ~ arm, k)), two(lm(b2 ~ arm, k)), two(lm(o2 ~ arm, k)))
}
df_complete <- 2 * n - c(2, 4, 2, 2, 2, 2, 2)
both_arms <- function(score, seed) {
  scores <- c("age", "y0", "y1", "y2")
  apart <- lapply(0:1, function(a) mice(d[d$arm == a, scores], m = m, maxit = 10, seed = seed + a,
                                        method = c("", "", score, score), printFlag = FALSE))
  set.seed(seed + 2)
  sets <- lapply(1:m, function(i) analyses(do.call(rbind, lapply(0:1, function(a)
    cbind(arm = a, with_categories(complete(apart[[a + 1]], i), d[d$arm == a, ]))))))
  q <- t(sapply(sets, function(a) a[1, ])); u <- t(sapply(sets, function(a) a[2, ]))
  lapply(seq_along(df_complete), function(j) {
    p <- pool.scalar(q[, j], u[, j], n = df_complete[j] + 1, k = 1)
    list(estimate = p$qbar, within = p$ubar, between = p$b, df = p$df, fmi = p$fmi)
  })
}
write_json(list(
  versions = list(R = R.version.string, mice = as.character(packageVersion("mice")),
                  MASS = as.character(packageVersion("MASS"))),
  m = m, norm = both_arms("norm", 3), pmm = both_arms("pmm", 6)
), "tests/reference/imputation_by_arm.json", digits = NA, auto_unbox = TRUE, pretty = FALSE)
