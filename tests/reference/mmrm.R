# Reference values for tests/models/test_mmrm_engine.py. Run from the project's root:
#   Rscript tests/reference/mmrm.R
# nlme's gls: every structure, REML and ML, estimates and standard errors that are not adjusted (it
# has neither Kenward-Roger nor Satterthwaite). Toeplitz correlations of 4 times are those of an
# autoregressive process of order 3. pbkrtest and lmerTest: Kenward-Roger (expected information) and
# Satterthwaite (observed) of compound symmetry, which a random intercept is.
suppressMessages({library(nlme); library(lme4); library(lmerTest); library(pbkrtest); library(jsonlite)})
tight <- glsControl(maxIter = 500, msMaxIter = 2000, tolerance = 1e-12, msTol = 1e-14, msVerbose = FALSE)
# 40 people at up to 4 times; a person's answers: a level, a slope and noise that grows with time
own <- do.call(rbind, lapply(1:40, function(i) {
  t <- 0:3
  t <- t[!(t > 0 & (7 * i + 5 * t) %% 6 == 0)]
  a <- as.numeric(i > 20)
  data.frame(id = i, arm = a, t = t, age = 40 + 10 * sin(2.3 * i),
             y = 40 + a + 1.5 * t + .8 * a * t + 4 * sin(3.1 * i) + 1.2 * cos(1.9 * i) * t +
               (2 + .5 * t) * sin(5.3 * i + 2.9 * t))
}))
own <- own[order(own$id, own$t), ]
own$time <- factor(own$t)
wide <- read.csv("examples/beat_the_blues/data/raw/btheb.csv")
names(wide)[names(wide) == "bdi.pre"] <- "bdi.0m"
long <- do.call(rbind, lapply(0:4, function(k) {
  month <- c("0m", "2m", "3m", "5m", "8m")[k + 1]
  data.frame(id = wide$subject, arm = as.numeric(wide$treatment == "BtheB"), t = k,
             age = as.numeric(wide$drug == "Yes"), y = wide[[paste0("bdi.", month)]])
}))
long <- long[!is.na(long$y), ]
long <- long[order(long$id, long$t), ]
long$time <- factor(long$t)

structures <- list(
  unstructured = list(corSymm(form = ~ t | id), varIdent(form = ~ 1 | time)),
  compound_symmetry = list(corCompSymm(form = ~ t | id), NULL),
  heterogeneous_compound_symmetry = list(corCompSymm(form = ~ t | id), varIdent(form = ~ 1 | time)),
  ar1 = list(corAR1(form = ~ t | id), NULL),
  heterogeneous_ar1 = list(corAR1(form = ~ t | id), varIdent(form = ~ 1 | time)),
  toeplitz = list(corARMA(c(.4, .1, .1), form = ~ t | id, p = 3), NULL),
  heterogeneous_toeplitz = list(corARMA(c(.4, .1, .1), form = ~ t | id, p = 3),
                                varIdent(form = ~ 1 | time))
)
model <- y ~ arm * time + age
described <- function(data, structure, method) {
  parts <- structures[[structure]]
  shift <- data
  shift$t <- shift$t + 1
  fit <- gls(model, shift, correlation = parts[[1]], weights = parts[[2]], method = method,
             control = tight)
  # gls multiplies its ML variances by n / (n - k), which is no maximum likelihood: taken back
  shrink <- if (method == "ML") 1 - length(coef(fit)) / nrow(data) else 1
  list(names = names(coef(fit)), estimate = signif(unname(coef(fit)), 10),
       std_error = signif(unname(sqrt(diag(fit$varBeta) * shrink)), 9),
       criterion = signif(-2 * as.numeric(logLik(fit)), 13), n = nrow(data))
}
both <- function(data, structure) {
  list(REML = described(data, structure, "REML"), ML = described(data, structure, "ML"))
}
# Later times adjusted for baseline and drug, each time with effects of its own
first <- long[long$t == 0, ]
later <- long[long$t > 0, ]
later$base <- first$y[match(later$id, first$id)]
later$time <- droplevels(later$time)
visits <- gls(y ~ 0 + time + time:arm + time:base + time:age, later,
              correlation = corSymm(form = ~ t | id), weights = varIdent(form = ~ 1 | time),
              control = tight)
effects <- paste0("time", 1:4, ":arm")
random <- lmerTest::lmer(y ~ arm * time + age + (1 | id), own, control = lmerControl(
  optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5), calc.derivs = FALSE))
adjusted <- vcovAdj(random)
columns <- diag(length(fixef(random)))
out <- list(
  versions = list(R = R.version.string, nlme = as.character(packageVersion("nlme")),
                  lme4 = as.character(packageVersion("lme4")),
                  lmerTest = as.character(packageVersion("lmerTest")),
                  pbkrtest = as.character(packageVersion("pbkrtest"))),
  own = lapply(setNames(names(structures), names(structures)), function(s) both(own, s)),
  btheb = list(unstructured = both(long, "unstructured"),
               heterogeneous_ar1 = both(long, "heterogeneous_ar1")),
  baseline_as_covariate = list(
    estimate = signif(unname(coef(visits)[effects]), 9),
    std_error = signif(unname(sqrt(diag(visits$varBeta))[effects]), 9),
    criterion = signif(-2 * as.numeric(logLik(visits)), 13), n = nrow(later)),
  random_intercept = list(
    names = names(fixef(random)), estimate = signif(unname(fixef(random)), 9),
    kenward_roger_se = signif(unname(sqrt(diag(as.matrix(adjusted)))), 8),
    kenward_roger_df = signif(apply(columns, 1, function(l) Lb_ddf(l, vcov(random), adjusted)), 7),
    satterthwaite_df = signif(unname(summary(random)$coefficients[, "df"]), 7),
    criterion = signif(REMLcrit(random), 12))
)
write_json(out, "tests/reference/mmrm.json", digits = I(15), auto_unbox = TRUE, pretty = TRUE)
