if measurement_specs.candidates(study):

    rule measure:
        """Say how well each candidate outcome can be measured; rank them for a definitive trial."""
        input:
            records=expand(
                "data/processed/records/{file}.parquet",
                file=measurement_specs.files(study),
            ),
            panel=panel_file,
            estimates=rules.collect.output,
            instruments=own_instruments,
            code=code_file("measure"),
        output:
            measurability="results/tables/measurability.csv",
            of_items="results/tables/items.csv",
            cells="results/tables/measurability_cells.csv",
            distributions="results/tables/distributions.csv",
        log:
            "results/logs/measure.log",
        params:
            spec=lambda wildcards: measurement_specs.measure(study),
            checksums=option("--checksums", given(own_instruments)),
        shell:
            "cesp measure --spec {params.spec:q} --records data/processed/records"
            " --panel {input.panel:q} --estimates {input.estimates:q}"
            " --out {output.measurability:q} --items {output.of_items:q}"
            " --cells {output.cells:q} --distributions {output.distributions:q}"
            " {params.checksums:q} &> {log:q}"
