# Reference values for tests/missing/test_carpenter.py. Run from the project's root:
#   Rscript tests/reference/reference_based.R
# The equations of Carpenter, Roger & Kenward (2013), J Biopharm Stat 23:1352-71, section 3, written
# down here anew: joint mean and covariance of a person by pattern, conditional means of what is
# missing, and the jackknife over people. Means and covariances of each arm: nlme's gls, REML,
# unstructured. No R package of Debian's holds the method.
suppressMessages({library(nlme); library(jsonlite)})
tight <- glsControl(maxIter = 500, msMaxIter = 2000, tolerance = 1e-12, msTol = 1e-14, msVerbose = FALSE)

# 36 people, three times; the intervention's change is larger, and those who are lost are lost for
# good, but for a few gaps before the last answer
n <- 36
arm <- rep(c(0, 1), n / 2)
i <- seq_len(n)
y <- sapply(0:2, function(t)
  20 + 2 * arm + (0.5 + arm) * t + 3 * sin(3.1 * i) + (1 + .4 * t) * sin(5.3 * i + 2.9 * t))
y[i %% 7 == 0, 3] <- NA
y[i %% 5 == 0, 3] <- NA
y[i %% 10 == 0, 2] <- NA
y[i %in% c(4, 13, 26), 2] <- NA

profile <- function(part) {
  d <- data.frame(id = rep(seq_len(nrow(part)), 3), t = rep(1:3, each = nrow(part)), y = c(part))
  d <- d[!is.na(d$y), ]
  d <- d[order(d$id, d$t), ]
  d$time <- factor(d$t)
  m <- gls(y ~ 0 + time, d, correlation = corSymm(form = ~ t | id), weights = varIdent(form = ~ 1 | time),
           control = tight)
  r <- diag(3)
  r[lower.tri(r)] <- coef(m$modelStruct$corStruct, unconstrained = FALSE)
  r[upper.tri(r)] <- t(r)[upper.tri(r)]
  ratio <- coef(m$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)
  s <- m$sigma * ratio[c("1", "2", "3")]
  list(mean = as.numeric(coef(m)), cov = unname(r * outer(s, s)))
}

# Sigma of somebody seen at times 1..d: own before, after given before as in the reference
joined <- function(own, ref, d) {
  if (d == 0) return(ref)
  if (d == 3) return(own)
  a <- 1:d; b <- (d + 1):3
  out <- own
  k <- ref[b, a, drop = FALSE] %*% solve(ref[a, a, drop = FALSE])
  out[b, a] <- k %*% own[a, a]
  out[a, b] <- t(out[b, a, drop = FALSE])
  out[b, b] <- ref[b, b] - k %*% (ref[a, a] - own[a, a]) %*% t(k)
  out
}

expected <- function(own, ref, d, how, change) {
  if (how == "missing_at_random") return(own)
  m <- ref$mean + change * (own$mean[1] - ref$mean[1])
  if (how == "copy_reference") return(list(mean = m, cov = ref$cov))
  out <- own$mean
  if (d < 3) {
    late <- (d + 1):3
    out[late] <- m[late]
    if (how == "copy_increments" && d > 0) out[late] <- own$mean[d] + m[late] - m[d]
  }
  list(mean = out, cov = joined(own$cov, ref$cov, d))
}

fill <- function(row, own, ref, how, change) {
  seen <- which(!is.na(row)); d <- if (length(seen)) max(seen) else 0
  given <- function(row, who, wanted) {  # from what is known of row
    known <- which(!is.na(row))
    s <- who$cov[wanted, known, drop = FALSE] %*% solve(who$cov[known, known, drop = FALSE])
    who$mean[wanted] + s %*% (row[known] - who$mean[known])
  }
  gaps <- setdiff(seq_len(d), seen)
  if (length(gaps)) {  # before the last answer: at random, from the answers up to it
    early <- row; row[gaps] <- given(early, own, gaps)
  }
  late <- setdiff(1:3, seq_len(d))
  if (length(late)) row[late] <- given(row, expected(own, ref, d, how, change), late)
  row
}

estimate <- function(y, arm, p0, p1, how, change) {
  full <- y
  for (j in seq_len(nrow(y)))
    full[j, ] <- if (arm[j] == 1) fill(y[j, ], p1, p0, how, change)
                 else fill(y[j, ], p0, p0, "missing_at_random", change)
  ch <- full[, 3] - full[, 1]
  mean(ch[arm == 1]) - mean(ch[arm == 0])
}

p0 <- profile(y[arm == 0, ]); p1 <- profile(y[arm == 1, ])
less <- lapply(seq_len(n), function(j) {
  if (arm[j] == 1) list(p0, profile(y[arm == 1 & i != j, ])) else list(profile(y[arm == 0 & i != j, ]), p1)
})
rows <- list()
for (how in c("missing_at_random", "jump_to_reference", "copy_increments", "copy_reference"))
  for (change in c(TRUE, FALSE)) {
    whole <- estimate(y, arm, p0, p1, how, change)
    left <- sapply(seq_len(n), function(j)
      estimate(y[-j, ], arm[-j], less[[j]][[1]], less[[j]][[2]], how, change))
    se <- sqrt((n - 1) / n * sum((left - mean(left))^2))
    rows[[length(rows) + 1]] <- list(strategy = how, change = change, estimate = whole, std_error = se)
  }
out <- list(
  versions = list(R = R.version.string, nlme = as.character(packageVersion("nlme"))),
  y = unname(y), arm = arm,
  mean = list(p0$mean, p1$mean), cov = list(p0$cov, p1$cov), rows = rows)
write(toJSON(out, digits = 15, auto_unbox = TRUE, na = "null", pretty = TRUE), "tests/reference/reference_based.json")
