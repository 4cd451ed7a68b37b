# What a model predicts on average if everybody were in an arm at a time (a site by its share of the
# arm): value and derivative by the coefficients. predict: columns -> value (n), gradient (n, k).
standardised <- function(predict, fixed, d, arm, time, over, sites) {
  w <- d$weight[over] / sum(d$weight[over])
  at <- function(site) {
    there <- d[over, , drop = FALSE]
    there$arm <- arm
    there$time <- time
    if (sites) there$site <- site
    found <- predict(model.matrix(fixed, there))
    c(sum(w * found$value), colSums(w * found$gradient))
  }
  if (!sites) return(at(NULL))
  own <- d[d$arm == arm, ]
  share <- tapply(own$weight, own$site, sum) / sum(own$weight)
  Reduce(`+`, Map(function(site, part) part * at(site), names(share), share))
}

# One difference in differences of such means, or their ratio of ratios (by the logarithm). `white`:
# the model at its solution as least squares, which the covariance is read from.
standardised_row <- function(id, predict, fixed, d, times, over, sites, ratio, white, covariance,
                             cluster) {
  cells <- mapply(function(arm, time) standardised(predict, fixed, d, arm, times[time], over, sites),
                  c(1, 1, 0, 0), c(2, 1, 2, 1))
  if (ratio) cells <- apply(cells, 2, function(v) c(log(v[1]), v[-1] / v[1]))
  found <- drop(cells %*% c(1, -1, -1, 1))
  row <- least_squares(id, white, found[-1], covariance, cluster)
  row$estimate <- if (ratio) exp(found[1]) else found[1]
  row$std_error <- row$std_error * if (ratio) exp(found[1]) else 1
  row$ratio <- ratio
  row
}

# A glm at its solution as least squares of Pearson residuals.
whitened <- function(fit, d) {
  eta <- fit$linear.predictors
  spread <- sqrt(fit$family$variance(fitted(fit)))
  e <- (fit$y - fitted(fit)) / spread
  z <- model.matrix(fit) * (fit$family$mu.eta(eta) / spread)
  lm(e ~ 0 + z, weights = d$weight)
}

glm_predict <- function(fit) function(x) {
  eta <- drop(x %*% coef(fit))
  list(value = fit$family$linkinv(eta), gradient = fit$family$mu.eta(eta) * x)
}

# Proportional odds by maximum likelihood: P(Y <= c_k) = plogis(threshold_k - x'slope).
ordered_fit <- function(fixed, d) {
  x <- model.matrix(fixed, d)[, -1, drop = FALSE]
  scores <- sort(unique(d$y))
  at <- match(d$y, scores)
  cuts <- length(scores) - 1
  upto <- function(p) cbind(0, plogis(outer(-drop(x %*% p[-(1:cuts)]), p[1:cuts], `+`)), 1)
  own <- cbind(seq_along(at), at)
  nextto <- cbind(seq_along(at), at + 1)
  loss <- function(p) {
    u <- upto(p)
    each <- u[nextto] - u[own]
    if (min(each) <= 0) Inf else -sum(d$weight * log(each))
  }
  slope <- function(p) {
    u <- upto(p)
    g <- u * (1 - u)                     # by the threshold
    each <- d$weight / (u[nextto] - u[own])
    up <- g[nextto] * each
    down <- g[own] * each
    by_cut <- sapply(1:cuts, function(k) sum(down[at == k + 1]) - sum(up[at == k]))
    c(by_cut, colSums(x * (up - down)))
  }
  share <- cumsum(tapply(d$weight, at, sum))[1:cuts] / sum(d$weight)
  p <- c(qlogis(share), rep(0, ncol(x)))
  scale <- c(rep(1, cuts), 1 / apply(x, 2, function(v) max(abs(v))))
  for (i in 1:4) p <- optim(p, loss, slope, method = "BFGS", control = list(
    reltol = 1e-16, maxit = 2000, parscale = scale))$par
  list(coef = unname(p), x = x, cuts = cuts, scores = scores, at = at, upto = upto(p))
}

# The same at its solution as least squares, a row a record and category, a record's rows together.
ordered_whitened <- function(fit, d) {
  k <- fit$cuts
  p <- t(apply(fit$upto, 1, diff))
  g <- fit$upto * (1 - fit$upto)
  rows <- lapply(seq_along(fit$at), function(i) {
    by_cut <- diff(rbind(0, diag(g[i, 1 + 1:k], k), 0))
    z <- cbind(by_cut, -diff(g[i, ]) %o% fit$x[i, ])
    list(e = ((1:(k + 1) == fit$at[i]) - p[i, ]) / sqrt(p[i, ]), z = z / sqrt(p[i, ]))
  })
  e <- unlist(lapply(rows, `[[`, "e"))
  z <- do.call(rbind, lapply(rows, `[[`, "z"))
  lm(e ~ 0 + z, weights = rep(d$weight, each = k + 1))
}

# The mean score, or the probability of `cut` or more where there is one.
ordered_predict <- function(fit, cut = NULL) function(x) {
  k <- fit$cuts
  x <- x[, -1, drop = FALSE]
  above <- plogis(outer(drop(x %*% fit$coef[-(1:k)]), fit$coef[1:k], `-`))
  by <- if (is.null(cut)) diff(fit$scores) else as.numeric(1:k == match(TRUE, fit$scores[-1] >= cut))
  g <- sweep(above * (1 - above), 2, by, `*`)
  start <- if (is.null(cut)) fit$scores[1] else 0
  list(value = start + drop(above %*% by), gradient = cbind(-g, rowSums(g) * x))
}
