# Reference values for tests/few_sites/test_bracket.py. From the project's root:
#   Rscript tests/reference/bracket.R
# t.test (Welch) and lm for the two ends, clubSandwich for ANCOVA's HC2 and its df (rows as
# clusters), lmerTest and pbkrtest for the mixed model of two complete times.
suppressMessages({library(clubSandwich); library(lmerTest); library(pbkrtest); library(jsonlite)})
digits <- function(x, n = 12) signif(unname(x), n)
people <- read.csv("tests/reference/people.csv")
people$arm <- as.numeric(people$site == "intervention")
people$change <- people$follow_up - people$baseline
within <- function(x) x - ave(x, people$arm)
welch <- t.test(change ~ I(1 - arm), people)
pooled <- t.test(change ~ I(1 - arm), people, var.equal = TRUE)
ancova <- lm(follow_up ~ arm + baseline, people)
robust <- coef_test(ancova, vcovCR(ancova, seq_len(nrow(people)), "CR2"), test = "Satterthwaite")
long <- data.frame(person = rep(people$person, 2), arm = rep(people$arm, 2),
                   late = rep(0:1, each = nrow(people)), y = c(people$baseline, people$follow_up))
regression <- lm(y ~ arm * late, long)
mixed <- lmer(y ~ arm * late + (1 | person), long, control = lmerControl(optimizer = "bobyqa",
  optCtrl = list(rhoend = 1e-12, maxfun = 1e5), calc.derivs = FALSE))
kr <- summary(mixed, ddf = "Kenward-Roger")$coefficients["arm:late", ]
out <- list(
  versions = c(list(R = R.version.string), lapply(setNames(nm = c("clubSandwich", "lme4",
    "lmerTest", "pbkrtest")), function(p) as.character(packageVersion(p)))),
  n = c(sum(people$arm), sum(1 - people$arm)),
  gap = digits(coef(lm(baseline ~ arm, people))[["arm"]]),
  sd = digits(sigma(lm(baseline ~ arm, people))),
  slope = digits(coef(ancova)[["baseline"]]),
  did = list(estimate = digits(unname(welch$estimate[1] - welch$estimate[2])),
             std_error = digits(welch$stderr), df = digits(welch$parameter)),
  ancova = list(estimate = digits(coef(ancova)[["arm"]]), std_error = digits(robust["arm", "SE"]),
                df = digits(robust["arm", "df_Satt"])),
  by_regression = digits(coef(regression)[["arm:late"]]),
  t_test = list(std_error = digits(pooled$stderr), df = digits(pooled$parameter)),
  mixed = list(estimate = digits(kr[["Estimate"]], 9), std_error = digits(kr[["Std. Error"]], 8),
               df = digits(kr[["df"]], 8)))
write(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE), "tests/reference/bracket.json")
