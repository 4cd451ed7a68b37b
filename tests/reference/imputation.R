# Reference values for tests/missing/test_mice.py. Run from the project's root (some minutes):
#   Rscript tests/reference/imputation.R
# Makes imputation.csv: 150 people, gaps at random that depend on x, in no order. mice imputes it
# m times by norm and by pmm; for each analysis the mean over sets, the variance between sets and
# the mean squared standard error. Cells: mean and SD of what is imputed for single people. glm and
# polr: mean predicted probabilities of those whose answer is missing. 2l.pan: 24 clusters.
suppressMessages({library(mice); library(MASS); library(jsonlite)})
set.seed(2011)
n <- 150
g <- rep(1:24, length.out = n)
x <- round(rnorm(n, 50, 10), 2)
u <- rnorm(24, 0, 3)[g]
y1 <- 20 + .3 * x + rnorm(n, 0, 4); y2 <- 5 + .5 * y1 - .1 * x + rnorm(n, 0, 3)
y3 <- 10 + .4 * y1 + .4 * y2 + rnorm(n, 0, 3); y4 <- 3 + .2 * x + u + rnorm(n, 0, 3)
b <- rbinom(n, 1, plogis(-1 + .05 * (x - 50) + .1 * (y1 - 35)))
o <- findInterval(.06 * (x - 50) + .1 * (y1 - 35) + rlogis(n), c(-1.5, 0, 1.5))
d <- data.frame(g, x, y1, y2, y3, y4, b, o)
d[3:6] <- round(d[3:6], 2)
for (j in 4:8) d[[j]][runif(n) < plogis(-1.2 + .05 * (x - 50))] <- NA
d$y1[runif(n) < .2] <- NA
write.csv(d, "tests/reference/imputation.csv", row.names = FALSE, na = "")
analyses <- function(k) {
  fit <- lm(y3 ~ y1 + y2 + x, k)
  q <- c(sapply(k[c("y1", "y2", "y3")], mean), coef(fit)[-1], cor(k$y1, k$y2), quantile(k$y2, .9))
  u <- c(sapply(k[c("y1", "y2", "y3")], var) / n, diag(vcov(fit))[-1], NA, NA)
  rbind(q, u)
}
m <- 600
used <- c("x", "y1", "y2", "y3")
chained <- function(method) {
  i <- mice(d[used], m = m, method = method, maxit = 10, printFlag = FALSE, seed = 7)
  all <- lapply(1:m, function(k) analyses(complete(i, k)))
  q <- t(sapply(all, function(a) a[1, ])); u <- t(sapply(all, function(a) a[2, ]))
  cells <- as.matrix(i$imp$y3)
  list(mean = colMeans(q), between = apply(q, 2, var), within = colMeans(u),
       rows = as.integer(rownames(i$imp$y3)) - 1, cell_mean = rowMeans(cells),
       cell_sd = apply(cells, 1, sd), cell_lower = apply(cells, 1, quantile, .1),
       cell_upper = apply(cells, 1, quantile, .9))
}
full <- d[!is.na(d$y1), ]
probability <- function() {
  fb <- glm(b ~ x + y1, binomial, full); fo <- polr(factor(o) ~ x + y1, full)
  list(logistic = mean(predict(fb, full[is.na(full$b), ], type = "response")),
       ordered = colMeans(predict(fo, full[is.na(full$o), ], type = "probs")))
}
pan <- function() {
  k <- data.frame(g = d$g, x = d$x, y4 = d$y4)
  p <- make.predictorMatrix(k); p["y4", ] <- c(-2, 1, 0)
  i <- mice(k, m = m, method = c("", "", "2l.pan"), predictorMatrix = p, maxit = 1, paniter = 200,
            printFlag = FALSE, seed = 8)
  means <- sapply(1:m, function(s) mean(complete(i, s)$y4))
  between <- sapply(1:m, function(s) var(tapply(complete(i, s)$y4, d$g, mean)))
  list(mean = c(mean(means), mean(between)), between = c(var(means), var(between)),
       cell_mean = rowMeans(i$imp$y4), cell_sd = apply(i$imp$y4, 1, sd))
}
write_json(list(
  versions = list(R = R.version.string, mice = as.character(packageVersion("mice")),
                  pan = as.character(packageVersion("pan")), MASS = as.character(packageVersion("MASS"))),
  m = m, norm = chained("norm"), pmm = chained("pmm"), probability = probability(), pan = pan()
), "tests/reference/imputation.json", digits = NA, auto_unbox = TRUE, pretty = FALSE)
