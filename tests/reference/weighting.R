# Reference numbers for weighting: R's glm and lm, a quasi-Newton optimiser for entropy balancing, and
# standard errors from stacked estimating equations whose derivative is taken numerically (numDeriv),
# clustered or not, without any small-sample correction.
# Run in this folder: Rscript weighting.R > weighting.json
suppressMessages({library(numDeriv); library(jsonlite)})
d <- read.csv("weighting.csv")
x <- cbind(1, scale(as.matrix(d[, c("age", "alone", "income")])))
k <- ncol(x)

sandwich_of <- function(psi, par, at, cluster) {
  # psi(par): (n, p) estimating functions; at: gradient of the estimate by par
  bread <- jacobian(function(p) colSums(psi(p)), par)
  scores <- psi(par)
  pull <- -scores %*% solve(t(bread), at)
  list(std_error = sqrt(sum(pull^2)), clustered = sqrt(sum(rowsum(pull, cluster)^2)))
}
weighted <- function(way, s) {
  t <- d$arm; y <- d$after - d$before
  if (way == "entropy") {
    dual <- function(l) sum(s * (1 - t) * exp(x %*% l)) - sum(s * t * (x %*% l))
    slope <- function(l) colSums(x * as.vector(s * ((1 - t) * exp(x %*% l) - t)))
    start <- c(log(sum(s * t) / sum(s * (1 - t))), rep(0, k - 1))
    for (i in 1:5) start <- optim(start, dual, slope, method = "BFGS",
                                  control = list(reltol = 1e-16, maxit = 1000))$par
    theta <- start
  } else theta <- coef(suppressWarnings(glm.fit(x, t, weights = s, family = binomial(),
                                                control = list(epsilon = 1e-14))))
  value <- function(l) {
    u <- as.vector(x %*% l); e <- plogis(u)
    s * switch(way, entropy = , att = t + (1 - t) * exp(u), ate = t / e + (1 - t) / (1 - e),
               overlap = t * (1 - e) + (1 - t) * e)
  }
  score <- function(l) {
    u <- as.vector(x %*% l)
    if (way == "entropy") x * (s * (t - (1 - t) * exp(u))) else x * (s * (t - plogis(u)))
  }
  w <- value(theta)
  means <- c(weighted.mean(y[t == 1], w[t == 1]), weighted.mean(y[t == 0], w[t == 0]))
  psi <- function(p) {
    w <- value(p[1:k])
    cbind(score(p[1:k]), w * t * (y - p[k + 1]), w * (1 - t) * (y - p[k + 2]))
  }
  c(list(estimate = means[1] - means[2],
         effective = sum(w[t == 0])^2 / sum(w[t == 0]^2)),
    sandwich_of(psi, c(theta, means), c(rep(0, k), 1, -1), d$neighbourhood))
}
# Three cells made like the intervention arm before, each by its own logistic regression
cross_att <- function() {
  y <- ifelse(d$wave == 1, d$after, d$before)
  cell <- 2 * (1 - d$arm) + d$wave
  thetas <- lapply(1:3, function(c) {
    rows <- cell %in% c(0, c)
    coef(glm.fit(x[rows, ], as.numeric(cell[rows] == 0), family = binomial(),
                 control = list(epsilon = 1e-14)))
  })
  psi <- function(p) {
    parts <- list((cell == 0) * (y - p[1]))
    for (c in 1:3) {
      l <- p[1 + (c - 1) * (k + 1) + 1:k]; m <- p[1 + c * (k + 1)]
      u <- as.vector(x %*% l)
      parts[[c + 1]] <- cbind(x * ((cell %in% c(0, c)) * ((cell == 0) - plogis(u))),
                              (cell == c) * exp(u) * (y - m))
    }
    do.call(cbind, parts)
  }
  means <- sapply(1:3, function(c) weighted.mean(y[cell == c],
    exp(as.vector(x %*% thetas[[c]]))[cell == c]))
  m0 <- mean(y[cell == 0])
  par <- c(m0, unlist(lapply(1:3, function(c) c(thetas[[c]], means[c]))))
  at <- rep(0, length(par)); at[1] <- -1; at[1 + (k + 1) * 1:3] <- c(1, 1, -1)
  c(list(estimate = means[1] - m0 - (means[3] - means[2])),
    sandwich_of(psi, par, at, d$neighbourhood))
}
ways <- c("entropy", "att", "ate", "overlap")
one <- rep(1, nrow(d))
result <- list(
  change = sapply(ways, weighted, s = one, simplify = FALSE),
  sampled = sapply(ways, weighted, s = d$weight, simplify = FALSE),
  cross_sections_att = cross_att(),
  versions = list(R = as.character(getRversion()), numDeriv = as.character(packageVersion("numDeriv")))
)
cat(toJSON(result, auto_unbox = TRUE, digits = 14, pretty = TRUE), "\n")
