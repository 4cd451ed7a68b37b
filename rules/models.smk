# written here, as those of other rules are: Snakemake looks into a folder once
code_of_model = {
    name: code_file("fit", module_of(model.kind), *missing_specs.pooling(study, name))
    for name, model in study.models.items()
}


rule fit:
    """Fit one model of config.yaml; one row per outcome and time."""
    input:
        panel=panel_file,
        imputed=lambda wildcards: missing_specs.sets_of(study, wildcards.model),
        prior=study.prior_files(),
        code=lambda wildcards: code_of_model[wildcards.model],
    output:
        estimates="results/models/{model}/estimates.csv",
        means="results/models/{model}/means.csv",
        diagnostics="results/models/{model}/diagnostics.json",
        residuals="data/processed/models/{model}/residuals.parquet",
        influence="data/processed/models/{model}/influence.parquet",
    log:
        "results/logs/fit/{model}.log",
    params:
        spec=lambda wildcards: specs.model(study, wildcards.model),
        imputed=lambda wildcards, input: option("--imputed", input.imputed),
        prior=option("--prior", study.prior_files()),
        checksums=option("--checksums", given(study.prior_files())),
    shell:
        "cesp fit --model {wildcards.model:q} --spec {params.spec:q} --panel {input.panel:q}"
        " --estimates {output.estimates:q} --means {output.means:q}"
        " --diagnostics {output.diagnostics:q} --residuals {output.residuals:q}"
        " --influence {output.influence:q} {params.imputed:q} {params.prior:q}"
        " {params.checksums:q} &> {log:q}"


if study.imputed():

    rule fmi:
        """Say how much of each imputed estimate the missing answers take."""
        input:
            diagnostics=expand(rules.fit.output.diagnostics, model=study.imputed()),
            code=code_file("fmi"),
        output:
            "results/tables/fmi.csv",
        log:
            "results/logs/fmi.log",
        shell:
            "cesp fmi --diagnostics {input.diagnostics:q} --out {output:q} &> {log:q}"


rule collect:
    """Put the estimates of all models into one table."""
    input:
        estimates=expand(rules.fit.output.estimates, model=study.models),
        code=code_file("collect"),
    output:
        "results/tables/estimates.csv",
    log:
        "results/logs/collect.log",
    params:
        estimates=lambda wildcards, input: option("--estimates", input.estimates),
    shell:
        "cesp collect --out {output:q} {params.estimates:q} &> {log:q}"


if survey_specs.agreement(study):

    rule agreement:
        """Set design-based change of respondents beside a mixed model's, and explain the rest."""
        input:
            panel=panel_file,
            estimates=rules.collect.output,
            code=code_file("agreement"),
        output:
            "results/tables/agreement.csv",
        log:
            "results/logs/agreement.log",
        params:
            spec=lambda wildcards: survey_specs.agreement(study),
        shell:
            "cesp agreement --spec {params.spec:q} --panel {input.panel:q}"
            " --estimates {input.estimates:q} --out {output:q} &> {log:q}"


rule ladder:
    """Climb the ladder for few sites from every estimate."""
    input:
        panel=panel_file,
        estimates=rules.collect.output,
        prior=study.prior_files(),
        divergences=survey_specs.taken_divergences(study),
        code=code_file(
            "ladder", *{module_of(model.kind) for model in study.models.values()}
        ),
    output:
        ladder="results/tables/ladder.csv",
        curves="results/tables/shock_curve.csv",
        bracket="results/tables/bracket.csv",
        identities="results/tables/identities.csv",
    log:
        "results/logs/ladder.log",
    params:
        spec=lambda wildcards: specs.ladder(study),
        prior=option("--prior", study.prior_files()),
        checksums=option("--checksums", given(study.prior_files())),
        divergences=option("--divergences", survey_specs.taken_divergences(study)),
    shell:
        "cesp ladder --spec {params.spec:q} --panel {input.panel:q}"
        " --estimates {input.estimates:q} --out {output.ladder:q} --curves {output.curves:q}"
        " --bracket {output.bracket:q} --identities {output.identities:q}"
        " {params.prior:q} {params.checksums:q} {params.divergences:q} &> {log:q}"


