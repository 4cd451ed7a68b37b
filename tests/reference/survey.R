# Linearised standard errors by R's survey, for data generated here by formulas alone (no random
# numbers) and for apiclus1, which the package holds. Sampled neighbourhoods in strata, panel members
# in several waves, margins by post-stratification, raking and calibration, domains, lone units.
# Run in the project's folder: Rscript tests/reference/survey.R > tests/reference/survey.json
suppressMessages({library(survey); library(jsonlite)})
made <- function() {
  rows <- list(); k <- 0
  for (s in 0:1) for (nb in 0:5) for (j in 0:(4 + (3 * nb + s) %% 4)) for (w in 0:2) {
    if ((j + w + nb) %% 3 == 0 && j > 2) next
    k <- k + 1
    id <- 100 * s + 10 * nb + j; if (j > 3) id <- id + 1000 * (w + 1)
    rows[[k]] <- data.frame(id = id, site = s, nb = 10 * s + nb, district = 2 * s + (nb > 2), wave = w,
      sex = (j + nb) %% 2, age = c("young", "middle", "old")[1 + (j + 2 * nb + w) %% 3],
      design = 1 + (7 * nb + 3 * j + w) %% 5 / 2, x = sin(j + nb),
      y = 20 + s + .5 * w + 1.2 * s * (w > 0) + 2 * sin(2.7 * nb + s) + .9 * cos(4.1 * nb + 3 * w) +
        3 * sin(1.3 * k))
  }
  d <- do.call(rbind, rows)
  d$cell <- interaction(d$site, d$wave)
  d$answered <- (seq_len(nrow(d)) %% 7) != 0
  d
}
d <- made()
write.csv(d[, c("id", "site", "nb", "district", "wave", "sex", "age", "design", "x", "y", "answered")],
          "tests/reference/survey.csv", row.names = FALSE, quote = FALSE)
f <- y ~ site * factor(wave) + x
said <- function(m, design) list(coef = unname(coef(m)), vcov = unname(vcov(m)), df = degf(design))
of <- function(design, rows = NULL) {
  if (!is.null(rows)) design <- design[rows, ]
  said(svyglm(f, design), design)
}
margin <- function(by, shift) {  # population counts that differ from the sample's
  t <- as.data.frame(table(by)); t$Freq <- 40 + 10 * ((seq_len(nrow(t)) + shift) %% 4); names(t)[1] <- "k"; t
}
total <- function(t, cell) { # the same total in each site and wave
  own <- cell[match(t$k, names(cell))]; t$Freq <- t$Freq / tapply(t$Freq, own, sum)[own] * 300; t
}
d$bysex <- interaction(d$cell, d$sex, drop = TRUE); d$byage <- interaction(d$cell, d$age, drop = TRUE)
cell_of <- function(by) { u <- !duplicated(by); setNames(as.character(d$cell[u]), as.character(by[u])) }
sexes <- total(margin(d$bysex, 0), cell_of(d$bysex)); ages <- total(margin(d$byage, 2), cell_of(d$byage))
names(sexes)[1] <- "bysex"; names(ages)[1] <- "byage"
plain <- svydesign(~nb, strata = ~district, weights = ~design, data = d, nest = TRUE)
post <- postStratify(plain, ~byage, ages)
raked <- rake(plain, list(~bysex, ~byage), list(sexes, ages), control = list(maxit = 500, epsilon = 1e-11))
pop <- function() {
  s <- setNames(sexes$Freq, paste0("bysex", sexes$bysex)); a <- setNames(ages$Freq, paste0("byage", ages$byage))
  mm <- colnames(model.matrix(~ 0 + bysex + byage, d)); v <- c(s, a)[mm]; names(v) <- mm; v
}
mm <- model.matrix(~ 0 + bysex + byage, d); keep <- qr(mm)$pivot[seq_len(qr(mm)$rank)]
cols <- mm[, keep]; colnames(cols) <- paste0("c", seq_along(keep)); dd <- cbind(d, cols)
plain2 <- svydesign(~nb, strata = ~district, weights = ~design, data = dd, nest = TRUE)
form <- as.formula(paste("~ 0 +", paste(colnames(cols), collapse = " + ")))
target <- setNames(unname(pop()[keep]), colnames(cols))
cal <- calibrate(plain2, form, target)
# all neighbourhoods: strata by the wave of the first answer; who is alone there joins the largest one
d$first <- ave(d$wave, d$id, FUN = min)
held <- tapply(d$id, list(d$nb, d$first), function(v) length(unique(v))); held[is.na(held)] <- 0
d$stratum <- mapply(function(nb, first) {
  own <- held[as.character(nb), ]
  if (own[as.character(first)] == 1) names(own)[which.max(own)] else as.character(first)
}, d$nb, d$first)
all <- svydesign(~id, strata = ~interaction(nb, stratum), weights = ~design, data = d)
# panel members' changes (a record of the later wave, by its weight), those seen once, both together
# (in the unit in which they were at the first wave: movers)
parts_of <- function(t, d) {
  both <- intersect(d$id[d$wave == 0], d$id[d$wave == t])
  d$late <- d$id %in% both & d$wave == t
  d$once <- !(d$id %in% both) & d$wave %in% c(0, t)
  before <- d[d$wave == 0, ]
  d$change <- ifelse(d$late, d$y - before$y[match(d$id, before$id)], NA)
  s <- svydesign(~nb, strata = ~site, weights = ~design, data = d, nest = TRUE)
  c <- svyglm(y ~ site * wave, s[d$once, ])
  at <- match(d$id[d$late], before$id)
  d$nb[d$late] <- before$nb[at]; d$site[d$late] <- before$site[at]
  s <- svydesign(~nb, strata = ~site, weights = ~design, data = d, nest = TRUE)
  p <- svyglm(change ~ site, s[d$late, ])
  pull <- function(m, rows, k) {
    w <- d$design[rows]; x <- model.matrix(m)
    z <- numeric(nrow(d)); z[rows] <- (x * (w * residuals(m, "response"))) %*% solve(crossprod(x * sqrt(w)))[, k]
    z
  }
  k <- length(coef(c)); scale <- c(1, t) # wave is a number here: its coefficient is per wave
  z <- cbind(pull(p, d$late, 2), pull(c, d$once, k) * t)
  v <- svyrecvar(z, s$cluster, s$strata, s$fpc, postStrata = NULL)
  each <- c(coef(p)[[2]], coef(c)[[k]] * t)
  by <- rowsum(z, d$id)
  lambda <- sum(by[, 2]^2) / sum(by^2)
  turn <- c(lambda, 1 - lambda)
  list(estimates = each, ses = c(SE(p)[[2]], SE(c)[[k]] * t), share = lambda,
       combined = c(sum(turn * each), sqrt(drop(turn %*% v %*% turn))),
       gap = sqrt(drop(c(1, -1) %*% v %*% c(1, -1))), df = degf(s))
}
# three members move: within a site for good, back again, and to the other site
moved <- d
place <- function(m, id, waves, site, nb) { at <- m$id == id & m$wave %in% waves; m$site[at] <- site; m$nb[at] <- nb; m }
moved <- place(place(place(moved, 1, 1:2, 0, 3), 112, 1, 1, 15), 21, 2, 1, 12)
lone <- d[!(d$district == 3 & d$nb > 13), ]
lone_of <- function(o) { options(survey.lonely.psu = o)
  s <- svydesign(~nb, strata = ~district, weights = ~design, data = lone, nest = TRUE); r <- of(s); r }
