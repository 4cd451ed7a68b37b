# Trials that randomise people within locations, link workers in one arm alone: lmerTest
# (Satterthwaite) with one residual variance, nlme with one for each arm. Data by formula, the same in
# tests/planned_individuals.py. From the project's root:
#   Rscript tests/reference/planning_individuals.R
suppressMessages({library(lmerTest); library(nlme); library(jsonlite)})
trial <- function(sizes, controls, workers, spread, wide = 0, far = 0) {
  served <- do.call(rbind, lapply(seq_along(sizes), function(u) data.frame(
    j = (u - 1) %/% workers + 1, w = (u - 1) %% workers + 1, i = seq_len(sizes[u]), arm = 1)))
  alone <- do.call(rbind, lapply(seq_along(controls), function(j) data.frame(
    j = j, w = 0, i = seq_len(controls[j]), arm = 0)))
  d <- rbind(served, alone)
  d$x <- with(d, 50 + 4 * sin(1.7 * j) + 9 * sin(2.3 * i + .9 * w + 1.3 * j))
  d$y <- with(d, 20 + .5 * x + 3 * arm + 2 * sin(2 * j) + far * sin(2 * j + 1) * arm +
    spread * sin(2.9 * w + 1.1 * j) * arm + (7 + wide * arm) * sin(1.3 * i * i + 2.1 * w + .7 * j))
  d$place <- factor(d$j)
  d$worker <- factor(ifelse(d$arm == 1, paste(d$j, d$w), paste(d$j, "none", d$i)))
  d
}
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12))
one <- function(d, more = "") {
  f <- as.formula(paste("y ~ arm + x + place + (0 + arm | worker)", more))
  m <- suppressMessages(lmer(f, d, control = control))
  v <- as.data.frame(VarCorr(m))
  list(arm = unname(summary(m)$coefficients["arm", 1:3]), variances = v$vcov, names = v$grp)
}
two <- function(d) {
  m <- lme(y ~ arm + x + place, d, random = ~ 0 + arm | worker, weights = varIdent(form = ~ 1 | arm),
           control = lmeControl(tolerance = 1e-12, msTol = 1e-12, maxIter = 500, msMaxIter = 500))
  ratio <- coef(m$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)
  s <- m$sigma^2 * ratio^2
  list(arm = unname(summary(m)$tTable["arm", 1:2]),
       variances = unname(c(as.numeric(getVarCov(m)), s["1"], s["0"])))
}
alike <- rep(6, 12); n <- rep(15, 4)
vary <- c(4, 7, 3, 9, 5, 2, 8, 6, 4, 10, 3, 6); some <- c(12, 18, 9, 15)
out <- list(alike = one(trial(alike, n, 3, 5)), alike_none = one(trial(alike, n, 3, 0)),
  unequal = one(trial(vary, some, 3, 5)), unequal_none = one(trial(vary, some, 3, 0)),
  differs = one(trial(alike, n, 3, 4, far = 6), "+ (0 + arm | place)"),
  alike_by_arm = two(trial(alike, n, 3, 6, wide = 4)),
  unequal_by_arm = two(trial(vary, some, 3, 6, wide = 4)),
  versions = list(R = R.version.string, lme4 = format(packageVersion("lme4")),
    lmerTest = format(packageVersion("lmerTest")), nlme = format(packageVersion("nlme"))))
write_json(out, "tests/reference/planning_individuals.json", digits = 14, auto_unbox = TRUE, pretty = 1)
