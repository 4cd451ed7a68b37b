# Reference values for tests/models/test_glm.py. Run from the project's root:
#   Rscript tests/reference/glm.R
# 12 neighbourhoods of unequal size, two arms, two times: a binary, a count (with days observed), a
# skewed and an ordered outcome. glm gives the estimates; clubSandwich CR2 and Satterthwaite df of the
# contrasts that the delta method makes of marginal standardisation (emmeans: the same means, for one
# covariate); geepack and sandwich the plain sandwich, also with sampling weights; MASS::polr and
# VGAM (expected information) the proportional odds model.
suppressMessages({library(clubSandwich); library(sandwich); library(geepack); library(MASS)
                  library(VGAM); library(emmeans); library(jsonlite)})
make <- function() {
  rows <- list(); k <- 0
  for (g in 1:12) for (i in 1:(8 + (5 * g) %% 9)) {
    k <- k + 1; a <- as.numeric(g > 6); age <- 45 + 15 * sin(2.3 * k); sex <- as.numeric(k %% 3 == 0)
    u <- .8 * cos(3.7 * g)
    for (t in 0:1) {
      lin <- u + .4 * a - .3 * t + .9 * a * t + .03 * (age - 45) - .5 * sex
      s <- sin(5.1 * k + 2.7 * t)
      rows[[length(rows) + 1]] <- data.frame(
        id = k, g, a, t, age, sex, w = 1 + .6 * cos(1.3 * k), days = 20 + (7 * k + 3 * t) %% 15,
        bin = as.numeric(lin + 1.6 * s > 0), count = floor(exp(.6 + .4 * lin + .8 * s)),
        cost = exp(3 + .4 * lin + .9 * s),
        ord = findInterval(lin + 1.8 * s, c(-1.2, 0, 1.1)))
    }
  }
  do.call(rbind, rows)
}
d <- make()
d <- d[order(d$t, d$id), ]
tight <- glm.control(epsilon = 1e-15, maxit = 100)
cell <- function(fit, a, t, slope) {
  there <- d; there$a <- a; there$t <- t
  x <- model.matrix(delete.response(terms(fit)), there)
  eta <- as.numeric(x %*% coef(fit))
  list(value = mean(fit$family$linkinv(eta)), gradient = colMeans(fit$family$mu.eta(eta) * x))
}
asked <- function(formula, family, cluster) {
  # an offset is not in the model matrix: standardised means are for an exposure of 1
  fit <- glm(formula, family = family, data = d, control = tight)
  cells <- lapply(list(c(1, 1), c(1, 0), c(0, 1), c(0, 0)), function(at) cell(fit, at[1], at[2]))
  value <- sapply(cells, `[[`, "value"); gradient <- sapply(cells, `[[`, "gradient")
  sign <- c(1, -1, -1, 1)
  both <- list(difference = as.numeric(gradient %*% sign),
               ratio = as.numeric(gradient %*% (sign / value)))
  v <- vcovCR(fit, cluster = cluster, type = "CR2")
  read <- lapply(both, function(lead) {
    test <- linear_contrast(fit, vcov = v, contrasts = matrix(lead, 1), test = "Satterthwaite")
    list(std_error = test$SE, df = test$df)
  })
  read$difference$estimate <- sum(sign * value)
  read$ratio$estimate <- exp(sum(sign * log(value)))
  cr1 <- vcovCL(fit, cluster = cluster, type = "HC1", cadjust = TRUE)
  list(coef = unname(coef(fit)), cr2 = unname(sqrt(diag(v))), cr1 = unname(sqrt(diag(cr1))),
       means = value, deviance = deviance(fit), difference = read$difference, ratio = read$ratio,
       dispersion = sum(residuals(fit, "pearson")^2) / df.residual(fit))
}
binary <- asked(bin ~ a * t + age + sex, binomial(), d$g)
binary$by_person <- asked(bin ~ a * t + age + sex, binomial(), d$id)
count <- asked(count ~ a * t + age + sex + offset(log(days)), poisson(), d$g)
cost <- asked(cost ~ a * t + age + sex, Gamma("log"), d$g)
by_gee <- geeglm(bin ~ a * t + age + sex, family = binomial(), data = d[order(d$g), ], id = g,
                 corstr = "independence", control = geese.control(epsilon = 1e-12, maxit = 100))
weighted <- suppressWarnings(glm(bin ~ a * t + age + sex, family = quasibinomial(), data = d,
                                 weights = w / mean(w), control = tight))
w_cr1 <- vcovCL(weighted, cluster = d$g, type = "HC1", cadjust = TRUE)
one <- glm(bin ~ a * t + sex, family = binomial(), data = d, control = tight)
grid <- as.data.frame(emmeans(one, ~ a * t, at = list(a = 0:1, t = 0:1), cov.reduce = FALSE,
                              weights = "proportional", type = "response", regrid = "response"))
d$ordered <- factor(d$ord, ordered = TRUE)
polr_fit <- polr(ordered ~ a * t + age + sex, data = d, Hess = TRUE,
                 control = list(reltol = 1e-15, maxit = 1000))
vglm_fit <- vglm(ordered ~ a * t + age + sex, cumulative(parallel = TRUE, reverse = FALSE), data = d,
                 epsilon = 1e-13, maxit = 100)
free <- vglm(ordered ~ a * t + age + sex, cumulative(parallel = FALSE, reverse = FALSE), data = d,
             maxit = 200)
out <- list(
  versions = c(list(R = R.version.string), lapply(
    c(clubSandwich = "clubSandwich", sandwich = "sandwich", geepack = "geepack", MASS = "MASS",
      VGAM = "VGAM", emmeans = "emmeans"), function(p) as.character(packageVersion(p)))),
  data = list(n = nrow(d), bin = sum(d$bin), count = sum(d$count), cost = sum(d$cost),
              ord = sum(d$ord)),
  binary = binary, count = count, cost = cost,
  geepack = list(coef = unname(coef(by_gee)), cr0 = unname(sqrt(diag(by_gee$geese$vbeta)))),
  weighted = list(coef = unname(coef(weighted)), cr1 = unname(sqrt(diag(w_cr1)))),
  emmeans = list(a = grid$a, t = grid$t, mean = grid[[3]]),
  polr = list(slope = unname(coef(polr_fit)), threshold = unname(polr_fit$zeta),
              log_likelihood = as.numeric(logLik(polr_fit))),
  vglm = list(coef = unname(coef(vglm_fit)), std_error = unname(sqrt(diag(vcov(vglm_fit)))),
              lr_free = 2 * (logLik(free) - logLik(vglm_fit)),
              lr_df = length(coef(free)) - length(coef(vglm_fit)))
)
write_json(out, "tests/reference/glm.json", digits = I(12), auto_unbox = TRUE, pretty = TRUE)
