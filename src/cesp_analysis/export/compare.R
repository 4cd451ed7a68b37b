# Side by side: differences in standard errors of the estimate, others relative. The script ends
# with status 1 if one of them is larger than its tolerance, or an estimate was not made.
both <- merge(ours[ours$status == "estimated", ], found, by = "estimate_id", all.x = TRUE,
              suffixes = c("", "_r"), sort = FALSE)
both$plain_r <- both$estimate_id %in% plain
error <- ifelse(both$plain_r, both$std_error_plain, both$std_error)
half <- qt(0.5 + both$ci_level / 2, both$df_r) * both$std_error_r
if (is.null(both$ratio)) both$ratio <- FALSE  # a ratio's interval is made of its logarithm
end <- function(side) ifelse(both$ratio %in% TRUE, both$estimate_r *
  exp(side * half / both$estimate_r), both$estimate_r + side * half)
shown <- data.frame(
  estimate_id = both$estimate_id, ours = both$estimate, r = both$estimate_r,
  estimate = (both$estimate_r - both$estimate) / error,
  std_error = both$std_error_r / error - 1,
  df = ifelse(both$plain_r, 0, both$df_r / both$df - 1),
  ci_low = ifelse(both$plain_r, 0, (end(-1) - both$ci_low) / error),
  ci_high = ifelse(both$plain_r, 0, (end(1) - both$ci_high) / error))
largest <- apply(abs(as.matrix(shown[, 4:8])), 1, max)
allowed <- tolerance[both$equation]
shown$agrees <- ifelse(!is.na(largest) & largest <= allowed, "yes", "NO")
print(shown, digits = 4, row.names = FALSE)
left <- ours[ours$status != "estimated", ]
if (nrow(left)) cat(paste0("not compared: ", left$estimate_id, ": ", left$reason, "\n"), sep = "")
if (length(notes)) cat(paste0("note: ", unique(notes), "\n"), sep = "")
cat(sprintf("%d of %d estimates agree\n", sum(shown$agrees == "yes"), nrow(shown)))
if (any(shown$agrees != "yes")) quit(status = 1)
