# Reference values for tests/economics: cost and QALYs each by least squares on columns of its own,
# with their joint covariance. Run from the project's root, after economics.R, whose people these are:
#   Rscript tests/reference/two_equations.R > tests/reference/two_equations.json
# Both equations stacked as one lm; clubSandwich's CR2 by person (HC2 of both) and by link worker.
suppressMessages({library(clubSandwich); library(jsonlite)})
d <- as.data.frame(fromJSON("tests/reference/economics.json")$data)
n <- nrow(d)
x <- model.matrix(~ arm + age + utility + before, d)
z <- model.matrix(~ arm + age + utility + I(before + 40 * sin(seq_len(n))), d)
size <- c(sd(d$cost), sd(d$qaly))
y <- c(d$cost / size[1], d$qaly / size[2])
both <- rbind(cbind(x, 0 * z), cbind(0 * x, z))
fit <- lm(y ~ 0 + both)
arms <- c(2, 7)
joint <- function(cluster) {
  v <- as.matrix(vcovCR(fit, cluster = c(cluster, cluster), type = "CR2"))[arms, arms]
  v * outer(size, size)
}
out <- list(
  versions = list(R = R.version.string, clubSandwich = as.character(packageVersion("clubSandwich"))),
  delta = unname(coef(fit)[arms]) * size,
  person = unname(joint(seq_len(n))), worker = unname(joint(d$cluster)))
writeLines(toJSON(out, digits = 15, auto_unbox = TRUE))
