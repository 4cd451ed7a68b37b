# Reference values for tests/models/test_nested.py. Run from the project's root:
#   Rscript tests/reference/nested.R
suppressMessages({library(lme4); library(lmerTest); library(jsonlite); library(HSAUR3)})
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5),
                     calc.derivs = FALSE, check.conv.singular = "ignore")
described <- function(formula, data, REML = TRUE) {
  fit <- lmerTest::lmer(formula, data, REML = REML, control = tight)
  table <- summary(fit, ddf = "Satterthwaite")$coefficients
  v <- as.data.frame(VarCorr(fit))
  list(names = rownames(table), estimate = unname(table[, 1]), std_error = unname(table[, 2]),
       df = unname(table[, 3]), variance = v$vcov, variance_of = v$grp,
       criterion = unname(-2 * as.numeric(logLik(fit))), n = nobs(fit))
}
a1 <- do.call(rbind, lapply(1:24, function(i) {
  t <- 0:3
  t <- t[!(t > 0 & (7 * i + 5 * t) %% 6 == 0)]
  a <- as.numeric(i > 12)
  data.frame(id = i, arm = a, t = t,
             y = 40 + 2 * a + 1.5 * t + .8 * a * t + 5 * sin(3.1 * i) + 1.2 * cos(1.9 * i) * t +
               3 * sin(5.3 * i + 2.9 * t))
}))
data("BtheB")
BtheB$subject <- factor(rownames(BtheB))
long <- reshape(BtheB, idvar = "subject", varying = c("bdi.2m", "bdi.3m", "bdi.5m", "bdi.8m"),
                direction = "long", v.names = "bdi", timevar = "time", times = c(2, 3, 5, 8))
btheb <- bdi ~ bdi.pre + time + treatment + drug + length + (1 | subject)
g <- read.csv("tests/reference/nested_generated.csv")
two <- y ~ arm * factor(wave) + age + (1 | pid) + (1 | area)
c05 <- read.csv("tests/reference/case05.csv")
c05$arm <- as.numeric(c05$site == sort(unique(c05$site))[1])
out <- list(
  versions = list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
                  lmerTest = as.character(packageVersion("lmerTest")),
                  HSAUR3 = as.character(packageVersion("HSAUR3"))),
  a1_reml = described(y ~ arm * t + (1 | id), a1),
  a1_ml = described(y ~ arm * t + (1 | id), a1, FALSE),
  btheb_ml = described(btheb, long, FALSE),
  btheb_reml = described(btheb, long),
  generated_reml = described(two, g),
  generated_ml = described(two, g, FALSE),
  case05 = described(change ~ arm + (1 | neighbourhood), c05)
)
write_json(out, "tests/reference/nested.json", digits = 12, auto_unbox = TRUE, pretty = TRUE)
