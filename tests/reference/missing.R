# Who is missing: a standardised difference of numbers by metafor (SMDH, Bonett 2008; yi and vi hold its
# small-sample factor: yi = factor * d, vi = factor^2 * variance at factor * d), of shares by the delta method with numerical derivatives (numDeriv); average
# differences in probability from R's glm, their errors by the delta method with numerical derivatives
# of the averaged predictions: a number by one SD (half below, half above), a category against the
# reference. Data by formulas alone. Run in the project's folder:
#   Rscript tests/reference/missing.R > tests/reference/missing.json
suppressMessages({library(metafor); library(numDeriv); library(jsonlite)})
k <- 1:180
d <- data.frame(unit = paste0("P", 100 + k), site = ifelse(k %% 9 < 4, "south", "north"),
  age = round(48 + 15 * sin(2.3 * k) + k %% 5, 1), sex = c("f", "m", "x")[1 + (k * k + k %/% 7) %% 3],
  alone = c("no", "yes")[1 + (k %/% 3) %% 2], before = round(20 + 4 * cos(1.7 * k) + k %% 3, 2))
lin <- -.8 + .5 * (d$site == "south") + .02 * (d$age - 48) - .12 * (d$before - 20) + .5 * (d$alone == "yes")
d$gone <- as.integer(lin + 1.9 * sin(5.1 * k) > 0)
d$age[k %% 37 == 0] <- NA; d$before[k %% 29 == 0] <- NA
write.csv(d, "tests/reference/missing.csv", row.names = FALSE, quote = FALSE, na = "")
z <- qnorm(.975)
number <- function(x) {
  a <- x[d$gone == 1 & !is.na(x)]; b <- x[d$gone == 0 & !is.na(x)]
  e <- escalc("SMDH", m1i = mean(a), sd1i = sd(a), n1i = length(a), m2i = mean(b), sd2i = sd(b),
    n2i = length(b))
  m <- length(a) + length(b) - 2
  list(yi = as.numeric(e$yi), vi = e$vi, factor = exp(lgamma(m / 2) - log(sqrt(m / 2)) - lgamma((m - 1) / 2)))
}
share <- function(x) {
  a <- x[d$gone == 1]; b <- x[d$gone == 0]; p <- c(mean(a), mean(b)); n <- c(length(a), length(b))
  f <- function(p) (p[1] - p[2]) / sqrt(sum(p * (1 - p)) / 2)
  se <- sqrt(sum(grad(f, p)^2 * p * (1 - p) / n))
  c(f(p), f(p) - z * se, f(p) + z * se)
}
whole <- na.omit(d)
fit <- glm(gone ~ site + age + sex + alone + before, binomial, whole,
  control = glm.control(epsilon = 1e-15, maxit = 100))
average <- function(name, low, high) {
  f <- function(beta) {
    p <- function(x) { own <- whole; own[[name]] <- x
      mean(plogis(as.numeric(model.matrix(delete.response(terms(fit)), own, xlev = fit$xlevels) %*% beta))) }
    p(high) - p(low)
  }
  g <- grad(f, coef(fit)); se <- sqrt(as.numeric(t(g) %*% vcov(fit) %*% g)); v <- f(coef(fit))
  c(v, v - z * se, v + z * se)
}
by <- function(name) { s <- sd(whole[[name]]) / 2; average(name, whole[[name]] - s, whole[[name]] + s) }
against <- function(name, level, reference) average(name, factor(rep(reference, nrow(whole)), fit$xlevels[[name]]),
  factor(rep(level, nrow(whole)), fit$xlevels[[name]]))
out <- list(versions = list(R = R.version.string, metafor = as.character(packageVersion("metafor")),
    numDeriv = as.character(packageVersion("numDeriv"))),
  n = nrow(whole), events = sum(whole$gone),
  difference = list(site.south = share(as.numeric(d$site == "south")), age = number(d$age),
    sex.m = share(as.numeric(d$sex == "m")), sex.x = share(as.numeric(d$sex == "x")),
    alone.yes = share(as.numeric(d$alone == "yes")), before = number(d$before)),
  average = list(site.south = against("site", "south", "north"), age = by("age"),
    sex.m = against("sex", "m", "f"), sex.x = against("sex", "x", "f"),
    alone.yes = against("alone", "yes", "no"), before = by("before")))
cat(toJSON(out, digits = 12, auto_unbox = TRUE, pretty = TRUE), "\n")
