COSTS = "data/processed/costs.parquet"


if economics_specs.priced(study):

    rule cost:
        """Price what people used between the times, and what the intervention took."""
        input:
            records=expand(
                "data/processed/records/{file}.parquet",
                file=economics_specs.files_read(study),
            ),
            panel=panel_file,
            visits=rules.clean.output.visits,
            events=rules.clean.output.events,
            problems=rules.clean.output.problems,
            ledger=rules.clean.output.ledger,
            scores=[*rules.score.output, *value_scores],
            given=economics_specs.own_prices(study).values(),
            checked=rules.check.output,
            code=code_file("cost"),
        output:
            costs=COSTS,
            table="results/tables/costs.csv",
            prices="results/tables/unit_costs.csv",
            exceptions="results/tables/cost_exceptions.csv",
            use="data/processed/resource_use.csv",
        log:
            "results/logs/cost.log",
        params:
            spec=lambda wildcards: economics_specs.cost(study),
            own=[
                word
                for setting, path in economics_specs.own_prices(study).items()
                for word in option(f"--{setting.replace('_', '-')}", [path])
            ],
            checksums=option(
                "--checksums", given(economics_specs.own_prices(study).values())
            ),
        shell:
            "cesp cost --spec {params.spec:q} --records data/processed/records"
            " --panel {input.panel:q} --visits {input.visits:q} --events {input.events:q}"
            " --problems {input.problems:q} --ledger {input.ledger:q} --scores {input.scores:q} --out {output.costs:q}"
            " --table {output.table:q} --prices {output.prices:q}"
            " --exceptions {output.exceptions:q} --use {output.use:q} {params.own:q}"
            " {params.checksums:q} &> {log:q}"


scattergather:
    samples=economics_specs.parts(study),


if study.economics:
    # what is read of people
    people_read = {
        "panel": panel_file,
        "events": rules.clean.output.events,
        "visits": rules.clean.output.visits,
        "records": expand(
            "data/processed/records/{file}.parquet",
            file=economics_specs.variable_files(study),
        ),
        "scores": [*rules.score.output, *value_scores],
        "costs": [COSTS] if economics_specs.priced(study) else [],
        "checked": rules.check.output,
    }

    rule resample:
        """Draw samples of people, complete and analyse each: a part of them."""
        input:
            **people_read,
            code=code_file("resample"),
        output:
            "data/processed/economics_samples/{scatteritem}.parquet",
        log:
            "results/logs/resample/{scatteritem}.log",
        # nothing else takes as long, and evaluate waits for it
        priority: 1
        params:
            spec=lambda wildcards: economics_specs.resample(study),
            costs=lambda wildcards, input: option("--costs", input.costs),
        shell:
            "cesp resample --spec {params.spec:q} --panel {input.panel:q}"
            " --events {input.events:q} --visits {input.visits:q}"
            " --records data/processed/records --scores {input.scores:q}"
            " {params.costs:q} --part {wildcards.scatteritem} --out {output:q} &> {log:q}"

    shared_samples = gather.samples(rules.resample.output)

    rule evaluate:
        """Estimate incremental costs, QALYs and net benefit, and what to decide."""
        input:
            **people_read,
            samples=shared_samples,
            ledger=(
                [rules.clean.output.ledger] if economics_specs.priced(study) else []
            ),
            prior=study.prior_files(),
            code=code_file("evaluate"),
        output:
            economics="results/tables/economics.csv",
            curve="results/tables/ceac.csv",
            plane="results/tables/ce_plane.csv",
            quadrants="results/tables/ce_quadrants.csv",
            information="results/tables/value_of_information.csv",
            known="data/processed/net_benefit_known.parquet",
            means="results/tables/economics_means.csv",
            imputation="results/tables/economics_imputation.csv",
        log:
            "results/logs/evaluate.log",
        priority: 1
        params:
            spec=lambda wildcards: economics_specs.evaluate(study),
            ledger=lambda wildcards, input: option("--ledger", input.ledger),
            costs=lambda wildcards, input: option("--costs", input.costs),
            prior=option("--prior", study.prior_files()),
            checksums=option("--checksums", given(study.prior_files())),
        shell:
            "cesp evaluate --spec {params.spec:q} --panel {input.panel:q}"
            " --events {input.events:q} --visits {input.visits:q}"
            " --records data/processed/records --scores {input.scores:q}"
            " --samples {input.samples:q} {params.ledger:q} {params.costs:q} {params.prior:q} {params.checksums:q} --out {output.economics:q}"
            " --curve {output.curve:q} --plane {output.plane:q} --quadrants {output.quadrants:q}"
            " --information {output.information:q} --known {output.known:q}"
            " --means {output.means:q} --imputation {output.imputation:q} &> {log:q}"
