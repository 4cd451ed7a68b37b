"""From raw files to a report. `snakemake --list` names the steps in order."""

from cesp_analysis.pipeline import (
    begin,
    environment,
    free_folders,
    key_place,
    open_study,
    option,
)
from cesp_analysis.analysis_plan import specs as plan_specs
from cesp_analysis.checklists.specs import applying, filled
from cesp_analysis.code_files import code_file
from cesp_analysis.describe import specs as describe_specs
from cesp_analysis.describe.dictionary_spec import dictionary_spec
from cesp_analysis.disclosure import figures as disclosure_figures
from cesp_analysis.disclosure import specs as disclosure_specs
from cesp_analysis.economics import specs as economics_specs
from cesp_analysis.feasibility import specs as feasibility_specs
from cesp_analysis.fidelity import specs as delivery_specs
from cesp_analysis.figures.kinds import KINDS, NAMES, beside, figures_of, kind_of
from cesp_analysis.given import given
from cesp_analysis.integration import specs as integration_specs
from cesp_analysis.interviews import specs as interview_specs
from cesp_analysis.measurement import specs as measurement_specs
from cesp_analysis.long_specs import by_file
from cesp_analysis.missing import sensitivity_spec as missing_sensitivity
from cesp_analysis.missing import specs as missing_specs
from cesp_analysis.study import model_specs
from cesp_analysis.models.kinds import module_of
from cesp_analysis.panel import specs as panel_specs
from cesp_analysis.planning import specs as planning_specs
from cesp_analysis.provenance import specs as provenance_specs
from cesp_analysis.provenance.told import TOLD, rules_of
from cesp_analysis.report.write import report_tables, section_modules
from cesp_analysis.study import specs
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.named_files import corrections
from cesp_analysis.survey import specs as survey_specs

environment()
study = open_study(config)
panel_file = "data/processed/panel.parquet"
network_scores = ["data/processed/networks.parquet"] if study.networks else []
value_scores = ["data/processed/values.parquet"] if study.value_sets else []
MANIFEST = "results/manifest.csv"
rule_names = rules_of(workflow.basedir)
rule_files = [str(Path(workflow.basedir, name)) for name in rule_names]
rules_held = option("--checksums", given(rule_files))
SOURCES = "data/raw/SOURCES.yaml"
sources_held = option("--checksums", given([SOURCES]))
own_instruments = [own.path for own in study.instruments.values()]
before_weighting = "data/processed/before_weighting.parquet"
figures = figures_of(
    specs.levels(study),
    bool(study.models),
    bool(study.sites),
    [study.models[name].level for name in study.weighing()],
    study.curve_level(),
    [level for level in specs.levels(study) if study.predicting(level)],
    [
        *describe_specs.nothing_to_draw(study),
        *survey_specs.nothing_to_draw(study),
        *delivery_specs.nothing_to_draw(study),
        *measurement_specs.nothing_to_draw(study),
        *feasibility_specs.nothing_to_draw(study),
        *missing_sensitivity.nothing_to_draw(study),
        *economics_specs.nothing_to_draw(study),
        *planning_specs.nothing_to_draw(study),
        *model_specs.nothing_to_draw(study),
        *integration_specs.nothing_to_draw(study),
    ],
)
drawn_public = []  # what rules/release.smk draws


onstart:
    begin(study, workflow)


wildcard_constraints:
    model="|".join(study.models) or "-",
    table="[a-z0-9_]+",
    figure=NAMES,


include: "rules/common.smk"
include: "rules/data.smk"
include: "rules/describe.smk"
include: "rules/survey.smk"
include: "rules/fidelity.smk"
include: "rules/feasibility.smk"
include: "rules/missing.smk"
include: "rules/models.smk"
include: "rules/economics.smk"
include: "rules/planning.smk"
include: "rules/interviews.smk"
include: "rules/measurement.smk"
include: "rules/checklists.smk"
include: "rules/report.smk"
include: "rules/release.smk"
include: "rules/public.smk"


# what a step is told of hundreds of sites is no word of a command
by_file(workflow.rules)
free_folders(workflow.rules)


rule all:
    """Everything: the report and all that it is made of."""
    default_target: True
    input:
        # every step's files, not the report alone: a step that was stopped has lost its files,
        # and Snakemake asks for lost ones only if they are wanted
        wanted(),
