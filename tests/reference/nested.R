# Reference values for tests/models/test_nested.py. Run from the project's root:
#   Rscript tests/reference/nested.R
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest); library(jsonlite); library(HSAUR3)})
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5),
                     calc.derivs = FALSE, check.conv.singular = "ignore")
as_started <- lmerControl(optimizer = NULL, calc.derivs = FALSE)

# lme4's optimisers compare values of the deviance, which is flat at its top: they leave variances
# right to about 1e-7. Newton's steps on its differenced slope leave them right to about 1e-9.
polished <- function(formula, data, REML) {
  fit <- lme4::lmer(formula, data, REML = REML, control = tight)
  deviance_at <- lme4::lmer(formula, data, REML = REML, control = tight, devFunOnly = TRUE)
  theta <- unname(getME(fit, "theta"))
  theta[theta < 1e-5] <- 0
  free <- which(theta > 0)
  along <- function(part) { theta[free] <- part; deviance_at(theta) }
  steps <- list(d = 0.01, r = 6)
  if (length(free)) for (k in 1:3) {
    slope <- numDeriv::grad(along, theta[free], method.args = steps)
    curvature <- numDeriv::hessian(along, theta[free], method.args = steps)
    theta[free] <- theta[free] - solve(curvature, slope)
  }
  theta
}
# Kenward & Roger's adjusted standard errors, df of each coefficient and of all but the intercept at
# once, with its F (not scaled) and scaling.
kenward_roger <- function(fit) {
  adjusted <- vcovAdj(fit)
  k <- length(fixef(fit))
  df <- sapply(1:k, function(i) get_Lb_ddf(fit, diag(k)[i, ]))
  joint <- KRmodcomp(fit, diag(k)[-1, , drop = FALSE])$stats
  list(std_error = signif(sqrt(unname(diag(as.matrix(adjusted)))), 10), df = signif(df, 8),
       joint = lapply(list(f = joint$FstatU, scaling = joint$F.scaling, df = joint$ddf), signif, 8))
}
described <- function(formula, data, REML = TRUE) {
  start <- polished(formula, data, REML)
  fit <- lmerTest::lmer(formula, data, REML = REML, start = start, control = as_started)
  table <- summary(fit, ddf = "Satterthwaite")$coefficients
  v <- as.data.frame(VarCorr(fit))
  small <- if (REML) kenward_roger(fit)
  # digits that stay from run to run, save the last one of a few (with one BLAS thread too)
  list(names = rownames(table), estimate = signif(unname(table[, 1]), 10),
       std_error = signif(unname(table[, 2]), 10), df = signif(unname(table[, 3]), 7),
       variance = signif(v$vcov, 9), variance_of = v$grp,
       criterion = signif(-2 * as.numeric(logLik(fit)), 13), n = nobs(fit), kenward_roger = small)
}
a1 <- do.call(rbind, lapply(1:24, function(i) {
  t <- 0:3
  t <- t[!(t > 0 & (7 * i + 5 * t) %% 6 == 0)]
  a <- as.numeric(i > 12)
  data.frame(id = i, arm = a, t = t,
             y = 40 + 2 * a + 1.5 * t + .8 * a * t + 5 * sin(3.1 * i) + 1.2 * cos(1.9 * i) * t +
               3 * sin(5.3 * i + 2.9 * t))
}))
# Person in neighbourhood in location, 4 people in each of 24 neighbourhoods, 4 of those in each of
# 6 locations; `even`: the same with people who cancel out within their neighbourhood.
nested <- do.call(rbind, lapply(1:96, function(i) {
  t <- 0:2
  t <- t[!(t > 0 & (7 * i + 5 * t) %% 6 == 0)]
  near <- (i - 1) %/% 4
  place <- near %/% 4
  a <- near %% 2
  noise <- 2 * sin(5.3 * i + 2.9 * t)
  data.frame(id = i, near = near, place = place, arm = a, t = t,
             y = 50 + a + .5 * t + .7 * a * t + 4 * sin(2.1 * place) + 3 * sin(1.7 * near) +
               3 * sin(3.1 * i) + noise,
             even = 50 + a + .5 * t + .7 * a * t + c(4, -4, 2, -2)[(i - 1) %% 4 + 1] + noise)
}))
data("BtheB")
BtheB$subject <- factor(rownames(BtheB))
long <- reshape(BtheB, idvar = "subject", varying = c("bdi.2m", "bdi.3m", "bdi.5m", "bdi.8m"),
                direction = "long", v.names = "bdi", timevar = "time", times = c(2, 3, 5, 8))
btheb <- bdi ~ bdi.pre + time + treatment + drug + length + (1 | subject)
g <- read.csv("tests/reference/nested_generated.csv")
two <- y ~ arm * factor(wave) + age + (1 | pid) + (1 | area)
c05 <- read.csv("tests/reference/case05.csv")
c05$arm <- as.numeric(c05$site == "intervention")
out <- list(
  versions = list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
                  lmerTest = as.character(packageVersion("lmerTest")),
                  pbkrtest = as.character(packageVersion("pbkrtest")),
                  numDeriv = as.character(packageVersion("numDeriv")),
                  HSAUR3 = as.character(packageVersion("HSAUR3"))),
  a1_reml = described(y ~ arm * t + (1 | id), a1),
  a1_ml = described(y ~ arm * t + (1 | id), a1, FALSE),
  btheb_ml = described(btheb, long, FALSE),
  btheb_reml = described(btheb, long),
  generated_reml = described(two, g),
  generated_ml = described(two, g, FALSE),
  three_reml = described(y ~ arm * t + (1 | id) + (1 | near) + (1 | place), nested),
  three_ml = described(y ~ arm * t + (1 | id) + (1 | near) + (1 | place), nested, FALSE),
  even_reml = described(even ~ arm * t + (1 | id) + (1 | near), nested),
  case05 = described(change ~ arm + (1 | neighbourhood), c05)
)
write_json(out, "tests/reference/nested.json", digits = I(15), auto_unbox = TRUE, pretty = TRUE)
