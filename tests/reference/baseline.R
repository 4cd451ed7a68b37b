# A table of who was in two arms: means, SDs, quartiles, weighted ones by R's survey; standardised
# differences: of numbers and shares by MatchIt (pooled SD), of categories by base R's mahalanobis with
# the mean of the two multinomial covariances (Yang & Dalton 2012, equation 3). Data by formulas alone.
# Run in the project's folder: Rscript tests/reference/baseline.R > tests/reference/baseline.json
suppressMessages({library(survey); library(MatchIt); library(jsonlite)})
k <- 1:90
d <- data.frame(arm = as.integer(k %% 5 < 2), number = round(50 + 9 * sin(1.3 * k) + 3 * (k %% 5 < 2) + k %% 7, 2),
  share = as.integer((k * 7) %% 11 < 4 + (k %% 5 < 2)), band = c("low", "middle", "high", "top")[1 + (3 * k + k %/% 4 + (k %% 5 < 2) * (k %% 3)) %% 4],
  weight = round(.4 + (5 * k) %% 9 / 4, 2))
d$number[k %% 17 == 0] <- NA; d$share[k %% 19 == 0] <- NA; d$band[k %% 23 == 0] <- NA
write.csv(d, "tests/reference/baseline.csv", row.names = FALSE, quote = FALSE, na = "")
smd <- function(name) {
  own <- d[!is.na(d[[name]]), ]
  m <- matchit(as.formula(paste("arm ~", name)), data = own, method = NULL, estimand = "ATE", distance = "glm")
  unname(summary(m)$sum.all[name, "Std. Mean Diff."])
}
distance <- function(p, q) {
  cov <- function(x) diag(x) - outer(x, x)
  s <- ((cov(p) + cov(q)) / 2)[-1, -1]
  sqrt(mahalanobis((p - q)[-1], rep(0, length(p) - 1), s))
}
one <- function(arm, weights) {
  own <- d[d$arm == arm, ]; own$w <- if (weights) own$weight else 1
  des <- svydesign(~1, weights = ~w, data = own)
  num <- subset(des, !is.na(number)); sh <- subset(des, !is.na(share)); ba <- subset(des, !is.na(band))
  q <- if (weights) as.numeric(svyquantile(~number, num, c(.25, .5, .75), qrule = "math", ci = FALSE)[[1]])
       else unname(quantile(own$number, c(.25, .5, .75), na.rm = TRUE))
  p <- svymean(~factor(band, levels = c("low", "middle", "high", "top")), ba)
  list(mean = unname(coef(svymean(~number, num))), sd = sqrt(as.numeric(svyvar(~number, num))), quartiles = q,
    share = unname(coef(svymean(~share, sh))), bands = unname(coef(p)))
}
out <- list(program = paste(R.version.string), survey = as.character(packageVersion("survey")),
  MatchIt = as.character(packageVersion("MatchIt")))
for (w in c(FALSE, TRUE)) {
  a <- one(1, w); b <- one(0, w)
  of <- list(intervention = a, control = b,
    number = (a$mean - b$mean) / sqrt((a$sd^2 + b$sd^2) / 2),
    share = (a$share - b$share) / sqrt((a$share * (1 - a$share) + b$share * (1 - b$share)) / 2),
    band = distance(a$bands, b$bands))
  if (!w) of$matchit <- list(number = smd("number"), share = smd("share"))
  out[[if (w) "weighted" else "plain"]] <- of
}
cat(toJSON(out, digits = 15, auto_unbox = TRUE, pretty = TRUE), "\n")
