"""Words of answers to closed questions: none of them is mostly somebody's name."""

_WORDS = """
    yes no y n true false not none nobody unknown missing other others another any all both neither
    nor or and of the a an to in on at by for with without from about than as is was has have had
    do does did don t know prefer say applicable available answered refused declined done
    never rarely seldom sometimes often usually always mostly hardly ever once twice daily weekly
    monthly yearly every each day days week weeks month months year years hour hours time times
    very extremely fairly quite rather somewhat slightly a little lot much more most less least
    some few many several only just almost nearly half good fair poor bad excellent well better
    worse same best worst happy unhappy sad ill healthy low medium high moderate mild severe normal
    agree disagree strongly tend neutral satisfied dissatisfied likely unlikely important
    unimportant easy difficult hard able unable problems problem slight pain anxious depressed
    male female man woman men women boy girl non binary trans gender intersex
    single married divorced separated widowed widow cohabiting living together alone partner
    partners civil partnership relationship spouse husband wife parent parents mother father son
    daughter child children brother sister sibling siblings grandparent family friend friends
    neighbour neighbours relative relatives guardian kin
    white black asian mixed british english scottish welsh irish northern african caribbean indian
    pakistani bangladeshi chinese arab european polish romanian american background ethnic ethnicity
    group groups gypsy traveller roma south east west north southeast central
    christian muslim hindu jewish buddhist sikh religion church catholic protestant
    employed unemployed self employment full part paid unpaid work working retired student sick
    disabled long term looking after home carer carers care caring volunteer volunteering job
    training apprentice maternity leave furlough
    owned rented owner renting private council social housing association mortgage tenant
    homeless hostel temporary house flat bungalow
    primary secondary school college university degree higher education level gcse gcses alevel
    diploma certificate qualification qualifications vocational bachelor master masters doctorate
    first second third last next new old current former previous later early late before after
    start end baseline follow up wave visit visits session sessions event phase round
    link worker workers key case support staff team teams manager practitioner practitioners nurse
    nurses doctor doctors gp gps therapist health visitor clinician pharmacist dentist
    psychologist psychiatrist physiotherapist paramedic consultant specialist interviewer
    researcher assessor referrer advocate adviser advisor officer teacher coach mentor
    hospital clinic surgery practice centre center ward department emergency accident outpatient
    inpatient day service services unit charity community voluntary sector organisation police
    council local authority court prison library leisure gym cafe park garden walking sports club
    phone telephone call text message email letter post online internet video face person street
    road lane house shop market bus train car walk cycle transport
    one two three four five six seven eight nine ten zero
    attended cancelled canceled missed arrived rearranged rebooked no show completed complete
    incomplete pending active inactive open closed ongoing finished stopped withdrawn withdrew died
    moved lost contact contacted referred referral accepted rejected eligible ineligible consented
    consent screened enrolled discharged discharge
    control intervention treatment placebo arm usual default response set form survey option choice
    red green blue yellow orange purple
    low income middle upper lower class urban rural city town village hill side field bridge heath
    grove square gardens estate valley range island lake river sea
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday morning afternoon evening night
    ja nein weiß nicht keine keiner unbekannt andere anderer anderes sonstige weiblich männlich
    divers selbst sehr gut schlecht mittel immer nie oft selten manchmal
"""
USUAL = frozenset(_WORDS.split())
"""Small letters, as they stand in answers, roles of people and kinds of places."""
