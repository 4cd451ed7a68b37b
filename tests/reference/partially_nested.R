# Reference values for tests/models/test_partially_nested.py. Run from the project's root:
#   Rscript tests/reference/partially_nested.R
# Vector A2: 8 workers with 10 people each in the intervention arm, 80 people without one; and A1 with
# a residual variance for each time. lme4, lmerTest and pbkrtest have equal residual variances; nlme
# the unequal ones (its own df are not Satterthwaite's and are left out).
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest); library(nlme)
                  library(jsonlite)})
k <- 1:160
base <- 50 + 9 * sin(1.7 * k)
j <- (k - 1) %/% 10
u <- c(7.4, -5.1, 2.2, -8.3, 9.6, -1.0, 4.1, -8.9)
arm <- as.numeric(k <= 80)
y <- ifelse(arm == 1, 30 + .45 * base + 3 + u[pmin(j, 7) + 1] + 7 * sin(2.3 * k + .4 * j),
            30 + .45 * base + 5 * sin(2.3 * k))
d <- data.frame(k, arm, base, y, cluster = ifelse(arm == 1, paste0("w", j), paste0("p", k)))
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5),
                     calc.derivs = FALSE)
one <- lmerTest::lmer(y ~ arm + base + (0 + arm | cluster), d, control = tight)
at <- summary(one, ddf = "Satterthwaite")$coefficients
lead <- c(0, 1, 0)
v <- as.data.frame(VarCorr(one))$vcov
by_arm <- lme(y ~ arm + base, d, random = list(cluster = pdIdent(~ 0 + arm)),
              weights = varIdent(form = ~ 1 | arm),
              control = lmeControl(tolerance = 1e-12, msTol = 1e-14, maxIter = 500, msMaxIter = 500))
described <- function(fit, names) {
  ratio <- coef(fit$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)[names]
  list(estimate = unname(fixef(fit)), std_error = unname(sqrt(diag(vcov(fit)))),
       variance = as.numeric(VarCorr(fit)[1, 1]), residual = unname((fit$sigma * ratio)^2),
       log_likelihood = as.numeric(logLik(fit)))
}
a1 <- do.call(rbind, lapply(1:24, function(i) {
  t <- 0:3
  t <- t[!(t > 0 & (7 * i + 5 * t) %% 6 == 0)]
  a <- as.numeric(i > 12)
  data.frame(id = i, arm = a, t = t,
             y = 40 + 2 * a + 1.5 * t + .8 * a * t + 5 * sin(3.1 * i) + 1.2 * cos(1.9 * i) * t +
               3 * sin(5.3 * i + 2.9 * t))
}))
by_time <- lme(y ~ arm * t, a1, random = ~ 1 | id, weights = varIdent(form = ~ 1 | t),
               control = lmeControl(tolerance = 1e-12, msTol = 1e-14, maxIter = 500,
                                    msMaxIter = 500))
out <- list(
  versions = list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
                  lmerTest = as.character(packageVersion("lmerTest")),
                  pbkrtest = as.character(packageVersion("pbkrtest")),
                  nlme = as.character(packageVersion("nlme"))),
  one_residual = list(
    estimate = unname(fixef(one)), std_error = unname(at[, 2]), df = unname(at[, 3]),
    variance = v, criterion = REMLcrit(one),
    kenward_roger = list(std_error = sqrt(unname(diag(as.matrix(vcovAdj(one))))),
                         df = sapply(1:3, function(i) get_Lb_ddf(one, diag(3)[i, ])))),
  by_arm = described(by_arm, c("0", "1")),
  by_time = described(by_time, c("0", "1", "2", "3"))
)
write_json(out, "tests/reference/partially_nested.json", digits = I(10), auto_unbox = TRUE,
           pretty = TRUE)
