if study.interviews:
    before = (
        ["data/processed/excerpts_before.parquet", "data/processed/codes_before.csv"]
        if interview_specs.changed(study)
        else []
    )

    rule import_interviews:
        """Read coded interviews as one table of codings."""
        input:
            files=study.interviews.paths(),
            code=code_file("import_interviews"),
        output:
            excerpts="data/processed/excerpts.parquet",
            interviews="results/tables/interviews.csv",
            codes="results/tables/codes.csv",
            notes="results/tables/import_notes.csv",
            pseudonyms="data/processed/interview_pseudonyms.csv",
            before=before,
        log:
            "results/logs/import_interviews.log",
        params:
            spec=lambda wildcards: interview_specs.imported(study),
            before=option("--before", before[:1]),
            codes_before=option("--codes-before", before[1:]),
            checksums=option("--checksums", given(study.interviews.paths())),
            key=key_place(study),
        shell:
            "cesp import_interviews --spec {params.spec:q} --out {output.excerpts:q}"
            " --interviews {output.interviews:q} --codes {output.codes:q}"
            " --notes {output.notes:q} --pseudonyms {output.pseudonyms:q} {params.before:q}"
            " {params.codes_before:q} {params.checksums:q} --key={params.key:q} &> {log:q}"

    rule describe_interviews:
        """Describe what each interview adds, who speaks of what, and how alike coders coded."""
        input:
            excerpts=rules.import_interviews.output.excerpts,
            interviews=rules.import_interviews.output.interviews,
            codes=rules.import_interviews.output.codes,
            before=rules.import_interviews.output.before,
            code=code_file("describe_interviews"),
        output:
            coverage="results/tables/theme_coverage.csv",
            rules="results/tables/stopping_rules.csv",
            matrix="results/tables/theme_matrix.csv",
            by_interview="results/tables/theme_by_interview.csv",
            pairs="results/tables/theme_pairs.csv",
            agreement="results/tables/coder_agreement.csv",
            changes=(
                ["results/tables/code_changes.csv", "results/tables/recoded.csv"]
                if interview_specs.changed(study)
                else []
            ),
        log:
            "results/logs/describe_interviews.log",
        params:
            spec=lambda wildcards: interview_specs.described(study),
            before=lambda wildcards, input: option("--before", input.before[:1]),
            codes_before=lambda wildcards, input: option(
                "--codes-before", input.before[1:]
            ),
            changes=lambda wildcards, output: option("--changes", output.changes[:1]),
            recoded=lambda wildcards, output: option("--recoded", output.changes[1:]),
            key=key_place(study),
        shell:
            "cesp describe_interviews --spec {params.spec:q} --excerpts {input.excerpts:q}"
            " --interviews {input.interviews:q} --codes {input.codes:q}"
            " --coverage {output.coverage:q} --rules {output.rules:q}"
            " --matrix {output.matrix:q} --by-interview {output.by_interview:q}"
            " --pairs {output.pairs:q} --agreement {output.agreement:q} {params.before:q}"
            " {params.codes_before:q} {params.changes:q} {params.recoded:q}"
            " --key={params.key:q} &> {log:q}"


if study.integration:

    rule join:
        """Set interviews beside the numbers, construct by construct: the joint display."""
        input:
            excerpts=rules.import_interviews.output.excerpts,
            pseudonyms=rules.import_interviews.output.pseudonyms,
            estimates=rules.collect.output,
            ladder=rules.ladder.output.ladder,
            progression=integration_specs.judged(study),
            inferences=integration_specs.inferences(study),
            code=code_file("join"),
        output:
            display="results/tables/joint_display.csv",
            themes="results/tables/joint_themes.csv",
            quotes="results/tables/joint_quotes.csv",
        log:
            "results/logs/join.log",
        params:
            spec=lambda wildcards: integration_specs.joined(study),
            progression=lambda wildcards, input: option(
                "--progression", input.progression
            ),
            inferences=lambda wildcards, input: option("--inferences", input.inferences),
            checksums=option("--checksums", given(integration_specs.inferences(study))),
        shell:
            "cesp join --spec {params.spec:q} --excerpts {input.excerpts:q}"
            " --pseudonyms {input.pseudonyms:q} --estimates {input.estimates:q} --ladder {input.ladder:q}"
            " --out {output.display:q} --themes {output.themes:q}"
            " --quotes {output.quotes:q} {params.progression:q} {params.inferences:q}"
            " {params.checksums:q} &> {log:q}"

    rule process:
        """Put what was delivered and what happened on one time line by site."""
        input:
            records=expand(
                "data/processed/records/{file}.parquet",
                file=integration_specs.records_read(study),
            ),
            panel=panel_file,
            context=integration_specs.context(study),
            checked=rules.check.output,
            code=code_file("process"),
        output:
            "results/tables/process.csv",
        log:
            "results/logs/process.log",
        params:
            spec=lambda wildcards: integration_specs.process(study),
            context=lambda wildcards, input: option("--context", input.context),
            checksums=option("--checksums", given(integration_specs.context(study))),
        shell:
            "cesp process --spec {params.spec:q} --records data/processed/records"
            " --panel {input.panel:q} --out {output:q} {params.context:q}"
            " {params.checksums:q} &> {log:q}"


if integration_specs.theorised(study):

    rule theorise:
        """Lay out the theory of change, and say what each of its links is held to."""
        input:
            excerpts=rules.import_interviews.output.excerpts,
            estimates=rules.collect.output,
            progression=integration_specs.judged(study),
            code=code_file("theorise"),
        output:
            nodes="results/tables/theory_nodes.csv",
            links="results/tables/theory_links.csv",
        log:
            "results/logs/theorise.log",
        params:
            spec=lambda wildcards: integration_specs.theory(study),
            progression=lambda wildcards, input: option(
                "--progression", input.progression
            ),
        shell:
            "cesp theorise --spec {params.spec:q} --excerpts {input.excerpts:q}"
            " --estimates {input.estimates:q} --nodes {output.nodes:q}"
            " --links {output.links:q} {params.progression:q} &> {log:q}"
