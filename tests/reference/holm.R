# Holm's adjustment by R's p.adjust, for tests/analysis_plan: Rscript tests/reference/holm.R
cases <- list(
  c(0.01, 0.02, 0.03, 0.04),
  c(0.04, 0.001, 0.03),
  c(0.5, 0.9, 0.0004, 0.02, 0.02),
  c(1, 0.2),
  c(0.013)
)
out <- lapply(cases, function(p) list(p = I(p), holm = I(p.adjust(p, "holm"))))
# of a family of 4 of which 2 p-values are not known: they count in its size
some <- c(0.01, 0.04)
out[[length(out) + 1]] <- list(p = I(some), n = 4, holm = I(p.adjust(some, "holm", n = 4)))
found <- list(r = R.version.string, cases = out)
text <- jsonlite::toJSON(found, digits = NA, auto_unbox = TRUE, pretty = TRUE)
writeLines(text, "tests/reference/holm.json")
