# Reference values for tests/planning. From the project's root:
#   Rscript tests/reference/planning_analytic.R
# Base R, by another way than ours: every answer of every person in one covariance matrix, weighted
# least squares on it, REML's expected information from tr(P V_j P V_k) with P in full and V_j by
# differences. lme4 and pbkrtest: Kenward and Roger's df at variances that a fit estimated, for data
# drawn here. Noncentral t by pt().
suppressMessages({library(jsonlite); library(lme4); library(pbkrtest)})

rows <- function(treated, each, m, stay, cohort) {  # one row an answer
  out <- list()
  for (l in seq_along(each)) {
    s <- each[l]; seen <- which(!is.na(treated[s, ])); n <- if (length(m) == 1) m else m[l]
    for (i in seq_along(seen)) {
      answering <- if (i == 1 && stay$spared) n else round(n * stay$share)
      person <- if (cohort) paste(l, 1:answering) else paste(l, seen[i], 1:answering)
      out[[length(out) + 1]] <- data.frame(l = l, s = s, t = seen[i], person = person,
                                           x = treated[s, seen[i]])
    }
  }
  do.call(rbind, out)
}
corr <- function(kind, lag, value) switch(kind, exchangeable = 1 + 0 * lag,
  block_exchangeable = ifelse(lag == 0, 1, value), decay = value^lag)
full <- function(d, structure, cohort, p) {  # p: variances as the structure has them, in order
  same <- outer(d$l, d$l, "=="); lag <- abs(outer(d$t, d$t, "-")); one <- outer(d$person, d$person, "==")
  own <- switch(structure, exchangeable = p[1] * same,
    block_exchangeable = same * (p[1] + p[2] * (lag == 0)), decay = same * p[1] * p[2]^lag)
  q <- p[-seq_len(if (structure == "exchangeable") 1 else 2)]
  if (!cohort) return(own + diag(q[1], nrow(d)))
  own + one * (if (structure == "decay") q[1] * q[2]^lag else q[1] + q[2] * (lag == 0))
}
known <- function(structure, cohort, icc, cac, iac) {
  rest <- 1 - icc
  c(switch(structure, exchangeable = icc, block_exchangeable = icc * c(cac, 1 - cac), decay = c(icc, cac)),
    if (!cohort) rest else if (structure == "decay") c(rest, iac) else rest * c(iac, 1 - iac))
}
fixed <- function(d, change) {
  x <- cbind(1, outer(d$t, unique(d$t)[-1], "=="), if (change) outer(d$s, unique(d$s)[-1], "=="))
  keep <- qr(x)$pivot[seq_len(qr(x)$rank)]
  cbind(x[, keep], d$x)
}
gls <- function(d, structure, cohort, p, change = FALSE) {
  x <- fixed(d, change); v <- full(d, structure, cohort, p); w <- solve(v)
  phi <- solve(t(x) %*% w %*% x); k <- ncol(x)
  P <- w - w %*% x %*% phi %*% t(x) %*% w
  h <- 1e-5
  vj <- lapply(seq_along(p), function(j) { e <- replace(0 * p, j, h)
    (full(d, structure, cohort, p + e) - full(d, structure, cohort, p - e)) / (2 * h) })
  pv <- lapply(vj, function(one) P %*% one)
  info <- outer(seq_along(p), seq_along(p), Vectorize(function(a, b) sum(pv[[a]] * t(pv[[b]])) / 2))
  g <- sapply(vj, function(one) (phi %*% t(x) %*% w %*% one %*% w %*% x %*% phi)[k, k])
  sc <- ifelse(diag(info) > 1e-12, 1 / sqrt(pmax(diag(info), 1e-12)), 0); e <- eigen(info * outer(sc, sc)); ok <- e$values > 1e-9 * e$values[1]
  spread <- sum((t(e$vectors) %*% (g * sc))[ok]^2 / e$values[ok])
  c(variance = phi[k, k], df = 2 * phi[k, k]^2 / spread)
}

wedge <- function(steps) { x <- outer(1:steps, 1:(steps + 1), "<") * 1; x }
hole <- wedge(4); hole[1, 5] <- NA; hole[4, 1] <- NA; hole[2, 3] <- NA
stairs <- t(sapply(1:4, function(s) { x <- rep(NA, 5); x[s] <- 0; x[s + 1] <- 1; x }))
late <- rbind(cbind(wedge(2), NA, NA), cbind(NA, NA, wedge(2)))
layouts <- list(parallel_post = matrix(0:1), parallel_baseline = rbind(c(0, 0), c(0, 1)),
  before_after = rbind(c(0, 0), c(0, 1)), crossover = rbind(c(0, 1), c(1, 0)), stepped_wedge = wedge(4),
  incomplete = hole, staircase = stairs, batched = late)