data(api)
write.csv(apiclus1[, c("dnum", "stype", "sch.wide", "pw", "api00", "enroll", "ell", "meals")],
          "tests/reference/apiclus1.csv", row.names = FALSE, quote = FALSE)
clus <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
api_post <- postStratify(clus, ~stype, data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018)))
raking <- function(...) rake(clus, list(~stype, ~sch.wide), list(data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018)),
  data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))), ...)
api_rake <- raking(control = list(maxit = 100, epsilon = 1e-10)); early <- raking() # as published: stops early
rk <- weights(api_rake)
mean_of <- function(s) { m <- svymean(~api00, s); list(mean = coef(m)[[1]], se = SE(m)[[1]]) }
glm_rake <- svyglm(api00 ~ ell + meals, api_rake)
options(survey.lonely.psu = "fail")
out <- list(
  plain = of(plain), domain = of(plain, d$answered), post = c(of(post), list(weight = unname(weights(post)))),
  raked = c(of(raked), list(weight = unname(weights(raked)))), raked_domain = of(raked, d$answered),
  calibrated = c(of(cal), list(weight = unname(weights(cal)))),
  all = of(all), parts = list(w1 = parts_of(1, d), w2 = parts_of(2, d)),
  movers = list(w1 = parts_of(1, moved), w2 = parts_of(2, moved)),
  adjust = lone_of("adjust"), certainty = lone_of("certainty"), average = lone_of("average"),
  apiclus1 = list(mean = mean_of(clus), raked = mean_of(api_rake), early = mean_of(early), post = mean_of(api_post),
    total = { t <- svytotal(~enroll, early); list(mean = coef(t)[[1]], se = SE(t)[[1]]) },
    glm = list(coef = unname(coef(glm_rake)), se = unname(SE(glm_rake))),
    raked_weight = unname(rk), early_weight = unname(weights(early)), post_weight = unname(weights(api_post)), df = degf(clus)),
  versions = list(R = R.version$version.string, survey = as.character(packageVersion("survey"))))
cat(toJSON(out, digits = 15, auto_unbox = TRUE, pretty = TRUE), "\n")
