"""The list of data problems: every one, with its place and what was done."""

KINDS: dict[str, str] = {
    "not_a_number": "text where a number should be",
    "out_of_range": "a number outside the declared range",
    "not_a_code": "a number that is no answer code",
    "not_a_state": "not one digit an item, where one column holds all answers of a questionnaire:"
    " which answer is lost cannot be known",
    "likely_code": "a number that usually means no answer, apart from all others of its column; it"
    " is kept (if it means that: missing: [CODE]; if it is a number like them: range: [FROM, TO])",
    "undeclared_value": "a value that config.yaml does not declare",
    "no_choice": "an answer that is no choice of its field in REDCap's data dictionary (it is kept"
    " where config.yaml declares it, by range or values)",
    "not_derived": "a value that the rule of a derived variable does not cover",
    "not_a_date": "not a date in the declared format",
    "date_order": "a date whose day and month stand in another order than the declared format's",
    "date_serial": "a number where a date should be, as spreadsheets count days (format: excel, or"
    " excel_1904, reads it)",
    "misread_column": "most cells cannot be read as config.yaml declares the column",
    "misread_item": "most answers of a questionnaire's item are no codes of it",
    "impossible_date": "a date outside the study's period",
    "date_before_baseline": "a later date that lies before the person's first (which may be the"
    " wrong one)",
    "first_date_late": "a first date that lies after the person's later ones, which lie in their"
    " windows since the day that visits: since: names, as it does not",
    "times_swapped": "most dates of a later time (or wave) lie before those of an earlier one: are"
    " the times of two files swapped?",
    "respelled": "a declared value written differently (case, spaces)",
    "near_word": "a name that differs from another one of its column, or of its site in another"
    " file, in capitals or spaces alone (values: of the column writes both in one way)",
    "short_record": "fewer fields than the header; the rest read as blank",
    "cut_record": "a row above the records or below last_line that looks like a record",
    "unread_sheet": "a sheet of the workbook that holds a table and that no entry reads",
    "no_records": "a file that holds column names alone, as may_be_empty allows it to",
    "hidden_row": "a row that the sheet hides, e.g. by a filter: is it meant?",
    "blank_id": "a record without an id",
    "unknown_person": "an id that is not among the people",
    "near_id": "an id that differs from one in the register in zeros or capitals alone"
    " (study.id_form says whether that matters)",
    "undeclared_site": "a site that config.yaml does not declare",
    "undeclared_time": "a time that config.yaml does not declare",
    "undeclared_arm": "an arm that config.yaml does not declare",
    "exact_duplicate": "a record that repeats another, cell by cell",
    "empty_duplicate": "a record without an answer beside one of the same unit and time that has"
    " answers",
    "unticked_unfinished": "no box ticked in a form that was left unfinished: asked or not?",
    "unclaimed_record": "a record that no entry of config.yaml reads",
    "other_site": "another site than the register's, and no transfer there before that day",
    "other_neighbourhood": "another neighbourhood than the register's",
    "undated_visit": "a visit without a date, or of a person without a start: no window holds it",
    "outside_windows": "a visit outside the windows of all times, or of its own",
    "other_visit": "another visit of the person counts for that time",
    "after_death": "a record dated after the person's death",
    "after_withdrawal": "a record dated after the person withdrew",
    "undated_event": "an event that happened, without its date",
    "event_not_known": "its condition in events: is not known, so neither is whether it happened",
    "date_without_event": "a date of an event that did not happen, or is not known to have, by its"
    " condition in events:",
    "event_before_start": "an event dated before the person's start",
    "event_after_death": "a withdrawal or transfer dated after the person's death",
    "unlinked_id": "an id in this column that is nobody's in the register",
    "register_contradicts": "another site, arm, neighbourhood, link worker or weight than in the"
    " person's first record",
    "two_sites": "a respondent who stands in another site in an earlier wave: who moved, or two"
    " people with one id",
    "not_constant": "another answer than the same respondent's in an earlier wave, where surveys:"
    " members: says that it cannot change: two people with one id?",
    "fell_back": "a lower answer than the same respondent's in an earlier wave, where surveys:"
    " members: says that it cannot fall: two people with one id?",
    "turned_scale": "a question that goes with the others the other way round than in other waves:"
    " is its scale turned?",
    "no_weight": "no weight, in a file that declares weights",
    "not_a_weight": "a weight of zero or less",
    "conflicting_duplicate": "a second record for the same unit and time that differs",
    "one_id_two_sites": "a second respondent's record of the same id and wave, in another site",
    "one_id_two_files": "a record of an id and wave that another file has too, with other answers",
}
"""Kind of problem → what it means; config names kinds in problems.stop_on."""
STOPPING: dict[str, str] = {
    "times_swapped": "see that each file in data/raw is the one that config.yaml takes it for, and"
    " which day its date: is",
    "date_order": "its other dates may be misread, too: declare the order in which it writes them,"
    " or correct these cells (CORRECTIONS.yaml)",
    "cut_record": "correct last_line or header in config.yaml",
    "one_id_two_sites": "if each site numbers its respondents from 1, make the ids differ, e.g. by"
    " the site's letter in front; if one person has two records, correct the site"
    " (CORRECTIONS.yaml)",
    "one_id_two_files": "if each file numbers its respondents from 1, make the ids differ; if the"
    " files hold different questions of one wave, join them into one; if these answered twice,"
    " duplicates of the later file says which counts",
}
"""Kinds that stop a run unless problems.only_listed names them → what to do: other records may be
wrong or lost, unseen, for the same reason."""
SLIPS: dict[str, int] = {"one_id_two_sites": 3, "one_id_two_files": 3}
"""Kinds that stop only beyond so many records of a file: a few are slips of the pen, each alone."""
OF_IDS = frozenset(
    {
        "exact_duplicate",
        "conflicting_duplicate",
        "empty_duplicate",
        "unknown_person",
        "short_record",
        "register_contradicts",
        "unlinked_id",
        "undated_event",
        "event_not_known",
        "near_id",
        "near_word",
    }
)
"""Kinds whose value is a record's id, or may be: it is printed on no page."""
