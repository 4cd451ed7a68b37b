# What R makes of two data sets: `attitude`, of which only the outputs are kept, and psychometrics.csv
# (psychometrics_generated.py). psych, boot, polycor and stats; where none has a quantity, its formula.
# Run in the project's folder: Rscript tests/reference/psychometrics.R
suppressMessages({ library(psych); library(boot); library(polycor); library(jsonlite) })
d <- read.csv("tests/reference/psychometrics.csv")
items <- d[, 1:6]
tight <- list(opt = list(factr = 1, pgtol = 0, maxit = 10000))
feldt <- function(a, n, k) 1 - (1 - a) * qf(c(.975, .025), n - 1, (n - 1) * (k - 1))
ml <- function(x) {
  f <- factanal(x, 1, control = tight); l <- as.vector(f$loadings); l <- l * sign(sum(l))
  list(loadings = l, uniqueness = as.vector(f$uniquenesses), chi_squared = unname(f$STATISTIC),
       df = f$dof, omega = sum(l)^2 / (sum(l)^2 + sum(f$uniquenesses)))
}
scale_of <- function(x) {
  a <- suppressWarnings(psych::alpha(x)$total$raw_alpha)
  f <- suppressWarnings(fa(x, 1, fm = "ml"))
  list(n = nrow(x), covariance = unname(cov(x)), alpha = a, feldt = feldt(a, nrow(x), ncol(x)),
       ml = ml(x), rmsea = unname(f$RMSEA[2:3]), eigenvalues = eigen(cor(x))$values,
       default_omega = ml_default(x))
}
ml_default <- function(x) {  # where factanal stops unless it is told otherwise
  f <- factanal(x, 1); l <- f$loadings; sum(l)^2 / (sum(l)^2 + sum(f$uniquenesses))
}

# ordered answers
pairs <- combn(6, 2)
two_step <- apply(pairs, 2, function(p) {
  f <- polychor(items[[p[1]]], items[[p[2]]], ML = FALSE, std.err = TRUE)
  c(f$rho, sqrt(f$var[1, 1]))
})
of_psych <- suppressWarnings(polychoric(items, correct = 0)$rho)
R <- diag(6); R[t(pairs)] <- two_step[1, ]; R <- R + t(R) - diag(6)
minres <- suppressWarnings(fa(R, 1, n.obs = nrow(d), fm = "minres"))
l <- as.vector(minres$loadings); l <- l * sign(sum(l))

# parallel analysis: 95th percentiles of permuted items
set.seed(1)
permuted <- replicate(20000, eigen(cor(apply(items, 2, sample)), only.values = TRUE)$values)

# intraclass correlations
sf <- matrix(c(9,2,5,8, 6,1,3,2, 8,4,6,8, 7,1,2,6, 10,5,6,9, 6,2,4,7), ncol = 4, byrow = TRUE)
icc <- function(x) {
  f <- ICC(x, lmer = FALSE)
  s <- f$summary[[1]]
  list(icc = f$results$ICC, low = f$results$`lower bound`, high = f$results$`upper bound`,
       mean_squares = s[1:3, "Mean Sq"])
}

# responsiveness
change <- d$after - d$before
stable <- (d$again - d$before)[1:30]
es <- function(x, i) mean(x[i, 2] - x[i, 1]) / sd(x[i, 1])
ratio <- function(x, i) mean(x[i, 2][x[i, 1] == 0]) / sd(x[i, 2][x[i, 1] == 1])
set.seed(1)
b <- boot(cbind(d$before, d$after), es, 20000)
both <- rbind(cbind(0, change), cbind(1, stable))
g <- boot(both, ratio, 20000, strata = both[, 1])
bca <- function(x) unname(boot.ci(x, type = "bca")$bca[4:5])
t <- mean(change) / sd(change) * sqrt(80)
noncentral <- function(p) uniroot(function(nc) pt(t, 79, nc) - p, c(t - 10, t + 10), tol = 1e-12)$root
lower_sd <- function(x, df) sqrt(df / qchisq(.2, df)) * x

# clusters: mean squares by aov; Wald's exact interval by uniroot
wald <- function(y, g, s = rep(0, length(y))) {
  g <- factor(g); s <- factor(s)
  within <- anova(lm(y ~ g)); msw <- within["Residuals", "Mean Sq"]; dfw <- within["Residuals", "Df"]
  of <- tapply(as.integer(s), g, function(v) v[1]); n <- table(g); m <- tapply(y, g, mean)
  df <- nlevels(g) - nlevels(s)
  ss <- if (nlevels(s) > 1) anova(lm(y ~ s), lm(y ~ g))[2, "Sum of Sq"] else within["g", "Sum Sq"]
  n0 <- (length(y) - sum(tapply(n^2, of, sum) / tapply(n, of, sum))) / df
  pivot <- function(th) {
    w <- n / (1 + n * th)
    sum(sapply(unique(of), function(o) {
      i <- of == o; c <- sum(w[i] * m[i]) / sum(w[i]); sum(w[i] * (m[i] - c)^2) })) / df / msw
  }
  end <- function(p) {
    th <- uniroot(function(th) pivot(th) - qf(p, df, dfw), c(-.999 / max(n), 1e4), tol = 1e-14)$root
    th / (1 + th)
  }
  msb <- ss / df
  list(value = (msb - msw) / (msb + (n0 - 1) * msw), low = end(.975), high = end(.025), n0 = n0)
}
even <- d[d$cluster %in% c(2, 10), ]; even$half <- rep(1:7, 2)

out <- list(
  versions = list(R = as.character(getRversion()), psych = as.character(packageVersion("psych")),
                  boot = as.character(packageVersion("boot")),
                  polycor = as.character(packageVersion("polycor"))),
  attitude = scale_of(attitude), items = scale_of(items),
  polychoric = list(rho = two_step[1, ], std_error = two_step[2, ], psych = of_psych[t(pairs)],
                    minres = l),
  permuted = apply(permuted, 1, quantile, .95),
  shrout_fleiss = icc(sf), retest = icc(as.matrix(d[, c("before", "again")])),
  responsiveness = list(
    srm = mean(change) / sd(change), srm_limits = c(noncentral(.975), noncentral(.025)) / sqrt(80),
    es = b$t0, es_limits = bca(b), guyatt = g$t0, guyatt_limits = bca(g),
    mean_limits = as.vector(t.test(change)$conf.int),
    correlation = unname(cor.test(d$before, d$after)$estimate),
    correlation_limits = as.vector(cor.test(d$before, d$after)$conf.int)),
  spread = list(sd = sd(d$before), upper = lower_sd(sd(d$before), 79),
                pooled = sigma(lm(before ~ factor(site), d)),
                pooled_upper = lower_sd(sigma(lm(before ~ factor(site), d)), 78)),
  clusters = wald(d$within, d$cluster), clusters_in_sites = wald(d$within, d$cluster, d$site),
  pairs = wald(even$within, even$half))
write_json(out, "tests/reference/psychometrics.json", digits = I(14), auto_unbox = TRUE, pretty = TRUE)
