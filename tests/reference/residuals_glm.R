# Reference values for tests/models/test_residuals_linked.py. Run from the project's root:
#   Rscript tests/reference/residuals_glm.R
# The records of glm.R: hatvalues, Pearson's rstandard (by its formula, for the dispersion) and cooks.distance of glm (dispersion 1 for 0/1, Pearson's
# otherwise, also for counts: quasipoisson); probability-scale residuals (Li & Shepherd 2012) from the
# probabilities of MASS::polr.
suppressMessages({library(MASS); library(jsonlite)})
for (line in parse("tests/reference/glm.R")[2:4]) eval(line)  # make, d <- make(), its order
tight <- glm.control(epsilon = 1e-15, maxit = 100)
of <- function(formula, family, weights = NULL) {
  d$weight <- if (is.null(weights)) rep(1, nrow(d)) else weights
  fit <- suppressWarnings(glm(formula, family = family, data = d, weights = weight, control = tight))
  dispersion <- if (family$family == "binomial") 1 else summary(fit)$dispersion
  list(hatvalues = unname(hatvalues(fit)),
       rstandard = unname(residuals(fit, "pearson") / sqrt(dispersion * (1 - hatvalues(fit)))),
       cooks = unname(cooks.distance(fit, dispersion = dispersion)),
       fitted = unname(fitted(fit)))
}
d$ordered <- factor(d$ord, ordered = TRUE)
polr_fit <- polr(ordered ~ a * t + age + sex, data = d, Hess = TRUE,
                 control = list(reltol = 1e-15, maxit = 1000))
p <- predict(polr_fit, type = "probs")
at <- cbind(seq_len(nrow(d)), as.integer(d$ordered))
upto <- t(apply(p, 1, cumsum))
write_json(list(
  binary = of(bin ~ a * t + age + sex, binomial()),
  weighted = of(bin ~ a * t + age + sex, binomial(), d$w / mean(d$w)),
  count = of(count ~ a * t + age + sex + offset(log(days)), quasipoisson()),
  cost = of(cost ~ a * t + age + sex, Gamma("log")),
  ordered = list(probability_scale = unname(upto[at] - p[at] - (1 - upto[at])),
                 spread = unname(sqrt((1 - rowSums(p^3)) / 3))),
  versions = list(R = R.version.string, MASS = as.character(packageVersion("MASS")))),
  "tests/reference/residuals_glm.json", digits = I(12), auto_unbox = TRUE, pretty = FALSE)
