# Fits the trials of planning_levels.csv (planning_levels_generated.py): people's answers as numbers
# in a linear mixed model, REML, and as what they are in a generalised one (logit, log), Laplace.
# Run: Rscript tests/reference/planning_levels.R > tests/reference/planning_levels.json
suppressMessages(library(lme4))
args <- commandArgs(FALSE)
here <- dirname(sub("--file=", "", args[grep("--file=", args)]))
locations <- read.csv(file.path(here, "planning_levels.csv"), colClasses = c(answers = "character"))
cells <- strsplit(locations$answers, "/")
each <- lapply(unlist(cells), function(x) strtoi(strsplit(x, "")[[1]], 36))
period <- unlist(lapply(lengths(cells), seq_len))
rows <- locations[rep(rep(seq_len(nrow(locations)), lengths(cells)), lengths(each)), ]
rows$y <- unlist(each)
rows$period <- rep(period, lengths(each))
rows$treated <- 1 * (rows$period >= rows$begins)
rows$period <- factor(rows$period)
rows$cell <- interaction(rows$location, rows$period)
quiet <- function(fit) suppressMessages(suppressWarnings(fit))
one <- function(own, kind) {
  tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
  linear <- quiet(lmer(y ~ period + treated + (1 | location) + (1 | cell), own, control = tight))
  family <- if (kind == "binary") binomial else poisson
  formula <- y ~ period + treated + (1 | location) + (1 | cell)
  if (kind == "count") {
    own$person <- factor(seq_len(nrow(own)))
    formula <- update(formula, . ~ . + (1 | person))
  }
  general <- quiet(glmer(formula, own, family = family, nAGQ = 1,
                         control = glmerControl(optimizer = "bobyqa", calc.derivs = FALSE)))
  variances <- as.data.frame(VarCorr(linear))
  of <- function(name) variances$vcov[variances$grp == name]
  z <- fixef(general)["treated"] / sqrt(vcov(general)["treated", "treated"])
  c(fixef(linear)["treated"], sqrt(vcov(linear)["treated", "treated"]),
    of("cell"), of("location"), of("Residual"), z)
}
number <- function(x) paste(sprintf("%.10g", x), collapse = ", ")
cat('{"versions": {"R": "', as.character(getRversion()), '", "lme4": "',
    as.character(packageVersion("lme4")), '"},\n', sep = "")
cat('"columns": ["estimate", "std_error", "cell", "location", "residual", "z of glmer"]')
for (kind in c("binary", "count")) {
  cat(',\n"', kind, '": [\n', sep = "")
  own <- rows[rows$kind == kind, ]
  found <- sapply(split(own, own$trial), one, kind = kind)
  cat(paste0("[", apply(found, 2, number), "]", collapse = ",\n"), "]")
}
cat("}\n")
