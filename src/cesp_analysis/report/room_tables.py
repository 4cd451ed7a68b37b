"""Tables of rooms that not every study uses: economics, planning, interviews, integration."""

from cesp_analysis.economics import tables as of_economics
from cesp_analysis.economics.imputed_tables import EconomicsImputation
from cesp_analysis.integration import tables as of_integration
from cesp_analysis.interviews import tables as of_interviews
from cesp_analysis.planning import tables as of_planning
from cesp_analysis.report.tables_read import Read, interviewed, priced, simulated, valued


class RoomTables:
    """Each table is read when a section asks for it, and is empty where the study has none."""

    economics = Read(of_economics.Economics, lambda words: words.economics)
    economics_means = Read(of_economics.ArmMeans, lambda words: words.economics)
    economics_imputation = Read(EconomicsImputation, lambda words: words.economics)
    ce_quadrants = Read(of_economics.Quadrants, lambda words: words.economics)
    value_of_information = Read(of_economics.Information, lambda words: words.economics)
    acceptability = Read(of_economics.Acceptability, lambda words: words.economics, file="ceac")
    costs = Read(of_economics.CostTable, priced)
    unit_costs = Read(of_economics.UnitCosts, priced)
    planning = Read(of_planning.Planning, lambda words: words.planning)
    planning_known = Read(of_planning.PlanningKnown, lambda words: words.planning)
    planning_trials = Read(of_planning.PlanningTrials, simulated)
    planning_worth = Read(of_planning.PlanningWorth, valued)
    interviews = Read(of_interviews.InterviewRows, lambda words: words.interviews)
    codes = Read(of_interviews.CodeRows, lambda words: words.interviews)
    import_notes = Read(of_interviews.ImportNotes, lambda words: words.interviews)
    theme_coverage = Read(of_interviews.ThemeCoverage, lambda words: words.interviews)
    stopping_rules = Read(of_interviews.StoppingRules, lambda words: words.interviews)
    theme_matrix = Read(of_interviews.ThemeMatrixRows, lambda words: words.interviews)
    theme_by_interview = Read(of_interviews.ThemeByInterview, lambda words: words.interviews)
    theme_pairs = Read(of_interviews.ThemePairs, lambda words: words.interviews)
    coder_agreement = Read(of_interviews.CoderAgreementRows, lambda words: words.interviews)
    code_changes = Read(of_interviews.CodeChanges, interviewed("changed"))
    recoded = Read(of_interviews.RecodedExcerpts, interviewed("changed"))
    joint_display = Read(of_integration.JointDisplay, interviewed("joined"))
    joint_themes = Read(of_integration.JointThemes, interviewed("joined"))
    joint_quotes = Read(of_integration.JointQuotes, interviewed("joined"))
    process = Read(of_integration.ProcessEvents, interviewed("joined"))
    theory_links = Read(of_integration.TheoryLinks, interviewed("theory"))
    theory_nodes = Read(of_integration.TheoryNodes, interviewed("theory"))
