# Case 09 (shared/cases): the linearised error of a raked mean by R's calibrate, which regresses on the
# margins by design weight (rake counts respondents alike: answer.R of the case, 0.145467678377).
# Run in the case's folder. Printed by survey 4.1.1, R 4.2.2: 0.143966059177; JK1 0.1571372095.
suppressMessages(library(survey)); d <- read.csv("respondents.csv"); m <- read.csv("margins.csv")
pop <- c("(Intercept)"=1000); 
for (v in c("sex","age_group")) d[[v]] <- factor(d[[v]])
mm <- colSums(model.matrix(~sex+age_group, d))
g <- function(v,l) m$population[m$variable==v & m$category==l]
tot <- c(1000, g("sex","woman"), g("age_group","40-64"), g("age_group","65+")); names(tot) <- names(mm)
des <- svydesign(~1, weights=~design_weight, data=d)
cal <- calibrate(des, ~sex+age_group, tot, calfun="raking", epsilon=1e-12, maxit=200)
print(svymean(~life_satisfaction, cal), digits=12); cat(format(SE(svymean(~life_satisfaction, cal)),digits=12), as.character(packageVersion("survey")), R.version.string, "\n")
jk <- as.svrepdesign(des, type="JK1"); jkc <- calibrate(jk, ~sex+age_group, tot, calfun="raking", epsilon=1e-12, maxit=200)
cat("JK1", format(SE(svymean(~life_satisfaction, jkc)),digits=10), "\n")
