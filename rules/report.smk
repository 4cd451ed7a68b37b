rule draw:
    """Draw one figure as SVG and PNG."""
    input:
        table=lambda wildcards: KINDS[kind_of(wildcards.figure)[0]].table,
        beside=lambda wildcards: beside(
            wildcards.figure,
            study.predicting(kind_of(wildcards.figure)[1]),
            planning_specs.not_made(study),
        ),
        code=code_file("draw"),
    output:
        svg="results/figures/{figure}.svg",
        png="results/figures/{figure}.png",
        about="results/figures/{figure}.json",
        data="results/figures/{figure}.csv",
        extra=expand(
            "results/figures/{{figure}}.{ending}", ending=study.further_formats()
        ),
    log:
        "results/logs/draw/{figure}.log",
    params:
        spec=lambda wildcards: wording_spec(
            study, figures=True, kind=kind_of(wildcards.figure)[0]
        ),
        beside=lambda wildcards, input: option("--beside", input.beside),
        extra=lambda wildcards, output: option("--extra", output.extra),
    shell:
        "cesp draw --figure {wildcards.figure:q} --spec {params.spec:q} --table {input.table:q}"
        " {params.beside:q} --svg {output.svg:q} --png {output.png:q}"
        " --about {output.about:q} --data {output.data:q} {params.extra:q} &> {log:q}"


if study.models:

    rule draw_residuals:
        """Draw each model's residuals and the units that influence it most."""
        input:
            residuals=expand(rules.fit.output.residuals, model=study.models),
            influence=expand(rules.fit.output.influence, model=study.models),
            code=code_file("draw_residuals"),
        output:
            about=expand("results/figures/models/{model}.json", model=study.models),
            drawn=expand(
                "results/figures/models/{model}.{ending}",
                model=study.models,
                ending=["svg", "png", "csv", *study.further_formats()],
            ),
        log:
            "results/logs/draw_residuals.log",
        params:
            spec=lambda wildcards: wording_spec(study, figures=True),
            models=list(study.models),
            extra=option("--extra", study.further_formats()),
        shell:
            "cesp draw_residuals --models {params.models:q} --spec {params.spec:q}"
            " --made data/processed/models --out results/figures/models"
            " {params.extra:q} &> {log:q}"


rule trace:
    """Say of every result which step made it, of what, with which code, and how again."""
    input:
        made=wanted(),
        # of which it tells what each rule does
        workflow=rule_files,
        code=code_file("trace"),
    output:
        "results/provenance.json",
    log:
        "results/logs/trace.log",
    params:
        # what the jobs above are told: too long for a command
        told=TOLD["trace"],
        checksums=rules_held,
    shell:
        "cesp trace --told {params.told:q} --out {output:q} {params.checksums:q} &> {log:q}"


rule write:
    """Write the report's text and tables, every number as it will be printed."""
    input:
        tables=report_tables(study),
        means=expand("results/models/{model}/means.csv", model=study.models),
        figures=expand(
            "results/figures/{figure}.{ending}", figure=figures, ending=["json", "csv"]
        ),
        residuals=expand(
            "results/figures/models/{model}.{ending}",
            model=study.models,
            ending=["json", "csv"],
        ),
        diagnostics=expand(
            "results/models/{model}/diagnostics.json", model=study.models
        ),
        sources=SOURCES,
        provenance=rules.trace.output,
        code=code_file("write", *section_modules()),
    output:
        "results/report/report.json",
    log:
        "results/logs/write.log",
    params:
        spec=lambda wildcards: wording_spec(study),
        checksums=sources_held,
    shell:
        "cesp write --spec {params.spec:q} --results results --sources {input.sources:q}"
        " --out {output:q} {params.checksums:q} &> {log:q}"


rule render:
    """Render the report as one self-contained page."""
    input:
        report=rules.write.output,
        figures=expand("results/figures/{figure}.svg", figure=figures),
        residuals=expand("results/figures/models/{model}.svg", model=study.models),
        code=code_file("render"),
    output:
        "results/report/index.html",
    log:
        "results/logs/render.log",
    shell:
        "cesp render --report {input.report:q} --results results --out {output:q} &> {log:q}"


rule word:
    """Write the report as a Word file, with real tables and captions."""
    input:
        report=rules.write.output,
        # how large a figure is stands in its SVG; the file holds its PNG
        figures=expand(
            "results/figures/{figure}.{ending}", figure=figures, ending=["png", "svg"]
        ),
        residuals=expand(
            "results/figures/models/{model}.{ending}",
            model=study.models,
            ending=["png", "svg"],
        ),
        code=code_file("word"),
    output:
        "results/report/report.docx",
    log:
        "results/logs/word.log",
    shell:
        "cesp word --report {input.report:q} --results results --out {output:q} &> {log:q}"


rule pdf:
    """Print the report as a tagged PDF."""
    input:
        report=rules.write.output,
        figures=expand("results/figures/{figure}.svg", figure=figures),
        residuals=expand("results/figures/models/{model}.svg", model=study.models),
        code=code_file("pdf"),
    output:
        "results/report/report.pdf",
    log:
        "results/logs/pdf.log",
    shell:
        "cesp pdf --report {input.report:q} --results results --out {output:q} &> {log:q}"


rule crate:
    """Describe the results and what made them as an RO-Crate, for other programs."""
    input:
        record=rules.trace.output,
        files=[
            *rules.write.output,
            *rules.render.output,
            *rules.word.output,
            *rules.pdf.output,
        ],
        sources=SOURCES,
        locks=rules.plan.output.locks,
        workflow=rule_files,
        code=code_file("crate"),
    output:
        metadata="results/ro-crate-metadata.json",
        workflow=[f"results/workflow/{path}" for path in rule_names],
    log:
        "results/logs/crate.log",
    params:
        spec=lambda wildcards: provenance_specs.crate(study),
        checksums=option("--checksums", given([SOURCES, *rule_files])),
    shell:
        "cesp crate --spec {params.spec:q} --results results --files {input.files:q}"
        " --workflow {input.workflow:q} --sources {input.sources:q} --locks {input.locks:q}"
        " --out {output.metadata:q} {params.checksums:q} &> {log:q}"


rule manifest:
    """List every result with its size and checksum."""
    input:
        made=lambda wildcards: [
            path
            for path in wanted()
            if path.startswith("results/") and path != MANIFEST
        ],
        code=code_file("manifest"),
    output:
        MANIFEST,
    log:
        "results/logs/manifest.log",
    shell:
        "cesp manifest --files {input.made:q} --out {output:q} &> {log:q}"
