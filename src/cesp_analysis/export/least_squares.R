# Least squares with a column for each unit: all other columns as deviations from the unit's mean.
absorbed <- function(formula, d, weights = NULL) {
  w <- if (is.null(substitute(weights))) rep(1, nrow(d)) else d$weight
  centred <- function(v) v - ave(v * w, d$unit, FUN = sum) / ave(w, d$unit, FUN = sum)
  x <- apply(model.matrix(formula, d)[, -1, drop = FALSE], 2, centred)  # no constant
  y <- centred(d$y)
  lm(y ~ 0 + x, weights = w)
}

# One estimate: the contrast of the coefficients, with the covariance that the model asks for.
least_squares <- function(id, fit, contrast, covariance, cluster, units = NULL) {
  x <- model.matrix(fit)
  w <- if (is.null(weights(fit))) rep(1, nrow(x)) else weights(fit)
  e <- residuals(fit)
  n <- nrow(x)
  k <- ncol(x)
  row <- data.frame(estimate_id = id, estimate = sum(contrast * coef(fit)))
  if (covariance == "classical") {
    row$std_error <- sqrt(drop(contrast %*% vcov(fit) %*% contrast))
    row$df <- n - k
    return(row)
  }
  if (covariance == "HC2") {
    bread <- solve(crossprod(x * sqrt(w)))
    rows <- x * w                                   # what a residual counts in the estimating equations
    gone <- 1 - hatvalues(fit)
    gone[gone < 1e-10] <- 1                         # a row that fits itself has no residual
    lead <- drop(rows %*% bread %*% contrast) / sqrt(gone)
    row$std_error <- sqrt(sum((lead * e)^2))
    cell <- as.integer(factor(apply(signif(x, 12), 1, paste, collapse = " ")))
    if (max(cell) == k && length(unique(w)) == 1) {  # a mean for each cell: Welch
      v <- tapply((lead * e)^2, cell, sum)
      row$df <- sum(v)^2 / sum(v^2 / (table(cell) - 1))
    } else {                                        # Bell and McCaffrey, errors of equal variance
      left <- diag(n) - x %*% bread %*% t(rows)     # residuals = left %*% errors
      g <- lead * left
      p <- tcrossprod(g)
      row$df <- sum(diag(p))^2 / sum(p^2)
    }
    return(row)
  }
  at <- which.max(abs(contrast))
  if (contrast[at] != 1 || any(contrast[-at] != 0)) {  # columns that have it as a coefficient
    turn <- diag(k)
    turn[at, ] <- contrast
    y <- model.response(model.frame(fit))
    z <- x %*% solve(turn)
    fit <- lm(y ~ 0 + z, weights = w)
  }
  type <- if (covariance == "CR1") "CR1S" else "CR2"
  test <- clubSandwich::coef_test(fit, clubSandwich::vcovCR(fit, cluster, type),
                                  test = "Satterthwaite", coefs = at)
  row$std_error <- test$SE
  if (covariance == "CR1" && !is.null(units))       # unit effects count as the one constant
    row$std_error <- test$SE * sqrt((n - k) / (n - k - 1))
  row$df <- test$df_Satt
  row
}
