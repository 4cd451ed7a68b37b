# Reference numbers for the means that weighted, adjusted cross-sections predict: lm's predict at the
# covariates' weighted means, clubSandwich's CR2 errors and Satterthwaite df by neighbourhood.
# Run in this folder: Rscript did_means.R > did_means.json
suppressMessages({library(clubSandwich); library(jsonlite)})
d <- subset(read.csv("several_sites.csv"), site %in% c("s0", "s1"))
i <- seq_len(nrow(d)) - 1
d$age <- 30 + (7 * i) %% 17
d$tenure <- factor(c("owner", "rent", "other")[1 + (5 * i + i %/% 4) %% 3], c("owner", "rent", "other"))
d$t <- as.numeric(d$arm == "intervention")
d$b <- as.numeric(d$time == "t1")
m <- lm(value ~ t * b + age + tenure, d, weights = weight)
share <- function(x) weighted.mean(x, d$weight)
# Means as coefficients: a column for each cell, covariates about their weighted means
d$cell <- factor(paste(d$site, d$time))
about <- function(x) x - share(x)
k <- coef_test(lm(value ~ 0 + cell + about(age) + about(tenure == "rent") + about(tenure == "other"),
                  d, weights = weight), vcov = "CR2", cluster = d$neighbourhood)
cell <- function(t, b) {
  own <- k[paste0("cells", t, " t", b), ]
  each <- do.call(rbind, lapply(levels(d$tenure), function(x)
    data.frame(t = t, b = b, age = share(d$age), tenure = factor(x, levels(d$tenure)))))
  list(site = paste0("s", t), time = paste0("t", b), std_error = own$SE, df = own$df_Satt,
       mean = sum(predict(m, each) * sapply(levels(d$tenure), function(x) share(d$tenure == x))))
}
result <- list(
  means = list(cell(0, 0), cell(0, 1), cell(1, 0), cell(1, 1)),
  versions = list(R = as.character(getRversion()),
    clubSandwich = as.character(packageVersion("clubSandwich"))))
cat(toJSON(result, auto_unbox = TRUE, digits = 12, pretty = TRUE), "\n")
