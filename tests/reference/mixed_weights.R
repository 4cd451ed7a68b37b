# Reference values for tests/models/test_mixed_weights.py: weights as precisions, by lme4 and
# lmerTest. Run from the project's root: Rscript tests/reference/mixed_weights.R
# pbkrtest is no reference here: its matrix of the residuals is the identity whatever the weights
# (get_SigmaG), and its df of a change would be 609 where the records allow 317; the tests hold
# Kenward-Roger with weights to the definition, by dense matrices (test_nested_df.py).
suppressMessages({library(lmerTest); library(jsonlite)})
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5),
                     calc.derivs = FALSE, check.conv.singular = "ignore")
g <- read.csv("tests/reference/nested_generated.csv")
g$w <- 0.5 + (seq_len(nrow(g)) - 1) %% 7 / 3
described <- function(REML) {
  fit <- lmerTest::lmer(y ~ arm * factor(wave) + age + (1 | pid) + (1 | area), g, weights = w,
                        REML = REML, control = tight)
  table <- summary(fit, ddf = "Satterthwaite")$coefficients
  out <- list(estimate = unname(table[, 1]), std_error = unname(table[, 2]),
              df = unname(table[, 3]), variance = as.data.frame(VarCorr(fit))$vcov,
              criterion = -2 * as.numeric(logLik(fit)))
  lapply(out, signif, 10)
}
out <- list(versions = list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
                            lmerTest = as.character(packageVersion("lmerTest"))),
            reml = described(TRUE), ml = described(FALSE))
write_json(out, "tests/reference/mixed_weights.json", digits = I(15), auto_unbox = TRUE,
           pretty = TRUE)
