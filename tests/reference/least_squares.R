# Reference values for models/least_squares.py and models/sandwich.py.
# From the repository's root: Rscript tests/reference/least_squares.R
# Writes tests/reference/least_squares.json (values with 15 digits, and the versions that made it).
suppressMessages({library(clubSandwich); library(sandwich); library(jsonlite)})

vector_a1 <- function() {  # methods.md, appendix A1: 24 people, arm by time, rows lost
  rows <- list()
  for (i in 1:24) for (t in 0:3) {
    if (t > 0 && (7 * i + 5 * t) %% 6 == 0) next
    a <- as.numeric(i > 12)
    y <- 40 + 2 * a + 1.5 * t + .8 * a * t + 5 * sin(3.1 * i) + 1.2 * cos(1.9 * i) * t +
      3 * sin(5.3 * i + 2.9 * t)
    rows[[length(rows) + 1]] <- data.frame(id = i, arm = a, t = t, y = y)
  }
  do.call(rbind, rows)
}
vector_a3 <- function() {  # appendix A3: 10 neighbourhoods, two waves of a survey
  rows <- list(); k <- 0
  for (nb in 0:9) for (w in 0:1) for (j in seq_len(6 + (3 * nb + w) %% 5)) {
    k <- k + 1; s <- as.numeric(nb >= 5)
    y <- 20 + s + .5 * w + 1.2 * s * w + 2 * sin(2.7 * nb + 1) + .9 * cos(4.1 * nb + 3 * w) +
      3 * sin(1.3 * k)
    rows[[length(rows) + 1]] <- data.frame(nb = nb, site = s, wave = w, y = y)
  }
  do.call(rbind, rows)
}

one <- function(model, cluster, type, name) {
  test <- coef_test(model, vcovCR(model, cluster, type), test = "Satterthwaite")[name, ]
  list(estimate = test$beta, se = test$SE, df = test$df_Satt, p = test$p_Satt)
}
both <- function(model, cluster, name)
  list(CR1 = one(model, cluster, "CR1S", name), CR2 = one(model, cluster, "CR2", name))

a1 <- vector_a1(); a3 <- vector_a3()
people <- read.csv("tests/reference/people.csv")
people$change <- people$follow_up - people$baseline
people$arm <- as.numeric(people$site == "intervention")
a1$w_row <- 1 + .5 * sin(seq_len(nrow(a1)))          # weights that differ within people
a1$w_id <- 2 + cos(a1$id)                            # weights that are constant within people
a1$nb <- a1$id %% 8                                  # clusters in which people nest
a1$treat <- a1$arm * (a1$t >= 2)

ols <- lm(y ~ arm * t, a1)
wls <- lm(y ~ arm * t, a1, weights = w_row)
fixed <- lm(y ~ t + I(arm * t) + factor(id), a1)
fixed_w <- lm(y ~ t + I(arm * t) + factor(id), a1, weights = w_id)
survey <- lm(y ~ site * wave, a3)
cars_lm <- lm(mpg ~ wt + am, mtcars)
cars_wls <- lm(mpg ~ wt + am, mtcars, weights = hp)
welch <- t.test(mpg ~ am, mtcars)
hc2 <- function(model, name) sqrt(vcovHC(model, "HC2")[name, name])

out <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."),
                  clubSandwich = as.character(packageVersion("clubSandwich")),
                  sandwich = as.character(packageVersion("sandwich"))),
  a1 = both(ols, a1$id, "arm:t"),
  a1_weighted = both(wls, a1$id, "arm:t"),
  a1_weighted_by_person = both(lm(y ~ arm * t, a1, weights = w_id), a1$id, "arm:t"),
  a1_fixed = both(fixed, a1$id, "I(arm * t)"),
  a1_fixed_nested = both(fixed, a1$nb, "I(arm * t)"),
  a1_fixed_weighted = both(fixed_w, a1$id, "I(arm * t)"),
  a1_fixed_by_time = both(fixed, a1$t, "I(arm * t)"),
  a3 = both(survey, a3$nb, "site:wave"),
  people = both(lm(change ~ arm, people), people$neighbourhood, "arm"),
  cars = list(mpg = mtcars$mpg, wt = mtcars$wt, am = mtcars$am, hp = mtcars$hp,
    HC2 = c(one(cars_lm, seq_len(32), "CR2", "am"), list(vcovHC = hc2(cars_lm, "am"))),
    weighted_HC2 = list(se = hc2(cars_wls, "am")),
    classical = list(se = summary(cars_lm)$coefficients["am", 2],
                     p = summary(cars_lm)$coefficients["am", 4],
                     r_squared = summary(cars_lm)$r.squared),
    weighted_classical = list(se = summary(cars_wls)$coefficients["am", 2],
                              r_squared = summary(cars_wls)$r.squared),
    welch = list(se = unname(welch$stderr), df = unname(welch$parameter), p = welch$p.value,
                 low = -welch$conf.int[2], high = -welch$conf.int[1])),
  t = list(df = c(1.5, 3.9305, 7.86, 58, 1e5), quantile = qt(.975, c(1.5, 3.9305, 7.86, 58, 1e5)),
           p = 2 * pt(-2.3, c(1.5, 3.9305, 7.86, 58, 1e5)))
)
write_json(out, "tests/reference/least_squares.json", digits = 15, auto_unbox = TRUE, pretty = TRUE)