rule plan:
    """Set what was declared beside what was estimated: estimands, families, the lock."""
    input:
        estimates=rules.collect.output,
        lock=plan_specs.lock_file(),
        code=code_file("plan"),
    output:
        estimands="results/tables/estimands.csv",
        planned="results/tables/planned.csv",
        locks="results/tables/plan_locks.csv",
        changed="results/tables/plan_changes.csv",
    log:
        "results/logs/plan.log",
    params:
        spec=lambda wildcards: plan_specs.plan(study),
        lock=option("--lock", plan_specs.lock_file()),
        checksums=option("--checksums", given(plan_specs.lock_file())),
    shell:
        "cesp plan --spec {params.spec:q} --estimates {input.estimates:q}"
        " --estimands {output.estimands:q} --planned {output.planned:q} --locks {output.locks:q}"
        " --changed {output.changed:q} {params.lock:q} {params.checksums:q} &> {log:q}"


if study.analysis_plan.specification_curve:

    rule specification_curve:
        """Answer one question in every way that was declared in advance."""
        input:
            panel=panel_file,
            imputed=missing_specs.sets_of_curve(study),
            prior=study.prior_files(),
            code=code_file(
                "specification_curve",
                *{module_of(model.kind) for model in study.models.values()},
                *missing_specs.pooling_of_curve(study),
            ),
        output:
            "results/tables/specification_curve.csv",
        log:
            "results/logs/specification_curve.log",
        params:
            spec=lambda wildcards: plan_specs.curve(study),
            imputed=option("--imputed", missing_specs.sets_of_curve(study)),
            prior=option("--prior", study.prior_files()),
            checksums=option("--checksums", given(study.prior_files())),
        shell:
            "cesp specification_curve --spec {params.spec:q} --panel {input.panel:q}"
            " --out {output:q} {params.imputed:q} {params.prior:q} {params.checksums:q} &> {log:q}"


rule standardise:
    """Divide estimates by the baseline SD; read them against what is important; grade designs."""
    input:
        panel=panel_file,
        estimates=rules.collect.output,
        code=code_file("standardise"),
    output:
        standardised="results/tables/standardised.csv",
        grades="results/tables/grades.csv",
    log:
        "results/logs/standardise.log",
    params:
        spec=lambda wildcards: model_specs.standardise(study),
    shell:
        "cesp standardise --spec {params.spec:q} --panel {input.panel:q}"
        " --estimates {input.estimates:q} --out {output.standardised:q}"
        " --grades {output.grades:q} &> {log:q}"


if study.weighing():

    rule balance:
        """Set covariates before and after weighting side by side, with effective sample sizes."""
        input:
            diagnostics=expand(rules.fit.output.diagnostics, model=study.weighing()),
            code=code_file("balance"),
        output:
            balance="results/tables/balance.csv",
            weights="results/tables/balance_weights.csv",
        log:
            "results/logs/balance.log",
        params:
            minimum=study.surveys.minimum,
        shell:
            "cesp balance --diagnostics {input.diagnostics:q} --out {output.balance:q}"
            " --weights {output.weights:q} --minimum {params.minimum} &> {log:q}"


if study.published:

    rule published:
        """Set published numbers beside ours and say whether they agree."""
        input:
            expected=study.published.path,
            diagnostics=expand(rules.fit.output.diagnostics, model=study.models),
            tables=[
                *rules.means.output,
                rules.changes.output.changes,
                *rules.baseline.output,
                *rules.answered.output,
                *rules.collect.output,
                *(["results/tables/economics.csv"] if study.economics else []),
            ],
            code=code_file("published"),
        output:
            "results/tables/published.csv",
        log:
            "results/logs/published.log",
        params:
            checksums=option("--checksums", given([study.published.path])),
        shell:
            "cesp published --expected {input.expected:q} --diagnostics {input.diagnostics:q}"
            " --tables {input.tables:q} --out {output:q} {params.checksums:q} &> {log:q}"
