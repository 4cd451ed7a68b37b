# What R says of residuals and influence: Rscript residuals.R < residuals.csv > residuals.json
# residuals.csv holds the panel of tests/models/test_residuals.py (some_lost), complete records.
suppressMessages({library(nlme); library(lme4); library(pbkrtest); library(jsonlite)})
d <- read.csv(file("stdin"))
d$arm <- as.numeric(d$arm == "intervention")
wide <- merge(d[d$time == "t0", ], d[d$time == "t2", c("unit", "value", "weight")], by = "unit",
              suffixes = c("", "2"))
wide$change <- wide$value2 - wide$value
described <- function(fit) list(
  hatvalues = unname(hatvalues(fit)), rstudent = unname(rstudent(fit)),
  cooks = unname(cooks.distance(fit)), dfbeta_arm = unname(dfbeta(fit)[, "arm"]))
one <- lm(change ~ arm + age, wide)
added <- anova(lm(change ~ arm, wide), one)
weighted <- lm(change ~ arm, wide, weights = weight2)
mixed <- lme(value ~ arm * time, random = ~ 1 | unit, d, control = lmeControl(tolerance = 1e-10,
             msTol = 1e-12))
d$at <- as.integer(factor(d$time))
repeated <- gls(value ~ arm * time, d, correlation = corSymm(form = ~ at | unit),
                weights = varIdent(form = ~ 1 | time),
                control = glsControl(tolerance = 1e-10, msTol = 1e-12, msMaxIter = 500))
large <- lmer(value ~ arm * time + age * time + (1 | unit), d)
small <- lmer(value ~ arm * time + (1 | unit), d)
kr <- KRmodcomp(large, small)$test["Ftest", ]
cat(toJSON(list(
  lm = c(described(one), list(f = added$F[2], p = added$`Pr(>F)`[2])),
  lm_weighted = described(weighted),
  lme = list(conditional = as.numeric(resid(mixed, type = "pearson")),
             effects = ranef(mixed)[order(rownames(ranef(mixed))), 1],
             marginal = as.numeric(resid(mixed, level = 0))),
  gls = list(pearson = as.numeric(resid(repeated, type = "pearson"))),
  kr = list(f = kr$stat, df = kr$ddf, p_value = kr$p.value),
  versions = lapply(list(R = R.version.string, nlme = packageVersion("nlme"), lme4 =
    packageVersion("lme4"), pbkrtest = packageVersion("pbkrtest")), as.character)),
  digits = NA, auto_unbox = TRUE, pretty = TRUE), "\n")
