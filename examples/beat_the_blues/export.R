# How data/raw/btheb.csv was made: Debian's r-cran-hsaur3, data(BtheB), once.
library(HSAUR3)
data("BtheB")
out <- data.frame(subject = rownames(BtheB), BtheB, check.names = FALSE)
write.csv(out, "data/raw/btheb.csv", row.names = FALSE, na = "", quote = FALSE, eol = "\n")
cat("HSAUR3", as.character(packageVersion("HSAUR3")), R.version.string, "\n")
