if applying(study):

    rule tick:
        """Fill the items of reporting checklists from the study file and results."""
        input:
            tables=report_tables(study, ticked=False),
            sources=SOURCES,
            code=code_file("tick"),
        output:
            "results/tables/checklists.csv",
        log:
            "results/logs/tick.log",
        params:
            spec=lambda wildcards: wording_spec(study),
            filled=lambda wildcards: filled(study),
            checksums=sources_held,
        shell:
            "cesp tick --spec {params.spec:q} --filled {params.filled:q} --results results"
            " --sources {input.sources:q} --out {output:q} {params.checksums:q} &> {log:q}"
