# Reference values for tests/models/test_ancova.py, test_joint.py and test_clda.py. From the
# project's root:  Rscript tests/reference/ancova.R
# lm and clubSandwich: analysis of covariance and change at each time, clustered errors, joint tests
# (HTZ); nlme: unstructured covariance with one baseline mean for both arms; lmerTest and pbkrtest:
# the same with a random intercept, Kenward-Roger's df and its joint F.
suppressMessages({library(clubSandwich); library(nlme); library(lmerTest); library(pbkrtest)
                  library(jsonlite)})
digits <- function(x, n = 12) signif(unname(x), n)
wide <- read.csv("examples/beat_the_blues/data/raw/btheb.csv")
wide$arm <- as.numeric(wide$treatment == "BtheB")
wide$drug <- as.numeric(wide$drug == "Yes")
wide$length <- as.numeric(wide$length == ">6m")

row_of <- function(model, data, type, cluster) {
  test <- coef_test(model, vcovCR(model, cluster, type), test = "Satterthwaite")["arm", ]
  list(estimate = digits(test$beta), std_error = digits(test$SE), df = digits(test$df_Satt))
}
at_time <- function(month) {
  data <- wide[!is.na(wide[[paste0("bdi.", month)]]), ]
  data$later <- data[[paste0("bdi.", month)]]
  data$change <- data$later - data$bdi.pre
  ancova <- lm(later ~ arm + bdi.pre + drug + length, data)
  change <- lm(change ~ arm + drug + length, data)
  both <- function(model) {
    plain <- summary(model)$coefficients["arm", ]
    list(classical = list(estimate = digits(plain[1]), std_error = digits(plain[2]),
                          df = model$df.residual),
         HC2 = row_of(model, data, "CR2", seq_len(nrow(data))))  # rows as clusters: HC2
  }
  list(n = nrow(data), ancova = both(ancova), change = both(change),
       slope = digits(coef(ancova)["bdi.pre"]))
}
months <- c("2m", "3m", "5m", "8m")

people <- read.csv("tests/reference/people.csv")
people$arm <- as.numeric(people$site == "intervention")
near <- paste(people$site, people$neighbourhood)
clustered <- lm(follow_up ~ arm + baseline, people)

# 40 people at up to 4 times (as in mmrm.R), 8 neighbourhoods
own <- do.call(rbind, lapply(1:40, function(i) {
  t <- 0:3
  t <- t[!(t > 0 & (7 * i + 5 * t) %% 6 == 0)]
  a <- as.numeric(i > 20)
  data.frame(id = i, arm = a, t = t, near = ceiling(i / 5),
             y = 40 + a + 1.5 * t + .8 * a * t + 4 * sin(3.1 * i) + 1.2 * cos(1.9 * i) * t +
               (2 + .5 * t) * sin(5.3 * i + 2.9 * t))
}))
own$time <- factor(own$t)
for (k in 1:3) own[[paste0("x", k)]] <- own$arm * (own$t == k)
own$w <- 1 + .5 * sin(seq_len(nrow(own)))
names_of <- c("x1", "x2", "x3")
joint <- function(model, cluster, type) {
  test <- Wald_test(model, constrain_zero(names_of), vcovCR(model, cluster, type), test = "HTZ")
  list(f = digits(test$Fstat), df_num = test$df_num, df_den = digits(test$df_denom))
}
fixed <- lm(y ~ 0 + factor(id) + time + x1 + x2 + x3, own)
apart <- lm(y ~ arm + time + x1 + x2 + x3, own)
weighted <- lm(y ~ arm + time + x1 + x2 + x3, own, weights = w)
equal <- anova(lm(y ~ arm + time, own), apart)

tight <- glsControl(maxIter = 500, msMaxIter = 2000, tolerance = 1e-12, msTol = 1e-14)
long <- do.call(rbind, lapply(0:4, function(k) data.frame(
  id = wide$subject, arm = wide$arm, t = k, y = wide[[paste0("bdi.", c("pre", months)[k + 1])]])))
long <- long[!is.na(long$y), ]
long <- long[order(long$id, long$t), ]
long$time <- factor(long$t)
for (k in 1:4) long[[paste0("x", k)]] <- long$arm * (long$t == k)
long$shift <- long$t + 1
trial <- gls(y ~ time + x1 + x2 + x3 + x4, long, correlation = corSymm(form = ~ shift | id),
             weights = varIdent(form = ~ 1 | time), control = tight)
random <- lmer(y ~ time + x1 + x2 + x3 + (1 | id), own, control = lmerControl(
  optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5), calc.derivs = FALSE))
several <- function(model, columns) {
  contrasts <- t(sapply(columns, function(name) as.numeric(names(fixef(model)) == name)))
  test <- KRmodcomp(model, contrasts)$test["Ftest", ]
  list(f = digits(test$stat, 10), df_num = test$ndf, df_den = digits(test$ddf, 10))  # scaled F
}
kr <- summary(random, ddf = "Kenward-Roger")$coefficients[names_of, ]

# Hedges' g by its formula (no package): exact J, limits of the noncentral t times J
hedges <- function(one, two) {
  n <- c(length(one), length(two))
  m <- sum(n) - 2
  spread <- sqrt(sum((n - 1) * c(var(one), var(two))) / m)
  j <- exp(lgamma(m / 2) - lgamma((m - 1) / 2)) / sqrt(m / 2)
  scale <- sqrt(sum(1 / n))
  t <- (mean(one) - mean(two)) / (spread * scale)
  limit <- function(p) uniroot(function(ncp) pt(t, m, ncp) - p, t + c(-12, 12), tol = 1e-12)$root
  list(g = digits(j * t * scale, 10), low = digits(j * scale * limit(.975), 9),
       high = digits(j * scale * limit(.025), 9))
}
out <- list(
  versions = c(list(R = R.version.string), lapply(setNames(nm = c("clubSandwich", "nlme", "lme4",
    "lmerTest", "pbkrtest")), function(p) as.character(packageVersion(p)))),
  btheb = lapply(setNames(months, months), at_time),
  clustered = list(CR1 = row_of(clustered, people, "CR1S", near),
                   CR2 = row_of(clustered, people, "CR2", near)),
  joint = list(
    unit_effects_CR2 = joint(fixed, own$id, "CR2"),
    cross_sections_CR2 = joint(apart, own$near, "CR2"),
    cross_sections_CR1 = joint(apart, own$near, "CR1S"),
    cross_sections_weighted_CR2 = joint(weighted, own$near, "CR2"),
    cross_sections_weighted_CR1 = joint(weighted, own$near, "CR1S"),
    cross_sections_classical = list(f = digits(equal$F[2]), df_num = 3,
                                    df_den = apart$df.residual)),
  constrained = list(
    btheb_unstructured = list(names = names(coef(trial)), estimate = digits(coef(trial), 9),
                              std_error = digits(sqrt(diag(trial$varBeta)), 9),
                              criterion = digits(-2 * as.numeric(logLik(trial)))),
    own_compound_symmetry = list(estimate = digits(fixef(random)[names_of], 9),
                                 std_error = digits(kr[, "Std. Error"], 9),
                                 df = digits(kr[, "df"], 9), joint = several(random, names_of))),
  joint_unconstrained = several(lmer(y ~ arm + time + x1 + x2 + x3 + (1 | id), own,
    control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5),
                          calc.derivs = FALSE)), names_of),
  hedges_mtcars = hedges(mtcars$mpg[mtcars$am == 0], mtcars$mpg[mtcars$am == 1]))
write(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE), "tests/reference/ancova.json")
