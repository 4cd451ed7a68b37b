if study.imputed():

    rule impute:
        """Impute what people did not answer, in sets that models share."""
        input:
            panel=panel_file,
            events=rules.clean.output.events,
            visits=rules.clean.output.visits,
            records=expand(
                "data/processed/records/{file}.parquet",
                file=missing_specs.item_files(study),
            ),
            instruments=missing_specs.own_instruments(study),
            code=code_file("impute", *missing_specs.modules(study)),
        output:
            imputed="data/processed/imputed.parquet",
            covariates="data/processed/imputed_covariates.parquet",
            handled="data/processed/handled.parquet",
            traces="data/processed/traces.parquet",
            table="results/tables/imputation.csv",
            sets="results/tables/imputation_sets.csv",
        log:
            "results/logs/impute.log",
        # models wait for it
        priority: 1
        params:
            spec=lambda wildcards: missing_specs.impute(study),
            checksums=option("--checksums", given(missing_specs.own_instruments(study))),
        shell:
            "cesp impute --spec {params.spec:q} --panel {input.panel:q} --events {input.events:q}"
            " --visits {input.visits:q} --records data/processed/records"
            " --out {output.imputed:q} --covariates {output.covariates:q}"
            " --handled {output.handled:q} --traces {output.traces:q} --table {output.table:q}"
            " --sets {output.sets:q} {params.checksums:q} &> {log:q}"

    rule imputed_values:
        """Put what was imputed beside what people answered, by site and time."""
        input:
            panel=panel_file,
            imputed=rules.impute.output.imputed,
            handled=rules.impute.output.handled,
            code=code_file("imputed_values"),
        output:
            "results/tables/imputed_values.csv",
        log:
            "results/logs/imputed_values.log",
        shell:
            "cesp imputed_values --panel {input.panel:q} --imputed {input.imputed:q}"
            " --handled {input.handled:q} --out {output:q} &> {log:q}"


if missing_sensitivity.models_of(study):

    rule sensitivity:
        """Push imputed estimates: other assumptions on what nobody answered, tipping points."""
        input:
            panel=panel_file,
            events=rules.clean.output.events,
            sets=[
                rules.impute.output.imputed,
                rules.impute.output.covariates,
                rules.impute.output.handled,
                rules.impute.output.table,
            ],
            beside=expand(
                "results/models/{model}/estimates.csv",
                model=missing_sensitivity.beside(study),
            ),
            code=code_file("sensitivity", *missing_sensitivity.modules(study)),
        output:
            table="results/tables/sensitivity.csv",
            tipping="results/tables/tipping.csv",
            points="results/tables/tipping_points.csv",
        log:
            "results/logs/sensitivity.log",
        params:
            spec=lambda wildcards: missing_sensitivity.sensitivity(study),
            beside=lambda wildcards, input: option("--beside", input.beside),
        shell:
            "cesp sensitivity --spec {params.spec:q} --panel {input.panel:q}"
            " --events {input.events:q} --sets {input.sets:q} --out {output.table:q}"
            " --tipping {output.tipping:q} --points {output.points:q} {params.beside:q}"
            " &> {log:q}"
