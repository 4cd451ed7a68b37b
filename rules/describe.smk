rule account:
    """Count what became of every raw record."""
    input:
        ledger=rules.clean.output.ledger,
        code=code_file("account"),
    output:
        "results/tables/account.csv",
    log:
        "results/logs/account.log",
    params:
        paths=lambda wildcards: specs.paths(study),
    shell:
        "cesp account --paths {params.paths:q} --ledger {input.ledger:q} --out {output:q} &> {log:q}"


rule dictionary:
    """List what every raw column becomes, and which columns are not used."""
    input:
        raw=rules.intake.output.files,
        code=code_file("dictionary"),
    output:
        "results/tables/dictionary.csv",
    log:
        "results/logs/dictionary.log",
    params:
        spec=lambda wildcards: dictionary_spec(study),
    shell:
        "cesp dictionary --spec {params.spec:q} --raw data/processed/intake --out {output:q}"
        " &> {log:q}"


rule linking:
    """Count which records link to the register, and people without a record."""
    input:
        records=rules.clean.output.records,
        ledger=rules.clean.output.ledger,
        code=code_file("linking"),
    output:
        "results/tables/linking.csv",
    log:
        "results/logs/linking.log",
    params:
        spec=lambda wildcards: describe_specs.linking(study),
    shell:
        "cesp linking --spec {params.spec:q} --records data/processed/records"
        " --ledger {input.ledger:q} --out {output:q} &> {log:q}"


rule follow_up:
    """Count visits in and out of their windows; deaths, withdrawals and transfers."""
    input:
        visits=rules.clean.output.visits,
        events=rules.clean.output.events,
        panel=panel_file,
        code=code_file("follow_up"),
    output:
        visits="results/tables/visits.csv",
        events="results/tables/events.csv",
    log:
        "results/logs/follow_up.log",
    params:
        spec=lambda wildcards: describe_specs.follow_up(study),
    shell:
        "cesp follow_up --spec {params.spec:q} --visits {input.visits:q} --events {input.events:q}"
        " --panel {input.panel:q} --out {output.visits:q} --event-counts {output.events:q}"
        " &> {log:q}"


rule answered:
    """Count how many questionnaires were scored, prorated or partly answered."""
    input:
        scores=[*rules.score.output, *value_scores],
        code=code_file("answered"),
    output:
        "results/tables/answered.csv",
    log:
        "results/logs/answered.log",
    shell:
        "cesp answered --scores {input.scores:q} --out {output:q} &> {log:q}"


rule contamination:
    """Count who used what the other arm offers, or moved across, by time and wave."""
    input:
        records=expand(
            "data/processed/records/{file}.parquet",
            file=describe_specs.contamination_files(study),
        ),
        events=rules.clean.output.events,
        panel=panel_file,
        code=code_file("contamination"),
    output:
        out="results/tables/contamination.csv",
        crossed="data/processed/crossed.parquet",
    log:
        "results/logs/contamination.log",
    params:
        spec=lambda wildcards: describe_specs.contamination(study),
    shell:
        "cesp contamination --spec {params.spec:q} --records data/processed/records"
        " --events {input.events:q} --panel {input.panel:q} --out {output.out:q}"
        " --crossed {output.crossed:q} &> {log:q}"


rule flow:
    """Count the people who reached each step, and why others did not; respondents by wave."""
    input:
        records=rules.clean.output.records,
        events=rules.clean.output.events,
        visits=rules.clean.output.visits,
        problems=rules.clean.output.problems,
        panel=panel_file,
        crossed=rules.contamination.output.crossed,
        account=rules.account.output,
        dispositions=(
            ["results/tables/dispositions.csv"] if study.surveys.response else []
        ),
        code=code_file("flow"),
    output:
        flow="results/tables/flow.csv",
        places="data/processed/flow_places.parquet",
        checks="results/tables/flow_checks.csv",
    log:
        "results/logs/flow.log",
    params:
        spec=lambda wildcards: describe_specs.flow(study),
        dispositions=lambda wildcards, input: option(
            "--dispositions", input.dispositions
        ),
    shell:
        "cesp flow --spec {params.spec:q} --records data/processed/records"
        " --events {input.events:q} --visits {input.visits:q} --problems {input.problems:q}"
        " --panel {input.panel:q} --crossed {input.crossed:q} --account {input.account:q}"
        " --out {output.flow:q} --places {output.places:q} --checks {output.checks:q}"
        " {params.dispositions:q} &> {log:q}"


rule baseline:
    """Describe who was in the study, by site."""
    input:
        panel=panel_file,
        code=code_file("baseline"),
    output:
        "results/tables/baseline.csv",
    log:
        "results/logs/baseline.log",
    params:
        minimum=study.surveys.minimum,
    shell:
        "cesp baseline --panel {input.panel:q} --out {output:q} --minimum {params.minimum}"
        " &> {log:q}"


rule missing:
    """Count missing values by site, time, instrument and item; patterns; who is missing."""
    input:
        panel=panel_file,
        events=rules.clean.output.events,
        records=expand(
            "data/processed/records/{file}.parquet",
            file=describe_specs.item_files(study),
        ),
        instruments=own_instruments,
        code=code_file("missing"),
    output:
        missing="results/tables/missing.csv",
        patterns="results/tables/missing_patterns.csv",
        predictors="results/tables/missing_predictors.csv",
    log:
        "results/logs/missing.log",
    params:
        spec=lambda wildcards: describe_specs.missing(study),
        checksums=option("--checksums", given(own_instruments)),
    shell:
        "cesp missing --spec {params.spec:q} --panel {input.panel:q} --events {input.events:q}"
        " --records data/processed/records --out {output.missing:q}"
        " --patterns {output.patterns:q} --predictors {output.predictors:q}"
        " {params.checksums:q} &> {log:q}"


rule means:
    """Compute the observed mean of every outcome by site and time, before any model."""
    input:
        panel=panel_file,
        code=code_file("means"),
    output:
        "results/tables/means.csv",
    log:
        "results/logs/means.log",
    params:
        ci_level=study.study.ci_level,
        minimum=study.surveys.minimum,
    shell:
        "cesp means --panel {input.panel:q} --ci-level {params.ci_level}"
        " --minimum {params.minimum} --out {output:q} &> {log:q}"


rule changes:
    """Compute the observed mean change of people since the first time, by site and by subset."""
    input:
        panel=panel_file,
        records=expand(
            "data/processed/records/{file}.parquet",
            file=describe_specs.subset_files(study),
        ),
        delivered=list(describe_specs.delivered_files(study).values()),
        code=code_file("changes"),
    output:
        changes="results/tables/changes.csv",
        subsets=["results/tables/subsets.csv"] if study.subsets else [],
    log:
        "results/logs/changes.log",
    params:
        spec=lambda wildcards: describe_specs.subsets(study),
        ci_level=study.study.ci_level,
        subsets=(
            [
                *("--records", "data/processed/records"),
                *("--subsets", "results/tables/subsets.csv"),
                *(
                    word
                    for pair in describe_specs.delivered_files(study).items()
                    for word in pair
                ),
            ]
            if study.subsets
            else []
        ),
    shell:
        "cesp changes --spec {params.spec:q} --panel {input.panel:q} --ci-level {params.ci_level}"
        " --out {output.changes:q} {params.subsets:q} &> {log:q}"
