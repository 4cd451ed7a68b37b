# Reference values for tests/missing/test_pooling.py. Run from the project's root:
#   Rscript tests/reference/pooling.R
# mice::pool.scalar (Barnard & Rubin's df, fmi) of one estimate, means of mice's nhanes pooled, and
# mitml's D1 of several effects, with many and with few complete df (Reiter).
suppressMessages({library(mice); library(jsonlite)})
scalar <- function(q, u, n, k) {
  p <- pool.scalar(q, u, n = n, k = k)
  list(q = q, u = u, df_complete = n - k, estimate = p$qbar, within = p$ubar, between = p$b,
       total = p$t, df = p$df, riv = p$r, fmi = p$fmi)
}
s <- function(i) sin(1.7 * i)
many <- lapply(c(2, 3, 8, 40), function(m) {
  scalar(2 + .4 * s(1:m), .5 + .1 * cos(1:m), n = 12 + m, k = 2)
})
m <- 6; k <- 3
q <- sapply(1:m, function(i) c(.8, -.5, .3) + .2 * s(i * 1:3))
u <- lapply(1:m, function(i) { a <- matrix(s(1:9 + i), 3); crossprod(a) / 20 + diag(.1, 3) })
uhat <- array(unlist(u), c(k, k, m))
d1 <- lapply(list(NULL, 40, 12), function(df) {
  r <- mitml:::.D1(q, uhat, df)
  list(df_complete = df, f = as.numeric(r$F), df_den = as.numeric(r$v), r = as.numeric(r$r))
})
write_json(list(
  versions = list(R = R.version.string, mice = as.character(packageVersion("mice")),
                  mitml = as.character(packageVersion("mitml"))),
  scalar = c(list(scalar(as.numeric(1:5), rep(1, 5), 30, 2)), many),
  joint = list(q = t(q), u = aperm(uhat, c(3, 1, 2)), tests = d1)
), "tests/reference/pooling.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
