# Reference values for tests/few_sites/test_reference.py. From the project's root:
#   Rscript tests/reference/ladder.R
# Ten sites, five in each arm, 6 to 9 people in each, two times (generated below, and by the test).
# clubSandwich: CR2 with Satterthwaite's df. t.test: Donald & Lang's test of the sites' mean changes.
# Base R, with a full refit each time: all 252 relabellings; all 2^10 sign vectors of the wild
# cluster bootstrap with the null imposed. lmerTest, pbkrtest: a random effect of each site.
suppressMessages({library(clubSandwich); library(lmerTest); library(pbkrtest); library(jsonlite)})
d <- do.call(rbind, lapply(0:9, function(s) data.frame(site = s, i = seq_len(6 + (3 * s) %% 4))))
k <- seq_len(nrow(d))
d$arm <- as.numeric(d$site >= 5)
d$y0 <- 20 + 2 * sin(1.3 * d$site) + 3 * sin(2.1 * k)
d$y1 <- 5 + .6 * d$y0 + 1.4 * d$arm + 1.1 * cos(2.7 * d$site) + 2 * sin(3.7 * k)
d$change <- d$y1 - d$y0
tie <- 1e-9

cr2 <- function(model) {
  test <- coef_test(model, vcovCR(model, d$site, "CR2"), test = "Satterthwaite")["arm", ]
  list(estimate = test$beta, std_error = test$SE, df = test$df_Satt)
}
# |t| of the arm's coefficient with CR1 errors: its factor is the same for every draw
size_of <- function(y, x) {
  bread <- solve(crossprod(x))
  b <- bread %*% crossprod(x, y)
  scores <- rowsum(x * as.vector(y - x %*% b), d$site)
  abs(b["arm", 1]) / sqrt((bread %*% crossprod(scores) %*% bread)["arm", "arm"])
}
wild <- function(y, x) {
  null <- x[, colnames(x) != "arm", drop = FALSE]
  fitted <- as.vector(null %*% solve(crossprod(null), crossprod(null, y)))
  signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), 10)))
  own <- size_of(y, x)
  sizes <- apply(signs, 1, function(v) size_of(fitted + v[d$site + 1] * (y - fitted), x))
  list(draws = length(sizes), with_ties = sum(sizes >= own * (1 - tie)),
       strict = sum(sizes > own * (1 + tie)))
}
means <- as.vector(tapply(d$change, d$site, mean))
treated <- as.vector(tapply(d$arm, d$site, max)) == 1
student <- t.test(means[treated], means[!treated], var.equal = TRUE)
gap <- function(chosen) mean(means[chosen]) - mean(means[-chosen])
gaps <- abs(combn(10, 5, gap))
own <- abs(gap(which(treated)))
mixed <- function(formula) {
  model <- lmer(formula, d)
  lead <- as.numeric(names(fixef(model)) == "arm")
  list(estimate = fixef(model)[["arm"]], df = get_Lb_ddf(model, lead),
       std_error = sqrt(as.numeric(lead %*% as.matrix(vcovAdj(model)) %*% lead)))
}
change <- model.matrix(~ arm, d)
adjusted <- model.matrix(~ arm + y0, d)
result <- list(
  did = list(
    cr2 = cr2(lm(change ~ arm, d)),
    wild_bootstrap = wild(d$change, change),
    donald_lang = list(estimate = unname(student$estimate[1] - student$estimate[2]),
                       std_error = student$stderr, df = unname(student$parameter),
                       p_value = student$p.value),
    relabelling = list(draws = length(gaps), with_ties = sum(gaps >= own * (1 - tie)),
                       strict = sum(gaps > own * (1 + tie))),
    mixed_kenward_roger = mixed(change ~ arm + (1 | site))
  ),
  ancova = list(
    cr2 = cr2(lm(y1 ~ arm + y0, d)),
    wild_bootstrap = wild(d$y1, adjusted),
    mixed_kenward_roger = mixed(y1 ~ arm + y0 + (1 | site))
  ),
  sum = sum(d$y0 + d$y1),
  versions = list(R = as.character(getRversion()),
    clubSandwich = as.character(packageVersion("clubSandwich")),
    lmerTest = as.character(packageVersion("lmerTest")),
    pbkrtest = as.character(packageVersion("pbkrtest")))
)
write(toJSON(result, auto_unbox = TRUE, digits = 12, pretty = TRUE), "tests/reference/ladder.json")
