# Weights that make the two groups alike, with their derivative by what was estimated for them and how
# each record pulls that: entropy balancing (its dual by optim, Newton's last digits), or a logistic
# propensity by glm.
weigh <- function(x, treated, way, s) {
  z <- cbind(1, scale(x))
  t <- as.numeric(treated)
  if (way == "entropy") {
    total <- colSums(z * s * t)
    part <- function(l) s * (1 - t) * exp(drop(z %*% l))
    slope <- function(l) colSums(z * part(l)) - total
    l <- optim(c(log(sum(s * t) / sum(s * (1 - t))), rep(0, ncol(z) - 1)),
               function(l) sum(part(l)) - sum(l * total), slope, method = "BFGS",
               control = list(reltol = 1e-14, maxit = 1000))$par
    for (i in 1:5) l <- l - solve(crossprod(z, z * part(l)), slope(l))
    u <- drop(z %*% l)
    score <- s * (t - (1 - t) * exp(u))
    curvature <- part(l)
  } else {
    fit <- glm.fit(z, t, weights = s, family = quasibinomial(),
                   control = list(epsilon = 1e-15, maxit = 100))
    u <- drop(z %*% coef(fit))
    score <- s * (t - plogis(u))
    curvature <- s * plogis(u) * (1 - plogis(u))
  }
  e <- plogis(u)
  value <- switch(way, entropy = , att = t + (1 - t) * exp(u), ate = t / e + (1 - t) / (1 - e),
                  overlap = t * (1 - e) + (1 - t) * e)
  slope <- switch(way, entropy = , att = (1 - t) * exp(u), ate = (1 - t) * exp(u) - t / exp(u),
                  overlap = (1 - 2 * t) * e * (1 - e))
  list(weight = s * value, slope = z * s * slope, z = z,
       lean = (z * score) %*% solve(crossprod(z, z * curvature)))
}

# A weighted mean of a group: its pull has what the group does to the weights in it.
mean_of <- function(y, group, w) {
  weight <- ifelse(group, w$weight, 0)
  lead <- weight / sum(weight)
  mean <- sum(lead * y)
  moved <- colSums(w$slope * group * (y - mean)) / sum(weight)
  list(mean = mean, lead = lead, pull = lead * (y - mean) + drop(w$lean %*% moved))
}

weighted_change <- function(y, arm, x, way, s) {
  w <- weigh(x, arm == 1, way, s)
  one <- mean_of(y, arm == 1, w)
  other <- mean_of(y, arm == 0, w)
  list(estimate = one$mean - other$mean, pull = one$pull - other$pull, lead = one$lead + other$lead,
       strata = 2 - arm, regressed = c(FALSE, way == "entropy"), z = w$z)
}

weighted_cross_sections <- function(y, arm, after, x, way, s) {
  cell <- 1 + 2 * (1 - arm) + after
  target <- list(weight = s, slope = matrix(0, length(y), 1), lean = matrix(0, length(y), 1))
  means <- list(mean_of(y, cell == 1, target))
  for (c in 2:4) {
    rows <- cell %in% c(1, c)
    own <- mean_of(y[rows], cell[rows] == c,
                   weigh(x[rows, , drop = FALSE], cell[rows] == 1, way, s[rows]))
    full <- function(v) replace(numeric(length(y)), rows, v)
    means[[c]] <- list(mean = own$mean, lead = full(own$lead), pull = full(own$pull))
  }
  sign <- c(-1, 1, 1, -1)
  sum_of <- function(name, by) Reduce(`+`, Map(function(m, b) b * m[[name]], means, by))
  list(estimate = sum_of("mean", sign), pull = sum_of("pull", sign), lead = sum_of("lead", rep(1, 4)),
       strata = cell, regressed = c(FALSE, rep(way == "entropy", 3)), z = cbind(1, scale(x)))
}

# Doubly robust, improved (Sant'Anna & Zhao 2020): regressions by the weights, which then need no
# correction for what was estimated.
dr_change <- function(y, arm, x, s) {
  w <- weigh(x, arm == 1, "entropy", s)
  own <- lm.wfit(w$z[arm == 0, ], y[arm == 0], w$weight[arm == 0])
  e <- y - drop(w$z %*% coef(own))
  share <- arm * w$weight / sum((arm * w$weight))
  other <- (1 - arm) * w$weight / sum((1 - arm) * w$weight)
  list(estimate = sum((share - other) * e), pull = share * (e - sum(share * e)) - other * e,
       lead = share + other, strata = 2 - arm, regressed = c(FALSE, TRUE), z = w$z)
}

dr_cross_sections <- function(y, arm, after, x, s) {
  w <- weigh(x, arm == 1, "entropy", s)
  cell <- 1 + 2 * (1 - arm) + after
  sign <- c(-1, 1, 1, -1)
  pull <- lead <- effect <- numeric(length(y))
  for (c in 1:4) {
    rows <- cell == c
    predicted <- drop(w$z %*% coef(lm.wfit(w$z[rows, ], y[rows], w$weight[rows])))
    lead[rows] <- w$weight[rows] / sum(w$weight[rows])
    pull[rows] <- sign[c] * lead[rows] * (y[rows] - predicted[rows])
    effect <- effect + sign[c] * predicted
  }
  share <- arm * w$weight / sum(arm * w$weight)
  estimate <- sum(share * effect)
  list(estimate = estimate, pull = pull + share * (effect - estimate), lead = lead, strata = cell,
       regressed = rep(TRUE, 4), z = w$z)
}

# A stratum's part of the variance and its df: residuals' covariance M is formed in full.
variance_of <- function(pull, lead, z) {
  left <- diag(length(lead)) - z %*% solve(crossprod(z, z * lead), t(z * lead))
  m <- tcrossprod(left)
  kept <- diag(m)
  seen <- kept > 1e-10                    # a record that fits itself shows no error
  share <- sum(lead[seen]^2) / sum(lead^2)
  square <- ifelse(seen, lead^2 / ifelse(seen, kept, 1), 0)
  p <- t(t(m) * square)
  c(sum((pull^2 / kept)[seen]) / share, sum(diag(p))^2 / sum(p * t(p)))
}

weighted_row <- function(id, found, arm, cluster = NULL) {
  if (is.null(cluster)) {
    parts <- sapply(seq_along(found$regressed), function(c) {
      rows <- found$strata == c
      z <- if (found$regressed[c]) found$z[rows, , drop = FALSE] else matrix(1, sum(rows), 1)
      variance_of(found$pull[rows], found$lead[rows], z)
    })
  } else {
    pull <- tapply(found$pull, cluster, sum)
    share <- tapply(abs(found$lead), cluster, sum)
    side <- tapply(arm, cluster, mean)
    if (any(side %% 1 != 0)) side[] <- 0  # clusters across the arms
    parts <- sapply(unique(side), function(v) variance_of(
      as.vector(pull[side == v]), as.vector(share[side == v]), matrix(1, sum(side == v), 1)))
  }
  variance <- sum(parts[1, ])
  data.frame(estimate_id = id, estimate = found$estimate, std_error = sqrt(variance),
             df = variance^2 / sum(parts[1, ]^2 / parts[2, ]))
}

# Columns, and the squares of those that are numbers, about their means.
with_squares <- function(x) {
  numbers <- apply(x, 2, function(v) !all(v %in% c(0, 1)))
  cbind(x, sweep(x[, numbers, drop = FALSE], 2, colMeans(x[, numbers, drop = FALSE]))^2)
}
