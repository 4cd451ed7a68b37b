# The numbers that the examples without a comparison of two arms over time are held to, by R, from the
# files that other examples and R packages have: examples/baseline_only and examples/empty_control.
# Run in the project's folder: Rscript tests/reference/without_comparison.R (writes both expected.csv).
whole <- read.csv("examples/beat_the_blues/data/raw/btheb.csv", check.names = FALSE)
whole$arm <- ifelse(whole$treatment == "BtheB", "intervention", "control")
whole$length <- c("<6m" = "up to 6 months", ">6m" = "over 6 months")[whole$length]
version <- paste("R", as.character(getRversion()))

row <- function(quantity, value, how) data.frame(quantity, value, how)
spread <- function(place, x) {
  x <- x[!is.na(x)]
  t <- t.test(x)
  rbind(row(paste0(place, "/n"), length(x), "length"), row(paste0(place, "/mean"), mean(x), "mean"),
    row(paste0(place, "/sd"), sd(x), "sd"), row(paste0(place, "/ci_low"), t$conf.int[1], "t.test"),
    row(paste0(place, "/ci_high"), t$conf.int[2], "t.test"))
}
times <- c(baseline = "bdi.pre", "2m" = "bdi.2m", "3m" = "bdi.3m", "5m" = "bdi.5m", "8m" = "bdi.8m")
start <- function(d, arm) {  # people at the start
  own <- d[d$arm == arm, ]
  counts <- do.call(rbind, lapply(c("drug", "length"), function(name) {
    n <- table(own[[name]])
    row(paste("baseline", name, names(n), arm, "count", sep = "/"), as.vector(n), "table")
  }))
  q <- quantile(own$bdi.pre, c(.25, .5, .75))
  rbind(counts, row(paste0("baseline/bdi//", arm, "/", c("q1", "median", "q3")), q, "quantile"))
}
smd <- function(d, name) {  # standardised differences: of a number, of two categories
  a <- d[[name]][d$arm == "intervention"]; b <- d[[name]][d$arm == "control"]
  if (is.numeric(a)) return((mean(a) - mean(b)) / sqrt((var(a) + var(b)) / 2))
  p <- mean(a == a[1]); q <- mean(b == a[1])
  abs(p - q) / sqrt((p * (1 - p) + q * (1 - q)) / 2)
}
file <- function(found, path) {
  whole_number <- found$value == round(found$value)
  out <- data.frame(quantity = found$quantity, published = sprintf("%.12g", found$value),
    tolerance = ifelse(whole_number, "0", "1e-10"),
    tolerance_is = ifelse(whole_number, "absolute", "relative"),
    source = sprintf('"%s, %s"', version, found$how),
    reason = ifelse(whole_number, "a whole number", "printed to twelve digits"))
  write.csv(out, path, row.names = FALSE, quote = FALSE, eol = "\n")
}
both <- c("intervention", "control")
file(do.call(rbind, c(
  lapply(both, function(arm) spread(paste0("means/bdi/", arm, "/baseline"), whole$bdi.pre[whole$arm == arm])),
  lapply(both, function(arm) start(whole, arm)),
  list(row("baseline/bdi//intervention/difference", smd(whole, "bdi.pre"), "var"),
    row("baseline/drug/No/intervention/difference", smd(whole, "drug"), "mean"),
    row("baseline/length/over 6 months/intervention/difference", smd(whole, "length"), "mean")))),
  "examples/baseline_only/expected.csv")

treated <- whole[whole$arm == "intervention", ]
file(do.call(rbind, c(
  lapply(names(times), function(t) spread(paste0("means/bdi/intervention/", t), treated[[times[t]]])),
  lapply(names(times)[-1], function(t)
    spread(paste0("changes/bdi/intervention/", t), treated[[times[t]]] - treated$bdi.pre)),
  list(start(treated, "intervention")))), "examples/empty_control/expected.csv")
