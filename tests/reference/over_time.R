# Reference values for tests/models/test_over_time.py: random slopes, and people crossed with
# neighbourhood x time, by lme4, lmerTest and pbkrtest. Run from the project's root:
#   Rscript tests/reference/over_time.R
# Writes sleepstudy of lme4 (Belenky et al. 2003, J Sleep Res 12:1-12) beside the values.
suppressMessages({library(lmerTest); library(pbkrtest); library(jsonlite)})
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5),
                     calc.derivs = FALSE, check.conv.singular = "ignore")
described <- function(formula, data, REML = TRUE, small = REML) {
  fit <- lmerTest::lmer(formula, data, REML = REML, control = tight)
  table <- summary(fit, ddf = "Satterthwaite")$coefficients
  v <- as.data.frame(VarCorr(fit))
  out <- list(estimate = unname(table[, 1]), std_error = unname(table[, 2]),
              df = unname(table[, 3]), variance = v$vcov,
              criterion = -2 * as.numeric(logLik(fit)))
  if (small) {
    k <- diag(length(fixef(fit)))
    out$adjusted_std_error <- sqrt(unname(diag(as.matrix(vcovAdj(fit)))))
    out$kenward_roger_df <- sapply(seq_len(nrow(k)), function(i) get_Lb_ddf(fit, k[i, ]))
  }
  c(lapply(out, signif, 10), list(variance_of = paste(v$grp, v$var1, v$var2)))
}
a1 <- do.call(rbind, lapply(1:24, function(i) {
  t <- 0:3
  t <- t[!(t > 0 & (7 * i + 5 * t) %% 6 == 0)]
  a <- as.numeric(i > 12)
  data.frame(id = i, arm = a, t = t,
             y = 40 + 2 * a + 1.5 * t + .8 * a * t + 5 * sin(3.1 * i) + 1.2 * cos(1.9 * i) * t +
               3 * sin(5.3 * i + 2.9 * t))
}))
data("sleepstudy", package = "lme4")
write.csv(sleepstudy, "tests/reference/sleepstudy.csv", row.names = FALSE, quote = FALSE)
g <- read.csv("tests/reference/nested_generated.csv")
crossed <- y ~ arm * factor(wave) + age + (1 | pid) + (1 | area) + (1 | area:wave)
# The same people with a shock to each neighbourhood at each wave, and a slope of each person.
g$shaken <- g$y + 2 * sin(3.7 * g$area + 2.3 * g$wave)
g$sloped <- g$y + 2.5 * g$wave * sin(1.3 * g$pid)
out <- list(
  versions = list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
                  lmerTest = as.character(packageVersion("lmerTest")),
                  pbkrtest = as.character(packageVersion("pbkrtest"))),
  sleep = described(Reaction ~ Days + (Days | Subject), sleepstudy),
  sleep_ml = described(Reaction ~ Days + (Days | Subject), sleepstudy, FALSE),
  sleep_uncorrelated = described(Reaction ~ Days + (Days || Subject), sleepstudy),
  a1_edge = described(y ~ arm * t + (t | id), a1),
  crossed_zero = described(crossed, g),
  crossed = described(update(crossed, shaken ~ .), g),
  crossed_ml = described(update(crossed, shaken ~ .), g, FALSE),
  sloped = described(sloped ~ arm * factor(wave) + age + (wave | pid) + (1 | area), g)
)
write_json(out, "tests/reference/over_time.json", digits = I(15), auto_unbox = TRUE, pretty = TRUE)
