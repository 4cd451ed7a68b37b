# Reference numbers for several sites: clubSandwich's CR2 by site, lmerTest's random and fixed sites,
# pbkrtest's standard errors and df for the same.
# Run in this folder: Rscript several_sites.R > several_sites.json
suppressMessages({library(clubSandwich); library(lmerTest); library(pbkrtest); library(jsonlite)})
d <- read.csv("several_sites.csv")
d$t <- as.numeric(d$arm == "intervention")
d$b <- as.numeric(d$time == "t1")
cr2 <- function(m) {
  k <- coef_test(m, vcov = "CR2", cluster = d$site, coefs = "b:t")
  list(estimate = k$beta, std_error = k$SE, df = k$df_Satt)
}
described <- function(m, lead) {
  one <- contest1D(m, lead)
  small <- list(std_error = sqrt(as.numeric(lead %*% as.matrix(vcovAdj(m)) %*% lead)),
                df = get_Lb_ddf(m, lead))
  list(estimate = one[["Estimate"]], std_error = one[["Std. Error"]], df = one[["df"]],
       kenward_roger = small)
}
lmm <- function(f) {
  m <- lmer(f, d)
  described(m, as.numeric(names(fixef(m)) %in% c("t:b", "b:t")))
}
# Each site has an effect; one difference of the arms at all times: mean of one's sites less other's
apart <- lmer(value ~ site + b + (1 | neighbourhood), d)
treated <- tapply(d$t, d$site, max)
lead <- c(0, (treated / sum(treated) - (1 - treated) / sum(1 - treated))[-1], 0)
result <- list(
  constant = described(apart, lead),
  fixed_sites = lmm(value ~ site + b + t:b + (1 | neighbourhood)),
  cr2_weighted = cr2(lm(value ~ site + b + t:b, d, weights = weight)),
  cr2 = cr2(lm(value ~ site + b + t:b, d)),
  random_site = lmm(value ~ t * b + (1 | site)),
  versions = list(R = as.character(getRversion()),
    clubSandwich = as.character(packageVersion("clubSandwich")),
    lmerTest = as.character(packageVersion("lmerTest")),
    pbkrtest = as.character(packageVersion("pbkrtest")))
)
cat(toJSON(result, auto_unbox = TRUE, digits = 12, pretty = TRUE), "\n")
