# Rubin's rules (1987) over the rows of all sets, one row an estimate; ratios by their logarithm.
# Degrees of freedom: Barnard and Rubin (1999), from the mean of the sets' own.
pooled <- function(found, m) {
  one <- function(own) {
    by_log <- isTRUE(own$ratio[1])
    q <- if (by_log) log(own$estimate) else own$estimate
    u <- (if (by_log) own$std_error / own$estimate else own$std_error)^2
    between <- var(q)
    total <- mean(u) + (1 + 1 / m) * between
    lambda <- (1 + 1 / m) * between / total
    complete <- mean(own$df)
    seen <- if (is.infinite(complete)) Inf else
      (complete + 1) / (complete + 3) * complete * (1 - lambda)
    middle <- if (by_log) exp(mean(q)) else mean(q)
    row <- data.frame(estimate_id = own$estimate_id[1], estimate = middle,
                      std_error = sqrt(total) * (if (by_log) middle else 1),
                      df = 1 / (lambda^2 / (m - 1) + 1 / seen))
    if (!is.null(own$ratio)) row$ratio <- by_log
    row
  }
  parts <- split(found, factor(found$estimate_id, unique(found$estimate_id)))
  parts <- parts[vapply(parts, nrow, 0L) == m]  # an estimate that a set lacks is not pooled
  do.call(rbind, lapply(parts, one))
}
