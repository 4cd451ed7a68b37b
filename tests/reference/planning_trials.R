# Two trials of locations, person by person: lmerTest (Satterthwaite), pbkrtest (Kenward-Roger),
# clubSandwich (CR2). Data by formula, the same in tests/planning/test_trial_references.py.
suppressMessages({library(lmerTest); library(pbkrtest); library(clubSandwich)})
trial <- function(sizes, controls, spread) {
  d <- do.call(rbind, lapply(seq_along(sizes), function(j) data.frame(j = j, i = seq_len(sizes[j]))))
  d$arm <- as.numeric(d$j > controls)
  d$x <- with(d, 50 + 4 * sin(1.7 * j) + 9 * sin(2.3 * i + .9 * j))
  d$y <- with(d, 20 + .5 * x + 3 * arm + spread * sin(2.9 * j + .4) + 7 * sin(1.3 * i + 2.1 * j))
  d
}
said <- function(d) {
  control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12))
  m <- lmer(y ~ arm + x + (1 | j), d, control = control)
  s <- summary(m)$coefficients["arm", ]
  kr <- summary(m, ddf = "Kenward-Roger")$coefficients["arm", ]
  v <- as.data.frame(VarCorr(m))$vcov
  g <- coef_test(lm(y ~ arm + x, d), vcov = "CR2", cluster = d$j, test = "Satterthwaite")
  means <- aggregate(cbind(x, y, arm) ~ j, d, mean)
  t <- summary(lm(y ~ arm + x, means))$coefficients["arm", ]
  own <- g["arm", ]
  list(satterthwaite = unname(s[1:3]), kenward_roger = unname(kr[1:3]), ratio = v[1] / v[2],
       gee_cr2 = c(own$beta, own$SE, if (is.null(own$df_Satt)) own$df else own$df_Satt),
       location_means_t = unname(t[1:2]))
}
options(digits = 17)
equal <- trial(rep(8, 12), 6, 4)
unequal <- trial(c(4, 9, 14, 6, 20, 3, 11, 7, 15, 5, 8), 5, 4)
none <- trial(c(4, 9, 14, 6, 20, 3, 11, 7, 15, 5, 8), 5, 0)
out <- list(equal = said(equal), unequal = said(unequal), none = said(none), versions = list(
  R = R.version.string, lme4 = as.character(packageVersion("lme4")),
  lmerTest = as.character(packageVersion("lmerTest")),
  pbkrtest = as.character(packageVersion("pbkrtest")),
  clubSandwich = as.character(packageVersion("clubSandwich"))))
show <- function(x) if (is.list(x)) paste0("{", paste0('"', names(x), '": ', sapply(x, show), collapse = ",\n"), "}") else
  if (is.character(x)) paste0('"', x, '"') else if (length(x) > 1) paste0("[", paste(sprintf("%.15g", x), collapse = ", "), "]") else sprintf("%.15g", x)
cat(show(out), "\n")
