# Reference values for tests/missing/test_carpenter.py. Run from the project's root, after
# reference_based.R, whose answers it takes:
#   Rscript tests/reference/reference_rubin.R
# Rubin's rules for reference-based imputation with m = 1000, beside the jackknife of the same
# answers in reference_based.json. Means and covariances of each arm are drawn by data augmentation
# (Schafer 1997, 5.4: inverse Wishart and normal, prior |Sigma|^-((t + 1) / 2)), one long chain an
# arm, every 40th kept; what is missing is drawn from the joint distributions of Carpenter, Roger &
# Kenward (2013), section 3, reference moved to the own start. Analysis of a set: difference in mean
# change to the last time, Welch. Degrees of freedom: Barnard & Rubin (1999).
suppressMessages(library(jsonlite))
set.seed(20)
given <- fromJSON("tests/reference/reference_based.json")
y <- given$y; arm <- given$arm
t <- 3; m <- 1000; thin <- 40; burn <- 400

fill_in <- function(row, mean, cov, gaps) {  # a draw of row[gaps] given the rest that is known
  known <- which(!is.na(row))
  if (length(known)) {
    s <- cov[gaps, known, drop = FALSE] %*% solve(cov[known, known, drop = FALSE])
    mu <- mean[gaps] + s %*% (row[known] - mean[known])
    v <- cov[gaps, gaps, drop = FALSE] - s %*% cov[known, gaps, drop = FALSE]
  } else { mu <- mean[gaps]; v <- cov[gaps, gaps, drop = FALSE] }
  as.numeric(mu + t(chol(v)) %*% rnorm(length(gaps)))
}

posterior <- function(part) {
  n <- nrow(part); open <- which(rowSums(is.na(part)) > 0)
  full <- part
  for (j in 1:t) full[is.na(full[, j]), j] <- mean(part[, j], na.rm = TRUE)
  kept <- list()
  for (round in seq_len(burn + m * thin)) {
    centre <- colMeans(full)
    s <- crossprod(sweep(full, 2, centre))
    cov <- solve(rWishart(1, n - 1, solve(s))[, , 1])
    mean <- centre + as.numeric(t(chol(cov / n)) %*% rnorm(t))
    for (i in open) {
      gaps <- which(is.na(part[i, ]))
      full[i, gaps] <- fill_in(part[i, ], mean, cov, gaps)
    }
    if (round > burn && (round - burn) %% thin == 0)
      kept[[length(kept) + 1]] <- list(mean = mean, cov = cov)
  }
  kept
}

joined <- function(own, ref, d) {
  if (d == 0) return(ref)
  a <- 1:d; b <- (d + 1):t
  out <- own
  k <- ref[b, a, drop = FALSE] %*% solve(ref[a, a, drop = FALSE])
  out[b, a] <- k %*% own[a, a]
  out[a, b] <- t(out[b, a, drop = FALSE])
  out[b, b] <- ref[b, b] - k %*% (ref[a, a] - own[a, a]) %*% t(k)
  out
}

complete <- function(row, own, ref, how) {
  seen <- which(!is.na(row)); d <- if (length(seen)) max(seen) else 0
  early <- setdiff(seq_len(d), seen)
  if (length(early)) row[early] <- fill_in(row, own$mean, own$cov, early)
  if (d == t) return(row)
  late <- (d + 1):t
  mean <- own$mean; cov <- own$cov
  there <- ref$mean + own$mean[1] - ref$mean[1]
  if (how == "copy_reference") { mean <- there; cov <- ref$cov }
  if (how == "jump_to_reference") mean[late] <- there[late]
  if (how == "copy_increments") mean[late] <- if (d) own$mean[d] + there[late] - there[d] else there[late]
  if (how %in% c("jump_to_reference", "copy_increments")) cov <- joined(own$cov, ref$cov, d)
  row[late] <- fill_in(row, mean, cov, late)
  row
}

draws <- list(posterior(y[arm == 0, ]), posterior(y[arm == 1, ]))
rows <- list()
for (how in c("missing_at_random", "jump_to_reference", "copy_increments", "copy_reference")) {
  sets <- sapply(seq_len(m), function(k) {
    p0 <- draws[[1]][[k]]; p1 <- draws[[2]][[k]]
    full <- t(sapply(seq_len(nrow(y)), function(i)
      if (arm[i] == 1) complete(y[i, ], p1, p0, how) else complete(y[i, ], p0, p0, "missing_at_random")))
    test <- t.test(full[arm == 1, t] - full[arm == 1, 1], full[arm == 0, t] - full[arm == 0, 1])
    c(-diff(test$estimate), test$stderr^2, test$parameter)
  })
  q <- mean(sets[1, ]); u <- mean(sets[2, ]); b <- var(sets[1, ])
  total <- u + (1 + 1 / m) * b
  lambda <- (1 + 1 / m) * b / total
  complete_df <- mean(sets[3, ])
  old <- (m - 1) / lambda^2
  observed <- (complete_df + 1) / (complete_df + 3) * complete_df * (1 - lambda)
  rows[[length(rows) + 1]] <- list(
    strategy = how, estimate = q, within = u, between = b, std_error = sqrt(total),
    df = 1 / (1 / old + 1 / observed), monte_carlo = sqrt(b / m))
}
out <- list(versions = list(R = R.version.string), m = m, rows = rows)
write(toJSON(out, digits = 15, auto_unbox = TRUE, pretty = TRUE), "tests/reference/reference_rubin.json")
