tables_made = [
    str(path)
    for step in workflow.rules
    if not step.wildcard_names
    for path in step.output
    if str(path).startswith("results/tables/")
]
public_figures = disclosure_figures.leaving(figures)
leaving = disclosure_specs.leaving(tables_made)
# what follows from words that people write beside the numbers: another one redraws no figure
written_beside = disclosure_specs.written_beside(leaving)


rule release:
    """Withhold small numbers, and all from which they follow, in tables that leave the team."""
    input:
        tables=[path for path in leaving if path not in written_beside],
        means=expand("results/models/{model}/means.csv", model=study.models),
        dose=[path for path in tables_made if path == "results/tables/dose.csv"],
        code=code_file("release"),
    output:
        account=[] if written_beside else ["results/public/released.csv"],
        settings="results/public/disclosure.json",
        tables=[
            disclosure_figures.inside_public(path)
            for path in leaving
            if path not in written_beside
        ],
        means=expand("results/public/models/{model}/means.csv", model=study.models),
    log:
        "results/logs/release.log",
    params:
        spec=disclosure_specs.release(study, tables_made),
        means=option(
            "--means",
            [f"results/models/{model}/means.csv" for model in study.models],
        ),
        dose=lambda wildcards, input: option("--dose", input.dose),
        account=lambda wildcards, output: option("--account", output.account),
    shell:
        "cesp release --spec {params.spec:q} --results results --out results/public"
        " {params.account:q} --tables {input.tables:q} {params.means:q}"
        " {params.dose:q} &> {log:q}"


released = [*rules.release.output]
if written_beside:

    rule release_beside:
        """Withhold small numbers in tables that follow from what people write beside them."""
        input:
            tables=leaving,
            released=rules.release.output,
            means=rules.release.input.means,
            dose=rules.release.input.dose,
            code=code_file("release"),
        output:
            account="results/public/released.csv",
            tables=[disclosure_figures.inside_public(path) for path in written_beside],
        log:
            "results/logs/release_beside.log",
        params:
            spec=rules.release.params.spec,
            means=rules.release.params.means,
            dose=rules.release.params.dose,
            only=written_beside,
        shell:
            "cesp release --spec {params.spec:q} --results results --out results/public"
            " --account {output.account:q} --tables {input.tables:q} {params.means:q}"
            " {params.dose:q} --only {params.only:q} &> {log:q}"

    released += rules.release_beside.output


rule draw_public:
    """Draw one figure from released tables, for the report that leaves the team."""
    input:
        table=lambda wildcards: disclosure_figures.released_table(wildcards.figure),
        beside=lambda wildcards: [
            disclosure_figures.inside_public(path)
            for path in beside(
                wildcards.figure,
                study.predicting(kind_of(wildcards.figure)[1]),
                planning_specs.not_made(study),
            )
        ],
        code=code_file("draw"),
    output:
        svg="results/public/figures/{figure}.svg",
        png="results/public/figures/{figure}.png",
        about="results/public/figures/{figure}.json",
        data="results/public/figures/{figure}.csv",
    log:
        "results/logs/draw_public/{figure}.log",
    params:
        spec=lambda wildcards: wording_spec(
            study, figures=True, kind=kind_of(wildcards.figure)[0]
        ),
        beside=lambda wildcards, input: option("--beside", input.beside),
    shell:
        "cesp draw --figure {wildcards.figure:q} --spec {params.spec:q} --table {input.table:q}"
        " {params.beside:q} --svg {output.svg:q} --png {output.png:q}"
        " --about {output.about:q} --data {output.data:q} &> {log:q}"


drawn_public += expand(rules.draw_public.output, figure=public_figures)
