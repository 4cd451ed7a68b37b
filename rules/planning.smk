scattergather:
    trials=planning_specs.parts(study),


if study.planning:

    rule learn:
        """Draw what the definitive trial rests on, as uncertain as this study leaves it."""
        input:
            panel=panel_file,
            prior=study.prior_files(),
            checked=rules.check.output,
            code=code_file("learn"),
        output:
            draws="data/processed/planning_draws.parquet",
            known="results/tables/planning_known.csv",
        log:
            "results/logs/learn.log",
        params:
            spec=lambda wildcards: planning_specs.learn(study),
            prior=option("--prior", study.prior_files()),
            checksums=option("--checksums", given(study.prior_files())),
        shell:
            "cesp learn --spec {params.spec:q} --panel {input.panel:q} {params.prior:q}"
            " {params.checksums:q} --out {output.draws:q} --known {output.known:q} &> {log:q}"

    rule size:
        """Say what each design of each size promises, and what it costs."""
        input:
            draws=rules.learn.output.draws,
            sizes=planning_specs.own_sizes(study),
            code=code_file("size"),
        output:
            table="results/tables/planning.csv",
        log:
            "results/logs/size.log",
        params:
            spec=lambda wildcards: planning_specs.size(study),
            checksums=option("--checksums", given(planning_specs.own_sizes(study))),
        shell:
            "cesp size --spec {params.spec:q} --draws {input.draws:q} {params.checksums:q}"
            " --out {output.table:q} &> {log:q}"


if planning_specs.valued(study):

    rule worth:
        """Say what the evidence of each planned trial is worth, less what it costs."""
        input:
            draws=rules.learn.output.draws,
            planned=rules.size.output.table,
            net_benefit=rules.evaluate.output.known,
            sizes=planning_specs.own_sizes(study),
            code=code_file("worth"),
        output:
            table="results/tables/planning_worth.csv",
        log:
            "results/logs/worth.log",
        params:
            spec=lambda wildcards: planning_specs.worth(study),
            checksums=option("--checksums", given(planning_specs.own_sizes(study))),
        shell:
            "cesp worth --spec {params.spec:q} --draws {input.draws:q}"
            " --planned {input.planned:q} --net-benefit {input.net_benefit:q}"
            " {params.checksums:q} --out {output.table:q} &> {log:q}"


if study.planning and study.planning.simulated:
    people_again = [panel_file] if planning_specs.drawn_again(study) else []

    rule simulate_trials:
        """Simulate a part of the trials, each analysed as it would be."""
        input:
            draws=rules.learn.output.draws,
            panel=people_again,
            code=code_file("simulate_trials"),
        output:
            "data/processed/planning_trials/{scatteritem}.parquet",
        log:
            "results/logs/simulate_trials/{scatteritem}.log",
        params:
            spec=lambda wildcards: planning_specs.trials(study),
            panel=option("--panel", people_again),
        shell:
            "cesp simulate_trials --spec {params.spec:q} --draws {input.draws:q}"
            " {params.panel:q}"
            " --part {wildcards.scatteritem} --out {output:q} &> {log:q}"

    rule gather_trials:
        """Say how each analysis does in the simulated trials of each design."""
        input:
            draws=rules.learn.output.draws,
            parts=gather.trials(rules.simulate_trials.output),
            panel=people_again,
            code=code_file("gather_trials"),
        output:
            table="results/tables/planning_trials.csv",
        log:
            "results/logs/gather_trials.log",
        params:
            spec=lambda wildcards: planning_specs.trials(study),
            panel=option("--panel", people_again),
        shell:
            "cesp gather_trials --spec {params.spec:q} --draws {input.draws:q}"
            " {params.panel:q}"
            " --parts {input.parts:q} --out {output.table:q} &> {log:q}"
