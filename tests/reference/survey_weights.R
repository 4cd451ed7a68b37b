# Weights of surveys by R's package survey: raking, post-stratification, linear calibration, limits,
# replicates. Two sets of data: 15 Californian school districts (apiclus1 of the package, by district)
# and a survey generated here and in tests/generated_survey.py by the same formulas.
suppressMessages(library(survey))
suppressMessages(library(jsonlite))
data(api)
schools <- apiclus1 # the rows of apiclus1.csv, which survey.R writes
types <- c(E = 4421, H = 755, M = 1018)
wide <- c(No = 1072, Yes = 5122)
exact <- list(maxit = 1000, epsilon = 1e-13)
design <- svydesign(id = ~dnum, weights = ~pw, data = schools)
table_of <- function(name, counts) setNames(data.frame(names(counts), as.vector(counts)), c(name, "Freq"))
raked <- rake(design, list(~stype, ~sch.wide), list(table_of("stype", types), table_of("sch.wide", wide)), control = exact)
stratified <- postStratify(design, ~stype, table_of("stype", types))
totals <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, sch.wideYes = 5122)
linear <- calibrate(design, ~ stype + sch.wide, totals, calfun = "linear", epsilon = 1e-12)
said <- function(design) {
  mean <- svymean(~api00, design)
  total <- svytotal(~enroll, design)
  list(weights = as.vector(weights(design)), mean = as.vector(coef(mean)), mean_se = as.vector(SE(mean)), total = as.vector(coef(total)), total_se = as.vector(SE(total)))
}

k <- 0
rows <- list()
for (nb in 0:11) for (w in 0:1) for (j in seq_len(8 + (3 * nb + w) %% 5)) {
  k <- k + 1
  s <- as.integer(nb >= 6)
  age <- c("young", "middle", "old")[1 + ((11 * k) %% 7 >= 3) + ((11 * k) %% 7 >= 5)]
  sex <- c("f", "m")[1 + ((7 * k) %% 5 >= 3)]
  y <- 20 + s + 0.5 * w + 1.2 * s * w + 2 * sin(2.7 * nb + 1) + 0.9 * cos(4.1 * nb + 3 * w) + 3 * sin(1.3 * k) + 2 * (sex == "m") - 1.5 * (age == "old")
  rows[[k]] <- data.frame(nb, w, s, age, sex, y, d = 1 + (k %% 4) / 2 + 0.3 * (age == "old"))
}
own <- do.call(rbind, rows)
own$place <- paste(own$s, own$w)
own$sex_cell <- paste(own$place, own$sex)
own$age_cell <- paste(own$place, own$age)
sexes <- ages <- numeric()
for (s in 0:1) for (w in 0:1) {
  at <- paste(s, w)
  sexes[paste(at, c("f", "m"))] <- c(510 + 20 * s - 10 * w, 490 - 20 * s + 10 * w)
  ages[paste(at, c("young", "middle", "old"))] <- c(420 - 30 * s, 330 + 10 * w, 250 + 30 * s - 10 * w)
}
margins <- list(table_of("sex_cell", sexes), table_of("age_cell", ages))
fit <- function(design) rake(design, list(~sex_cell, ~age_cell), margins, control = exact)
change <- function(w, d) {
  m <- function(s, t) weighted.mean(d$y[d$s == s & d$w == t], w[d$s == s & d$w == t])
  c(m(0, 0), m(0, 1), m(1, 0), m(1, 1), (m(1, 1) - m(1, 0)) - (m(0, 1) - m(0, 0)))
}
drawn <- svydesign(id = ~nb, strata = ~s, weights = ~d, data = own)
by_replicates <- function(design) {
  # rake stops when the full sample's weights stand still; the replicates' need more sweeps
  for (i in 1:30) design <- fit(design)
  found <- withReplicates(design, change)
  list(estimate = as.vector(coef(found)), se = as.vector(sqrt(diag(vcov(found)))))
}
jackknife <- as.svrepdesign(drawn, type = "JKn", mse = TRUE)
set.seed(7)
bootstrapped <- as.svrepdesign(drawn, type = "subbootstrap", replicates = 60, mse = TRUE)
factors <- weights(bootstrapped, type = "replication")[!duplicated(own$nb), ]
one <- own[own$place == "1 1", ]
one$age <- factor(one$age, c("young", "middle", "old"))
mean_weight <- 1000 / nrow(one)
limits <- list(lower = 0.55 * mean_weight, upper = 1.55 * mean_weight)
wanted <- c(`(Intercept)` = 1000, sexm = 480, agemiddle = 340, ageold = 270)
start <- svydesign(id = ~1, weights = ~d, data = transform(one, d = d * 1000 / sum(d)))
held <- calibrate(start, ~ sex + age, wanted, bounds = limits, bounds.const = TRUE, calfun = "linear", epsilon = 1e-11, maxit = 500)
free <- calibrate(start, ~ sex + age, wanted, calfun = "linear", epsilon = 1e-11)
out <- list(
  versions = list(R = R.version.string, survey = as.character(packageVersion("survey"))),
  apiclus1 = list(raked = said(raked), stratified = said(stratified), linear = said(linear)),
  own = list(n = nrow(own), sum_y = sum(own$y), weights = as.vector(weights(fit(drawn))), held = list(place = "1 1", limits = unlist(limits), linear = as.vector(weights(held)), free = as.vector(weights(free))), jackknife = by_replicates(jackknife), bootstrap = c(by_replicates(bootstrapped), list(factors = t(unname(as.matrix(factors))))))
)
write_json(out, "tests/reference/survey_weights.json", digits = 15, auto_unbox = TRUE, pretty = TRUE)
