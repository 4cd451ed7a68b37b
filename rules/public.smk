PUBLIC_MANIFEST = "results/public/manifest.csv"


rule trace_public:
    """Say of all that leaves the team which step made it and of what, without what stays."""
    input:
        tables=released,
        figures=drawn_public,
        # of which it tells what each rule does
        workflow=rule_files,
        code=code_file("trace_public"),
    output:
        "results/public/provenance.json",
    log:
        "results/logs/trace_public.log",
    params:
        # what the jobs above are told: too long for a command
        told=TOLD["trace_public"],
        checksums=rules_held,
    shell:
        "cesp trace_public --told {params.told:q} --out {output:q} {params.checksums:q} &> {log:q}"


rule write_public:
    """Write the report that leaves the team, from released tables alone."""
    input:
        tables=released,
        figures=expand(
            "results/public/figures/{figure}.{ending}",
            figure=public_figures,
            ending=["json", "csv"],
        ),
        sources=SOURCES,
        provenance=rules.trace_public.output,
        code=code_file("write", *section_modules()),
    output:
        "results/public/report.json",
    log:
        "results/logs/write_public.log",
    params:
        spec=lambda wildcards: wording_spec(study, public=True),
        checksums=sources_held,
    shell:
        "cesp write --spec {params.spec:q} --results results/public"
        " --sources {input.sources:q} --out {output:q} {params.checksums:q} &> {log:q}"


rule render_public:
    """Render the report that leaves the team as one self-contained page."""
    input:
        report=rules.write_public.output,
        figures=expand("results/public/figures/{figure}.svg", figure=public_figures),
        code=code_file("render"),
    output:
        "results/public/index.html",
    log:
        "results/logs/render_public.log",
    shell:
        "cesp render --report {input.report:q} --results results/public"
        " --out {output:q} &> {log:q}"


rule word_public:
    """Write the report that leaves the team as a Word file."""
    input:
        report=rules.write_public.output,
        figures=expand(
            "results/public/figures/{figure}.{ending}",
            figure=public_figures,
            ending=["png", "svg"],
        ),
        code=code_file("word"),
    output:
        "results/public/report.docx",
    log:
        "results/logs/word_public.log",
    shell:
        "cesp word --report {input.report:q} --results results/public"
        " --out {output:q} &> {log:q}"


rule pdf_public:
    """Print the report that leaves the team as a tagged PDF."""
    input:
        report=rules.write_public.output,
        figures=expand("results/public/figures/{figure}.svg", figure=public_figures),
        code=code_file("pdf"),
    output:
        "results/public/report.pdf",
    log:
        "results/logs/pdf_public.log",
    shell:
        "cesp pdf --report {input.report:q} --results results/public"
        " --out {output:q} &> {log:q}"


rule crate_public:
    """Describe what leaves the team as an RO-Crate, for other programs."""
    input:
        record=rules.trace_public.output,
        files=[
            *rules.write_public.output,
            *rules.render_public.output,
            *rules.word_public.output,
            *rules.pdf_public.output,
        ],
        sources=SOURCES,
        locks=rules.plan.output.locks,
        workflow=rule_files,
        code=code_file("crate"),
    output:
        metadata="results/public/ro-crate-metadata.json",
        workflow=[f"results/public/workflow/{path}" for path in rule_names],
    log:
        "results/logs/crate_public.log",
    params:
        spec=lambda wildcards: provenance_specs.crate(study),
        checksums=option("--checksums", given([SOURCES, *rule_files])),
    shell:
        "cesp crate --spec {params.spec:q} --results results/public --files {input.files:q}"
        " --workflow {input.workflow:q} --sources {input.sources:q} --locks {input.locks:q}"
        " --out {output.metadata:q} {params.checksums:q} &> {log:q}"


rule manifest_public:
    """List every file that leaves the team with its size and checksum."""
    input:
        made=lambda wildcards: [
            path
            for path in wanted()
            if path.startswith("results/public/") and path != PUBLIC_MANIFEST
        ],
        code=code_file("manifest"),
    output:
        PUBLIC_MANIFEST,
    log:
        "results/logs/manifest_public.log",
    shell:
        "cesp manifest --files {input.made:q} --out {output:q} &> {log:q}"
