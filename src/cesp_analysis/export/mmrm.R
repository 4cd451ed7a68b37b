library(nlme)

repeated <- function(formula, d, correlation, weights, method)
  do.call(gls, list(model = formula, data = d, correlation = correlation, weights = weights,
    method = method, control = glsControl(maxIter = 500, msMaxIter = 2000, tolerance = 1e-12,
                                          msTol = 1e-14)))

# One estimate; by maximum likelihood gls prints variances times n / (n - k): taken back.
gls_row <- function(id, fit, contrast) {
  v <- fit$varBeta
  if (fit$method == "ML") v <- v * (1 - length(contrast) / fit$dims$N)
  data.frame(estimate_id = id, estimate = sum(contrast * coef(fit)),
             std_error = sqrt(drop(contrast %*% v %*% contrast)), df = NA)
}
