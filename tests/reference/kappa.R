# Cohen's kappa, plain and weighted, by psych and vcd, and the ICC family by psych. The variance of
# weighted kappa is vcd's: psych 2.2.9 gives 0 for these ratings.
# Rscript tests/reference/kappa.R > tests/reference/kappa.json
library(psych)
suppressMessages(library(vcd))
library(jsonlite)

# Cohen (1968), as psych's help page has it: two judges, 3 categories, counts of 100 patients.
cohen <- matrix(c(0.44, 0.07, 0.09, 0.05, 0.20, 0.05, 0.01, 0.03, 0.06), ncol = 3, byrow = TRUE)
# Ratings on 5 steps by two raters of 40 people, and one rater who uses one category alone.
first <- c(3, 4, 2, 2, 5, 1, 3, 3, 4, 4, 2, 1, 5, 5, 3, 2, 4, 3, 1, 2,
           3, 4, 4, 5, 2, 2, 3, 1, 4, 5, 3, 3, 2, 4, 5, 1, 2, 3, 4, 3)
second <- c(3, 4, 3, 2, 4, 1, 3, 2, 4, 5, 2, 2, 5, 4, 3, 2, 4, 4, 1, 1,
            3, 3, 4, 5, 2, 3, 3, 2, 4, 5, 2, 3, 2, 5, 5, 1, 2, 4, 4, 3)
linear <- 1 - abs(outer(1:5, 1:5, "-")) / 4

table_of <- table(factor(first, 1:5), factor(second, 1:5))
squared <- Kappa(table_of, weights = "Fleiss-Cohen")$Weighted
even <- Kappa(table_of)$Weighted
counts <- Kappa(round(cohen * 200), weights = "Fleiss-Cohen")$Weighted
psych_pairs <- cohen.kappa(cbind(first, second))
psych_linear <- cohen.kappa(cbind(first, second), w = linear)
psych_table <- cohen.kappa(cohen, n.obs = 200)
variance <- function(found) found[["ASE"]]^2
icc <- ICC(cbind(first, second), lmer = FALSE)$results
row <- function(i) unlist(icc[i, c("ICC", "lower bound", "upper bound")], use.names = FALSE)
result <- list(
  first = first, second = second, counts = round(cohen * 200),
  ratings = list(
    none = c(psych_pairs$kappa, psych_pairs$var.kappa),
    quadratic = c(psych_pairs$weighted.kappa, variance(squared)),
    linear = c(psych_linear$weighted.kappa, variance(even))
  ),
  cohen = list(
    none = c(psych_table$kappa, psych_table$var.kappa),
    quadratic = c(psych_table$weighted.kappa, variance(counts))
  ),
  icc = list(one_way = row(1), agreement = row(2)),
  versions = list(R = R.version.string, psych = as.character(packageVersion("psych")),
                  vcd = as.character(packageVersion("vcd")))
)
cat(toJSON(result, digits = 15, auto_unbox = TRUE, pretty = TRUE), "\n")
