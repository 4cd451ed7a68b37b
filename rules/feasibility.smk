if study.feasibility:

    rule rates:
        """Make feasibility rates with intervals, by site and link worker; count recruitment."""
        input:
            records=expand(
                "data/processed/records/{file}.parquet",
                file=feasibility_specs.rate_files(study),
            ),
            visits=rules.clean.output.visits,
            events=rules.clean.output.events,
            panel=panel_file,
            places=(
                [rules.flow.output.places]
                if feasibility_specs.counts_steps(study)
                else []
            ),
            code=code_file("rates"),
        output:
            rates="results/tables/rates.csv",
            recruitment="results/tables/recruitment.csv",
            projection="results/tables/projection.csv",
        log:
            "results/logs/rates.log",
        params:
            spec=lambda wildcards: feasibility_specs.rates(study),
            places=lambda wildcards, input: option("--places", input.places),
        shell:
            "cesp rates --spec {params.spec:q} --records data/processed/records"
            " --panel {input.panel:q} --visits {input.visits:q} --events {input.events:q}"
            " --out {output.rates:q} --recruitment {output.recruitment:q}"
            " --projection {output.projection:q} {params.places:q} &> {log:q}"


if study.feasibility and study.feasibility.progression:

    rule progression:
        """Set progression criteria beside what was found: the decision table."""
        input:
            rates=rules.rates.output.rates,
            records=expand(
                "data/processed/records/{file}.parquet",
                file=feasibility_specs.progression_files(study),
            ),
            panel=panel_file,
            judgements=feasibility_specs.judgements(study),
            excerpts=feasibility_specs.excerpts(study),
            code=code_file("progression"),
        output:
            progression="results/tables/progression.csv",
            sample_size="results/tables/sample_size.csv",
        log:
            "results/logs/progression.log",
        params:
            spec=lambda wildcards: feasibility_specs.progression(study),
            judgements=lambda wildcards, input: option("--judgements", input.judgements),
            excerpts=lambda wildcards, input: option("--excerpts", input.excerpts),
            checksums=option("--checksums", given(feasibility_specs.judgements(study))),
        shell:
            "cesp progression --spec {params.spec:q} --rates {input.rates:q}"
            " --records data/processed/records --panel {input.panel:q}"
            " --out {output.progression:q} --sample-size {output.sample_size:q}"
            " {params.judgements:q} {params.excerpts:q} {params.checksums:q} &> {log:q}"
