# Who has no unit of a level stands by themselves in it; the effect of the arm is none there.
apart <- function(level, unit) ifelse(level == "", paste("none", unit), level)

mixed <- function(formula, d, REML)
  lmerTest::lmer(formula, d, REML = REML, control = lme4::lmerControl(
    optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5), calc.derivs = FALSE))

# One estimate of lme4; plain: with the standard error that is not adjusted for small samples.
lme4_row <- function(id, fit, contrast, rule, plain) {
  test <- lmerTest::contest1D(fit, contrast, ddf = rule)
  error <- if (plain) sqrt(drop(contrast %*% as.matrix(vcov(fit)) %*% contrast)) else
    test$`Std. Error`
  data.frame(estimate_id = id, estimate = test$Estimate, std_error = error, df = test$df)
}

unequal <- function(formula, d, random, by, method)
  do.call(nlme::lme, list(fixed = formula, data = d, random = random,
    weights = nlme::varIdent(form = by), method = method,
    control = nlme::lmeControl(tolerance = 1e-10, msTol = 1e-12, maxIter = 500, msMaxIter = 500)))

# One estimate of nlme.
nlme_row <- function(id, fit, contrast)
  data.frame(estimate_id = id, estimate = sum(contrast * nlme::fixef(fit)),
             std_error = sqrt(drop(contrast %*% fit$varFix %*% contrast)), df = NA)
pdIdent <- nlme::pdIdent
