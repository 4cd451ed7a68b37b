# Mixed models of panels in which a few people move: lme4 with crossed effects of people and
# neighbourhoods, each record in the place where it was given. Five surveys of 2 x 8 neighbourhoods
# and three waves; seven of 160 people move, two of them to the other site.
# Run in the project's folder: Rscript tests/reference/movers.R > tests/reference/movers.json
suppressMessages({library(lme4); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection"); set.seed(11)
made <- function(set) {
  d <- expand.grid(wave = 0:2, id = 1:160)
  home <- (d$id - 1) %% 16
  d$nb <- home
  d$nb[d$id %in% 1:5 & d$wave > 0] <- (home + 2)[d$id %in% 1:5 & d$wave > 0] %% 8 + 8 * (home[d$id %in% 1:5 & d$wave > 0] > 7)
  d$nb[d$id %in% 6:7 & d$wave == 2] <- (home + 8)[d$id %in% 6:7 & d$wave == 2] %% 16
  d$site <- as.integer(d$nb > 7)
  u <- rnorm(160, 0, 2); v <- rnorm(16, 0, 1.2)
  d$y <- round(20 + d$site + .5 * d$wave + .8 * d$site * (d$wave > 0) + u[d$id] + v[d$nb + 1] + rnorm(nrow(d), 0, 1.5), 3)
  d <- d[runif(nrow(d)) > .1, ]
  d$set <- set
  d
}
d <- do.call(rbind, lapply(1:5, made))
write.csv(d[, c("set", "id", "site", "nb", "wave", "y")], "tests/reference/movers.csv", row.names = FALSE, quote = FALSE)
fits <- lapply(split(d, d$set), function(d) {
  m <- lmer(y ~ site * factor(wave) + (1 | id) + (1 | nb), d)
  list(coef = unname(fixef(m)[5:6]), se = unname(sqrt(diag(as.matrix(vcov(m)))[5:6])))
})
cat(toJSON(list(sets = unname(fits), versions = list(R = R.version$version.string, lme4 = as.character(packageVersion("lme4")))),
  digits = 12, auto_unbox = TRUE, pretty = TRUE), "\n")