cases <- list()
add <- function(layout, structure, cohort, each, m, icc, cac, iac = .4, share = 1, change = FALSE) {
  spared <- layout != "parallel_post"
  d <- rows(layouts[[layout]], each, m, list(share = share, spared = spared), cohort)
  got <- gls(d, structure, cohort, known(structure, cohort, icc, cac, iac), change)
  cases[[length(cases) + 1]] <<- list(layout = layout, structure = structure,
    sampling = if (cohort) "cohort" else "cross_section", analysis = if (change) "change" else "adjusted",
    sequence = each - 1, people = m, icc = icc, cac = cac, iac = iac, retention = share,
    variance = got[["variance"]], df = got[["df"]])
}
two <- rep(1:2, each = 4); four <- rep(1:4, each = 2)
for (s in c("block_exchangeable", "decay", "exchangeable")) {
  cac <- if (s == "exchangeable") 1 else .7
  add("parallel_post", s, FALSE, two, 5, .1, cac); add("parallel_post", s, FALSE, two, 5, .1, cac, share = .8)
  for (cohort in c(FALSE, TRUE)) {
    for (l in c("parallel_baseline", "crossover")) {
      add(l, s, cohort, two, 5, .1, cac); add(l, s, cohort, two, 5, .1, cac, share = .6) }
    add("before_after", s, cohort, two, 5, .1, cac, share = .6, change = TRUE)
    for (l in c("stepped_wedge", "incomplete", "staircase", "batched"))
      add(l, s, cohort, four, 4, .08, cac, .5)
    add("stepped_wedge", s, cohort, four, 4, .08, cac, .5, share = .75)
    add("stepped_wedge", s, cohort, four, 4, .08, cac, .5, change = TRUE)
  }
}
add("stepped_wedge", "block_exchangeable", FALSE, four, 4, 0, .5); add("stepped_wedge", "block_exchangeable", TRUE, four, 4, .05, 1)
add("stepped_wedge", "decay", FALSE, four, 4, .05, 0); add("stepped_wedge", "decay", FALSE, four, 4, .05, -.4)
# sizes that differ, each location's own covariance
some <- c(2, 9, 4, 6, 3, 7, 12, 5)
for (l in c("parallel_post", "stepped_wedge"))
  add(l, "block_exchangeable", FALSE, if (l == "parallel_post") two else four, some, .1, .7)
add("before_after", "block_exchangeable", TRUE, two, some, .1, .7, change = TRUE)

# Kenward and Roger at a fit's own variances
set.seed(20)
kr <- function(cohort) {
  d <- rows(wedge(4), four, 6, list(share = 1, spared = TRUE), cohort)
  u <- rnorm(8, 0, .5); v <- matrix(rnorm(40, 0, .4), 8); p <- rnorm(length(unique(d$person)))
  d$y <- u[d$l] + v[cbind(d$l, d$t)] + cohort * p[match(d$person, unique(d$person))] + rnorm(nrow(d)) + .1 * d$t
  f <- lmer(if (cohort) y ~ factor(t) + x + (1 | l) + (1 | l:t) + (1 | person) else
    y ~ factor(t) + x + (1 | l) + (1 | l:t), d, control = lmerControl(optCtrl = list(xtol_rel = 1e-12, ftol_rel = 1e-14)))
  v <- as.data.frame(VarCorr(f)); v <- setNames(v$vcov, v$grp)
  L <- c(rep(0, length(fixef(f)) - 1), 1)
  list(cohort = cohort, people = 6, location = v[["l"]], period = v[["l:t"]],
       person = if (cohort) v[["person"]] else 0, residual = v[["Residual"]],
       variance = as.matrix(vcov(f))[length(L), length(L)],
       adjusted = as.matrix(vcovAdj(f))[length(L), length(L)], df = Lb_ddf(L, vcov(f), vcovAdj(f)))
}
power <- function(shift, df, alpha) { c <- qt(1 - alpha / 2, df)
  1 - pt(c, df, shift) + pt(-c, df, shift) }
powers <- expand.grid(shift = c(0, .5, 2.8, 6), df = c(2, 6, 17.3, 400), alpha = c(.01, .05))
powers$power <- mapply(power, powers$shift, powers$df, powers$alpha)
root <- function(f, low, high) uniroot(function(x) f(x) - .8, c(low, high), tol = 1e-12)$root
parallel <- function(k, vif, m, d, v = 1) power(sqrt(k * m / (2 * vif)) * d / sqrt(v), 2 * (k - 1), .05)
r <- function(m, icc, c, i) (m * icc * c + (1 - icc) * i) / (1 + (m - 1) * icc)
solved <- list(
  par_k = root(function(k) parallel(k, 1.9, 10, 1, 5), 2.1, 100),
  did_k = root(function(k) parallel(k, 5.95 * 2 * (1 - r(100, .05, .5, .7)), 100, .5), 2.1, 100),
  ancova_k = root(function(k) parallel(k, 5.95 * (1 - r(100, .05, .5, .7)^2), 100, .3), 2.1, 100),
  people = root(function(m) parallel(12, 1 + (m - 1) * .02, m, .3), 2, 1e5),
  controls = root(function(n) { z <- .5 / sqrt((10 * .1 + .9) / 100 + 1 / n)
    pnorm(z - qnorm(.975)) + pnorm(-z - qnorm(.975)) }, 2, 1e4))
# power of the regression of means after on means before, given chance in the means before: simulated
# noncentrality integrated over the F law of the arms' difference before
ancova <- function(k, m, icc, cac, iac, d) {
  v <- icc + (1 - icc) / m; c <- icc * cac + (1 - icc) * iac / m; s <- (v - c^2 / v) * 2 / k
  integrate(Vectorize(function(t) dt(t, 2 * k - 2) * power(d / sqrt(s * (1 + t^2 / (2 * k - 2))), 2 * k - 3, .05)),
            -Inf, Inf, rel.tol = 1e-10)$value
}
adjusted <- list(list(k = 4, m = 20, icc = .1, cac = .8, iac = .5, effect = .5),
                 list(k = 10, m = 30, icc = .05, cac = .5, iac = .7, effect = .3))
adjusted <- lapply(adjusted, function(a) c(a, power = ancova(a$k, a$m, a$icc, a$cac, a$iac, a$effect)))
write_json(list(versions = c(R = R.version.string, lme4 = format(packageVersion("lme4")),
                             pbkrtest = format(packageVersion("pbkrtest"))),
                cases = cases, kenward_roger = list(kr(FALSE), kr(TRUE)), powers = powers,
                solved = solved, adjusted = adjusted),
           "tests/reference/planning_analytic.json", digits = 14, auto_unbox = TRUE, pretty = 1)
cat(length(cases), "cases\n")
