if study.surveys.weights:

    rule weigh:
        """Weight the respondents of each site and wave to the population."""
        input:
            panel=rules.panel.output,
            margins=survey_specs.margins(study),
            code=code_file("weigh"),
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
            checksums=option("--checksums", given(survey_specs.margins(study))),
        shell:
            "cesp weigh --spec {params.spec:q} --panel {input.panel:q} --margins {input.margins:q}"
            " --out {output.panel:q} --weights {output.weights:q} --weighting {output.weighting:q}"
            " --margin-table {output.margins:q} {params.checksums:q} &> {log:q}"


if survey_specs.survey_files(study):

    rule completeness:
        """List how each wave asks each question; count who was asked, and who answered."""
        input:
            raw=expand(
                "data/processed/intake/{file}.parquet",
                file=survey_specs.survey_files(study),
            ),
            records=expand(
                "data/processed/records/{file}.parquet",
                file=survey_specs.survey_files(study),
            ),
            checked=rules.check.output,
            code=code_file("completeness"),
        output:
            completeness="results/tables/completeness.csv",
            crosswalk="results/tables/crosswalk.csv",
            waves="results/tables/survey_waves.csv",
        log:
            "results/logs/completeness.log",
        params:
            spec=lambda wildcards: survey_specs.questions(study),
        shell:
            "cesp completeness --spec {params.spec:q} --raw data/processed/intake"
            " --records data/processed/records --out {output.completeness:q}"
            " --crosswalk {output.crosswalk:q} --waves {output.waves:q} &> {log:q}"


if study.surveys.response:

    rule survey_response:
        """Count what became of invitations; response rates by AAPOR's definitions."""
        input:
            records=expand(
                "data/processed/records/{file}.parquet",
                file=survey_specs.response_files(study),
            ),
            ledger=rules.clean.output.ledger,
            checked=rules.check.output,
            code=code_file("survey_response"),
        output:
            dispositions="results/tables/dispositions.csv",
            response="results/tables/response.csv",
        log:
            "results/logs/survey_response.log",
        params:
            spec=lambda wildcards: survey_specs.response(study),
        shell:
            "cesp survey_response --spec {params.spec:q} --records data/processed/records"
            " --ledger {input.ledger:q}"
            " --dispositions {output.dispositions:q} --out {output.response:q} &> {log:q}"


if "respondent" in specs.levels(study):

    rule survey_means:
        """Describe what respondents answered, weighted, and who they were."""
        input:
            panel=panel_file,
            weights=["results/tables/weights.csv"] if study.surveys.weights else [],
            margins=["results/tables/margins.csv"] if study.surveys.weights else [],
            code=code_file("survey_means"),
        output:
            means="results/tables/survey_means.csv",
            composition="results/tables/composition.csv",
            neighbourhoods="results/tables/neighbourhoods.csv",
        log:
            "results/logs/survey_means.log",
        params:
            spec=lambda wildcards: survey_specs.means(study),
            weights=lambda wildcards, input: option("--weights", input.weights),
            margins=lambda wildcards, input: option("--margins", input.margins),
        shell:
            "cesp survey_means --spec {params.spec:q} --panel {input.panel:q} --out {output.means:q}"
            " --composition {output.composition:q} --neighbourhoods {output.neighbourhoods:q}"
            " {params.weights:q} {params.margins:q} &> {log:q}"


if study.surveys.weights and study.surveys.weights.replicates != "none":

    rule replicate:
        """Set standard errors by replicate weights beside the linearised ones."""
        input:
            panel=rules.panel.output,
            margins=survey_specs.margins(study),
            weighed=rules.weigh.output.weighting,  # what stops it stops this, told once
            code=code_file("replicate"),
        output:
            "results/tables/replicates.csv",
        log:
            "results/logs/replicate.log",
        params:
            spec=lambda wildcards: survey_specs.replicate(study),
            checksums=option("--checksums", given(survey_specs.margins(study))),
        shell:
            "cesp replicate --spec {params.spec:q} --panel {input.panel:q}"
            " --margins {input.margins:q} --out {output:q} {params.checksums:q} &> {log:q}"


if study.external:

    rule external:
        """Join figures from outside as context; say how far the sites drifted apart before."""
        input:
            paths=survey_specs.external_files(study),
            code=code_file("external"),
        output:
            table="results/tables/external.csv",
            divergences="results/tables/divergences.csv",
        log:
            "results/logs/external.log",
        params:
            spec=lambda wildcards: survey_specs.external(study),
            checksums=option("--checksums", given(survey_specs.external_files(study))),
        shell:
            "cesp external --spec {params.spec:q} --paths {input.paths:q} --out {output.table:q}"
            " --divergences {output.divergences:q} {params.checksums:q} &> {log:q}"
