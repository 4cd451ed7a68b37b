if study.surveys.weights:

    rule weigh:
        """Weight the respondents of each site and wave to the population."""
        input:
            panel=rules.panel.output,
            margins=survey_specs.margins(study),
            code=code_of("weigh"),
        output:
            panel=panel_file,
            weights="results/tables/weights.csv",
            weighting="results/tables/weighting.csv",
            margins="results/tables/margins.csv",
        log:
            "results/logs/weigh.log",
        # models wait for it
        priority: 1
        params:
            spec=lambda wildcards: survey_specs.weigh(study),
        shell:
            "cesp weigh --spec {params.spec:q} --panel {input.panel:q} --margins {input.margins:q}"
            " --out {output.panel:q} --weights {output.weights:q} --weighting {output.weighting:q}"
            " --margin-table {output.margins:q} &> {log:q}"


if study.surveys.weights and study.surveys.weights.replicates != "none":

    rule replicate:
        """Set standard errors by replicate weights beside the linearised ones."""
        input:
            panel=rules.panel.output,
            margins=survey_specs.margins(study),
            weighed=rules.weigh.output.weighting,  # what stops it stops this, told once
            code=code_of("replicate"),
        output:
            "results/tables/replicates.csv",
        log:
            "results/logs/replicate.log",
        params:
            spec=lambda wildcards: survey_specs.replicate(study),
        shell:
            "cesp replicate --spec {params.spec:q} --panel {input.panel:q}"
            " --margins {input.margins:q} --out {output:q} &> {log:q}"
