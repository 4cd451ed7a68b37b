# Weighted means and proportions of sites and waves by R's survey, with data made by formulas alone.
# Domains, item non-response, margins (raking), lone strata; logit intervals; changes within a site.
# Run in the project's folder: Rscript tests/reference/survey_means.R > tests/reference/survey_means.json
suppressMessages({library(survey); library(jsonlite)})
rows <- list(); k <- 0
for (s in c("north", "south")) for (nb in 0:6) for (w in c("w1", "w2", "w3")) {
  m <- 5 + (3 * nb + (s == "south")) %% 5 + (w == "w2")
  for (j in seq_len(m)) {
    k <- k + 1
    score <- round(20 + 2 * (s == "north") * (w != "w1") + 3 * sin(2.1 * nb) + 4 * sin(1.7 * k), 2)
    level <- 1 + (k * 7 + nb * 3 + (w == "w3") * (k %% 2)) %% 4
    rows[[k]] <- data.frame(id = sprintf("%s%d_%s_%d", substr(s, 1, 1), nb, w, j), site = s,
      near = paste0(substr(s, 1, 1), nb), wave = w, weight = .5 + (5 * nb + 3 * j + k) %% 7 / 3,
      sex = c("woman", "man")[1 + (j + nb) %% 2], age = c("young", "middle", "old")[1 + (k + nb) %% 3],
      score = ifelse(k %% 11 == 0, NA, score), level = ifelse(k %% 13 == 0, NA, level),
      member = ifelse(k %% 9 == 0, NA, as.numeric((k * 5 + nb) %% 7 < 3)))
  }
}
d <- do.call(rbind, rows)
write.csv(d, "tests/reference/survey_means.csv", row.names = FALSE, quote = FALSE, na = "")
options(survey.lonely.psu = "fail")
plain <- svydesign(~near, strata = ~site, weights = ~weight, data = d, nest = TRUE)
d$cell <- interaction(d$site, d$wave); d$bysex <- interaction(d$cell, d$sex); d$byage <- interaction(d$cell, d$age)
pop <- function(by, share) { t <- data.frame(k = levels(by)); t$Freq <- 100 * share[sub(".*\\.", "", t$k)]; t }
sexes <- pop(d$bysex, c(woman = .52, man = .48)); ages <- pop(d$byage, c(young = .3, middle = .4, old = .3))
names(sexes)[1] <- "bysex"; names(ages)[1] <- "byage"
withcell <- svydesign(~near, strata = ~site, weights = ~weight, data = d, nest = TRUE)
raked <- rake(withcell, list(~bysex, ~byage), list(sexes, ages), control = list(maxit = 500, epsilon = 1e-12))
# of a calibrated design a domain keeps the other rows at weight 0: their value must not be missing
filled <- function(own, v) update(own, own_value = ifelse(is.na(get(v)), 0, get(v)))
mean_of <- function(design, v, s, w) {
  own <- filled(subset(design, site == s & wave == w & !is.na(get(v))), v)
  m <- svymean(~own_value, own, deff = "replace"); df <- degf(own)
  ci <- confint(m, df = df)
  list(estimate = coef(m)[[1]], se = SE(m)[[1]], df = df, low = ci[1], high = ci[2], deff = deff(m)[[1]])
}
share_of <- function(design, expression, v, s, w) {
  own <- filled(subset(design, site == s & wave == w & !is.na(get(v))), v)
  own <- update(own, hit = as.numeric(eval(expression, own$variables)))
  p <- svyciprop(~hit, own, method = "logit", df = degf(own)); ci <- attr(p, "ci")
  m <- svymean(~hit, own, deff = "replace")
  list(estimate = coef(m)[[1]], se = SE(m)[[1]], df = degf(own), low = ci[[1]], high = ci[[2]], deff = deff(m)[[1]])
}
change_of <- function(design, v, s, first, later) {
  own <- filled(subset(design, site == s & wave %in% c(first, later) & !is.na(get(v))), v)
  own <- update(own, later = as.numeric(wave == later))
  fitted <- svyglm(own_value ~ later, own); x <- coef(fitted)["later"]
  df <- degf(own); error <- sqrt(vcov(fitted)["later", "later"]); half <- qt(.975, df) * error
  list(estimate = x[[1]], se = error, df = df, low = x[[1]] - half, high = x[[1]] + half)
}
all_of <- function(design) {
  out <- list()
  for (s in c("north", "south")) for (w in c("w1", "w2", "w3")) {
    key <- paste(s, w, sep = "/")
    out[[paste0(key, "/score")]] <- mean_of(design, "score", s, w)
    out[[paste0(key, "/member")]] <- share_of(design, quote(own_value == 1), "member", s, w)
    for (c in 1:4) out[[paste0(key, "/level/", c)]] <- share_of(design, bquote(own_value == .(c)), "level", s, w)
    for (c in 2:4) out[[paste0(key, "/level/at least ", c)]] <- share_of(design, bquote(own_value >= .(c)), "level", s, w)
  }
  for (s in c("north", "south")) for (p in list(c("w1", "w2"), c("w1", "w3"), c("w2", "w3")))
    for (v in c("score", "member")) out[[paste(s, p[2], "since", p[1], v, sep = "/")]] <- change_of(design, v, s, p[1], p[2])
  out
}
near <- list()
for (n in c("n3", "s1")) {
  own <- subset(svydesign(~1, strata = ~near, weights = ~weight, data = subset(d, !is.na(score) & wave == "w2")), near == n)
  m <- svymean(~score, own); df <- degf(own); ci <- confint(m, df = df)
  near[[n]] <- list(estimate = coef(m)[[1]], se = SE(m)[[1]], df = df, low = ci[1], high = ci[2])
}
shares <- svyby(~age, ~site + wave, plain, svymean)
alone <- svydesign(~1, strata = ~site, weights = ~weight, data = d)
known <- list(plain = all_of(plain), raked = all_of(raked), near = near,
  shares = setNames(as.list(shares$ageold), paste(shares$site, shares$wave, sep = "/")),
  weights = unname(weights(raked)),
  versions = list(R = R.version.string, survey = as.character(packageVersion("survey"))))
cat(toJSON(known, digits = 15, auto_unbox = TRUE, pretty = TRUE), "\n")
