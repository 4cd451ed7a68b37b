if study.fidelity:

    rule fidelity:
        """Describe fidelity by source, link worker and period; compare raters of one person."""
        input:
            records=expand(
                "data/processed/records/{file}.parquet",
                file=delivery_specs.files_read(study, "fidelity"),
            ),
            panel=panel_file,
            checked=rules.check.output,
            code=code_file("fidelity"),
        output:
            people="data/processed/fidelity.parquet",
            fidelity="results/tables/fidelity.csv",
            agreement="results/tables/fidelity_agreement.csv",
        log:
            "results/logs/fidelity.log",
        params:
            spec=lambda wildcards: delivery_specs.fidelity(study),
        shell:
            "cesp fidelity --spec {params.spec:q} --records data/processed/records"
            " --panel {input.panel:q} --people {output.people:q} --out {output.fidelity:q}"
            " --alike {output.agreement:q} &> {log:q}"


if study.dose:

    rule dose:
        """Count contacts with link workers; set changes beside dose and fidelity (exploratory)."""
        input:
            records=expand(
                "data/processed/records/{file}.parquet",
                file=delivery_specs.files_read(study, "dose"),
            ),
            panel=panel_file,
            fidelity=["data/processed/fidelity.parquet"] if study.fidelity else [],
            ledger=rules.clean.output.ledger,
            checked=rules.check.output,
            code=code_file("dose"),
        output:
            dose="results/tables/dose.csv",
            contacts="results/tables/contacts.csv",
            response=(
                ["results/tables/dose_response.csv"] if study.dose.response else []
            ),
        log:
            "results/logs/dose.log",
        params:
            spec=lambda wildcards: delivery_specs.dose(study),
            fidelity=lambda wildcards, input: option("--fidelity", input.fidelity),
            response=lambda wildcards, output: option("--response", output.response),
        shell:
            "cesp dose --spec {params.spec:q} --records data/processed/records"
            " --panel {input.panel:q} --ledger {input.ledger:q} {params.fidelity:q} --out {output.dose:q}"
            " --contacts {output.contacts:q} {params.response:q} &> {log:q}"


if study.activity:

    rule activity:
        """Count meetings of panels, who came, what was agreed and done."""
        input:
            records=expand(
                "data/processed/records/{file}.parquet",
                file=delivery_specs.files_read(study, "activity"),
            ),
            checked=rules.check.output,
            code=code_file("activity"),
        output:
            "results/tables/activity.csv",
        log:
            "results/logs/activity.log",
        params:
            spec=lambda wildcards: delivery_specs.activity(study),
        shell:
            "cesp activity --spec {params.spec:q} --records data/processed/records"
            " --out {output:q} &> {log:q}"
