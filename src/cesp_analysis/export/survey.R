# The design as it was drawn; with margins, R's own variance takes residuals of them ("calibration").
survey_fit <- function(formula, d, stratum, psu, lone) {
  options(survey.lonely.psu = switch(lone, stop = "fail", lone))
  d$the_stratum <- d[[stratum]]
  d$the_psu <- d[[psu]]
  d <- d[order(d$record), ]
  design <- survey::svydesign(ids = ~the_psu, strata = ~the_stratum, weights = ~weight, data = d,
                              nest = TRUE)
  margins <- grep("^margin_[0-9]+$", names(d), value = TRUE)
  margins <- margins[!sapply(d[margins], function(v) all(is.na(v)))]
  if (length(margins)) {
    base <- sqrt(d$margin_weight)
    cells <- do.call(cbind, lapply(margins, survey_known, d = d))
    design$postStrata <- list(structure(
      list(qr = qr(cells * base), w = d$weight / base, stage = 0, index = NULL),
      class = "greg_calibration"))
  }
  fit <- suppressWarnings(survey::svyglm(formula, design[d$entered == 1, ]))
  list(fit = fit, d = d, design = design)
}

# What the population says of a margin: how many are in each cell; where the category of some is not
# known, how large a part of the others each cell is, and how many there are in all.
survey_known <- function(name, d) {
  z <- model.matrix(~ 0 + factor(d[[name]]))
  known <- d[[paste0(name, "_known")]]
  if (is.null(known)) return(z)
  known <- as.numeric(known)
  there <- ave(d$weight * known, d$margin_group, FUN = sum)
  share <- colSums(z * d$weight * known / there)
  z <- z[, share > 0, drop = FALSE]
  share <- share[share > 0]
  of <- apply(z, 2, function(cell) d$margin_group[which(cell == 1)[1]])
  z <- sapply(seq_along(share), function(i) z[, i] - share[i] * known * (d$margin_group == of[i]))
  cbind(z, model.matrix(~ 0 + factor(d$margin_group)))
}

survey_row <- function(id, of, contrast) data.frame(
  estimate_id = id, estimate = sum(contrast * coef(of$fit)),
  std_error = sqrt(drop(contrast %*% vcov(of$fit) %*% contrast)),
  df = survey::degf(of$design[of$d$entered == 1, ]))

# What each record adds to the estimate: the last coefficient, or that of the arm alone.
survey_pull <- function(of) {
  own <- of$d$entered == 1
  x <- model.matrix(of$fit$formula, of$d[own, ])
  w <- of$d$weight[own]
  k <- ncol(x)
  pull <- numeric(nrow(of$d))
  pull[own] <- (x * (w * residuals(of$fit, "response")[seq_len(sum(own))])) %*%
    solve(crossprod(x * sqrt(w)))[, k]
  list(pull = pull, estimate = coef(of$fit)[[k]], own = own)
}

# Both together, weighted as if respondents were independent.
survey_both <- function(id, one, other, of) {
  z <- cbind(one$pull, other$pull)
  by <- rowsum(z, of$d$unit)
  share <- sum(by[, 2]^2) / sum(by^2)
  turn <- c(share, 1 - share)
  v <- survey::svyrecvar(z, of$design$cluster, of$design$strata, of$design$fpc,
                         postStrata = of$design$postStrata)
  data.frame(estimate_id = id, estimate = sum(turn * c(one$estimate, other$estimate)),
             std_error = sqrt(drop(turn %*% v %*% turn)),
             df = survey::degf(of$design[one$own | other$own, ]))
}
