rule intake:
    """Read every raw file as text; stop if one changed or is not what config says."""
    input:
        raw=study.raw_paths(),
        corrections=corrections(),
        code=code_file("intake"),
    output:
        files=expand("data/processed/intake/{file}.parquet", file=study.files),
        corrected="results/tables/corrections.csv",
    log:
        "results/logs/intake.log",
    params:
        spec=lambda wildcards: specs.intake(study),
        checksums=lambda wildcards: specs.checksums(study),
        key=key_place(study),
        corrections=option("--corrections", corrections()),
        held=option("--held", given(corrections())),
    shell:
        "cesp intake --spec {params.spec:q} --checksums {params.checksums:q}"
        " --key={params.key:q} --out data/processed/intake --corrected {output.corrected:q}"
        " {params.corrections:q} {params.held:q} &> {log:q}"


rule clean:
    """Type every cell, account for every record in the ledger, list every data problem."""
    input:
        raw=rules.intake.output.files,
        code=code_file("clean"),
    output:
        records=expand("data/processed/records/{file}.parquet", file=study.files),
        ledger="data/processed/ledger.parquet",
        problems="results/tables/data_problems.csv",
        visits="data/processed/visits.parquet",
        events="data/processed/events.parquet",
    log:
        "results/logs/clean.log",
    params:
        spec=lambda wildcards: specs.clean(study),
    shell:
        "cesp clean --spec {params.spec:q} --raw data/processed/intake --out data/processed/records"
        " --ledger {output.ledger:q} --problems {output.problems:q} --visits {output.visits:q}"
        " --events {output.events:q} &> {log:q}"


rule check:
    """Count the data problems by kind; stop if config says that one of them must."""
    input:
        problems=rules.clean.output.problems,
        ledger=rules.clean.output.ledger,
        code=code_file("check"),
    output:
        "results/tables/problem_counts.csv",
    log:
        "results/logs/check.log",
    # models wait for it
    priority: 1
    params:
        spec=lambda wildcards: specs.check(study),
    shell:
        "cesp check --spec {params.spec:q} --problems {input.problems:q} --ledger {input.ledger:q}"
        " --out {output:q} &> {log:q}"


rule score:
    """Score every instrument; count items answered and scores that were prorated."""
    input:
        records=rules.clean.output.records,
        checked=rules.check.output,
        instruments=own_instruments,
        code=code_file("score"),
    output:
        "data/processed/scores.parquet",
    log:
        "results/logs/score.log",
    # models wait for it
    priority: 1
    params:
        spec=lambda wildcards: specs.score(study),
        checksums=option("--checksums", given(own_instruments)),
    shell:
        "cesp score --spec {params.spec:q} --records data/processed/records --out {output:q}"
        " {params.checksums:q} &> {log:q}"


if study.networks:

    rule networks:
        """Score whom respondents named; describe the networks of each site and wave."""
        input:
            records=rules.clean.output.records,
            ledger=rules.clean.output.ledger,
            checked=rules.check.output,
            code=code_file("networks"),
        output:
            scores=network_scores,
            table="results/tables/networks.csv",
        log:
            "results/logs/networks.log",
        # models wait for it
        priority: 1
        params:
            spec=lambda wildcards: survey_specs.networks(study),
        shell:
            "cesp networks --spec {params.spec:q} --records data/processed/records"
            " --ledger {input.ledger:q} --out {output.scores:q} --table {output.table:q} &> {log:q}"


if study.value_sets:

    rule value:
        """Give each state the value that the study's own tables have for it."""
        input:
            records=rules.clean.output.records,
            # it says where a questionnaire stands twice
            scored=rules.score.output,
            tables=panel_specs.tables(study),
            code=code_file("value"),
        output:
            scores=value_scores,
            problems="results/tables/value_problems.csv",
        log:
            "results/logs/value.log",
        # models wait for it
        priority: 1
        params:
            spec=lambda wildcards: panel_specs.value(study),
            checksums=option("--checksums", given(panel_specs.tables(study))),
        shell:
            "cesp value --spec {params.spec:q} --records data/processed/records"
            " --paths {input.tables:q} --out {output.scores:q} --problems {output.problems:q}"
            " {params.checksums:q} &> {log:q}"


rule panel:
    """Put all outcomes into one long table, covariates beside them."""
    input:
        records=rules.clean.output.records,
        checked=rules.check.output,
        scores=[*rules.score.output, *network_scores, *value_scores],
        code=code_file("panel"),
    output:
        before_weighting if study.surveys.weights else panel_file,
    log:
        "results/logs/panel.log",
    # models wait for it
    priority: 1
    params:
        spec=lambda wildcards: specs.panel(study),
    shell:
        "cesp panel --spec {params.spec:q} --records data/processed/records"
        " --scores {input.scores:q} --out {output:q} &> {log:q}"
