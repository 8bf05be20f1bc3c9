"""Outcome measures, declared once: what each is called, means, and how it is computed.

A measure is a sum (in the country, per year) or a ratio of two sums. Both are kept, so that years,
groups and runs can be pooled without averaging averages. Tables, figures, brief and dashboard
read these declarations; nobody types a label twice.
"""

from dataclasses import dataclass
from typing import Literal

#: Cells with fewer simulated patients carry a warning.
SMALL_CELL = 10


@dataclass(frozen=True)
class Measure:
    """One outcome measure.

    Attributes:
        id: Name used everywhere, also in JSON.
        en, nl: Label.
        unit: Unit of the value, in English; ``unit_nl`` in Dutch.
        better: Direction a policymaker would welcome.
        explains_en, explains_nl: One plain sentence.
        formula: How it is computed from the columns of ``model.state``.
        top: Observed quantity summed in the numerator (``model.month.observation``).
        bottom: Quantity summed in the denominator; None for a national sum.
        whose: Whether the rows are patients or practices.
        decimals: Digits to print.
    """

    id: str
    en: str
    nl: str
    unit: str
    unit_nl: str
    better: Literal["lower", "higher", "neither"]
    explains_en: str
    explains_nl: str
    formula: str
    top: str
    bottom: str | None = None
    whose: Literal["patients", "practices"] = "patients"
    decimals: int = 3

    @property
    def is_share(self) -> bool:
        """Whether the value is a share between 0 and 1."""
        return self.unit == "share"


MEASURES = (
    Measure(
        "paramedical_spending", "Paramedical spending", "Uitgaven paramedische zorg",
        "EUR/year", "euro per jaar", "neither",
        "What insurers pay for COPD physiotherapy, deductible included, in the year in which the "
        "care falls: the macro framework.",
        "Wat verzekeraars betalen voor COPD-fysiotherapie, inclusief eigen risico, in het jaar "
        "waarin de zorg valt: het macrokader.",
        "sum of tally.paramedical", "paramedical", decimals=0,
    ),
    Measure(
        "total_care_cost", "Total care cost", "Totale zorgkosten",
        "EUR/year", "euro per jaar", "lower",
        "All COPD care: physiotherapy, admissions, other lung attacks, medicines and GP.",
        "Alle COPD-zorg: fysiotherapie, opnames, andere longaanvallen, geneesmiddelen en huisarts.",
        "sum of tally.total_care", "total_care", decimals=0,
    ),
    Measure(
        "out_of_pocket", "Paid by patients", "Eigen betalingen van patiënten",
        "EUR/year", "euro per jaar", "lower",
        "Deductible on physiotherapy and sessions patients pay themselves.",
        "Eigen risico voor fysiotherapie en zittingen die patiënten zelf betalen.",
        "sum of tally.out_of_pocket", "out_of_pocket", decimals=0,
    ),
    Measure(
        "sessions_per_patient", "Sessions per treated patient", "Zittingen per behandelde patiënt",
        "sessions/year", "zittingen per jaar", "neither",
        "Sessions in the year, per patient with at least one.",
        "Zittingen in het jaar, per patiënt met minstens één zitting.",
        "sum of tally.sessions / patients with tally.sessions > 0", "sessions", "treated",
        decimals=2,
    ),
    Measure(
        "other_mode_share", "Sessions in a group or at a distance",
        "Zittingen in een groep of op afstand", "share", "aandeel", "neither",
        "Sessions given in a group or digitally, of all sessions.",
        "Zittingen die in een groep of digitaal zijn gegeven, van alle zittingen.",
        "sum of (tally.grouped + tally.digital) / sum of tally.sessions", "other_mode", "sessions",
    ),
    Measure(
        "disease_burden_ccq", "Disease burden (CCQ)", "Ervaren ziektelast (CCQ)",
        "CCQ points", "CCQ-punten", "lower",
        "Mean burden, 0 to 6, of everyone who has asked for physiotherapy, refused or not.",
        "Gemiddelde ziektelast, 0 tot 6, van iedereen die om fysiotherapie vroeg, ook wie niet is "
        "aangenomen.",
        "sum of tally.ccq_sum / sum of tally.asked_months", "ccq_sum", "asked_months",
    ),
    Measure(
        "relevant_improvement_share", "Patients with relevant improvement",
        "Patiënten met relevante verbetering", "share", "aandeel", "higher",
        "Measured burden fell by at least 0.4 between intake and the end of the first quarter.",
        "De gemeten ziektelast daalde minstens 0,4 tussen intake en het eind van het eerste "
        "kwartaal.",
        "sum of tally.improved / sum of tally.followed", "improved", "followed",
    ),
    Measure(
        "measured_share", "Patients measured", "Gemeten patiënten", "share", "aandeel", "higher",
        "Patients whose answers are known, of all who had a measurement due after a first quarter.",
        "Patiënten van wie de antwoorden bekend zijn, van allen die na een eerste kwartaal gemeten "
        "moesten worden.",
        "sum of tally.answered / sum of tally.followed", "answered", "followed",
    ),
    Measure(
        "reported_completeness", "Completeness as reported", "Volledigheid zoals gerapporteerd",
        "share", "aandeel", "higher",
        "Patients whose answers are known, of those due and not excepted: what the insurer sees.",
        "Patiënten van wie de antwoorden bekend zijn, van wie gemeten moest worden en niet als "
        "uitzondering is gemeld: wat de verzekeraar ziet.",
        "sum of tally.answered / sum of (tally.followed - tally.excepted)", "answered", "asked",
    ),
    Measure(
        "left_out_share", "Left out of the measurement on purpose",
        "Bewust buiten de meting gehouden", "share", "aandeel", "lower",
        "Patients not asked, or reported as an exception, because their outcome would cost money; "
        "of all who had a measurement due.",
        "Patiënten die niet zijn gevraagd of als uitzondering zijn gemeld omdat hun uitkomst geld "
        "zou kosten; van allen die gemeten moesten worden.",
        "sum of (tally.left_out + tally.excepted) / sum of tally.followed", "on_purpose",
        "followed", decimals=4,
    ),
    Measure(
        "admissions", "Lung attacks with admission", "Longaanvallen met ziekenhuisopname",
        "admissions/year", "opnames per jaar", "lower",
        "Hospital admissions for a lung attack among all patients with GOLD II or higher.",
        "Ziekenhuisopnames voor een longaanval onder alle patiënten met GOLD II of hoger.",
        "sum of tally.admissions", "admissions", decimals=0,
    ),
    Measure(
        "deaths", "Deaths", "Sterfgevallen", "deaths/year", "per jaar", "lower",
        "Deaths of any cause among all patients with GOLD II or higher.",
        "Sterfte aan alle oorzaken onder alle patiënten met GOLD II of hoger.",
        "sum of tally.died", "died", decimals=0,
    ),
    Measure(
        "qalys", "Quality-adjusted life years", "Voor kwaliteit gecorrigeerde levensjaren",
        "QALY/year", "QALY per jaar", "higher",
        "Years lived by all patients with GOLD II or higher, weighted by quality of life.",
        "Levensjaren van alle patiënten met GOLD II of hoger, gewogen naar kwaliteit van leven.",
        "sum of tally.qalys", "qalys", decimals=0,
    ),
    Measure(
        "refused_share", "Intake requests refused", "Geweigerde aanmeldingen",
        "share", "aandeel", "lower",
        "Decided requests for intake that ended in a refusal.",
        "Besliste aanmeldingen die op een weigering uitliepen.",
        "sum of tally.refused / sum of tally.requests", "refused", "requests", decimals=4,
    ),
    Measure(
        "softly_refused_share", "Requests refused without saying so",
        "Aanmeldingen die zacht zijn geweigerd", "share", "aandeel", "lower",
        "Decided requests that ended in \"come back later\" or \"better go elsewhere\": part of "
        "the refusals, seen by patients only.",
        "Besliste aanmeldingen die uitliepen op 'kom later terug' of 'beter ergens anders': deel "
        "van de weigeringen, alleen zichtbaar voor patiënten.",
        "sum of tally.soft_refused / sum of tally.requests", "soft_refused", "requests", decimals=4,
    ),
    Measure(
        "hospital_therapy_spending", "Exercise therapy in hospital",
        "Oefentherapie in het ziekenhuis",
        "EUR/year", "euro per jaar", "lower",
        "Paid to hospitals for exercise therapy of patients who were refused or reached their "
        "maximum: part of the total care cost, in another framework.",
        "Betaald aan ziekenhuizen voor oefentherapie van patiënten die zijn geweigerd of hun "
        "maximum bereikten: deel van de totale zorgkosten, in een ander kader.",
        "sum of tally.hospital_therapy", "hospital_therapy", decimals=0,
    ),
    Measure(
        "undertreated_share", "Undertreated patient-quarters", "Onderbehandelde patiëntkwartalen",
        "share", "aandeel", "lower",
        "Patient-quarters planned with over a fifth fewer sessions than needed (guideline).",
        "Patiëntkwartalen waarin ruim een vijfde minder zittingen zijn gepland dan nodig.",
        "sum of tally.under / sum of tally.quarters", "under", "quarters",
    ),
    Measure(
        "overtreated_share", "Overtreated patient-quarters", "Overbehandelde patiëntkwartalen",
        "share", "aandeel", "lower",
        "Patient-quarters planned with over a fifth more sessions than the patient needs.",
        "Patiëntkwartalen waarin ruim een vijfde meer zittingen zijn gepland dan nodig.",
        "sum of tally.over / sum of tally.quarters", "over", "quarters",
    ),
    Measure(
        "upcoded_share", "Upcoded patient-quarters", "Te zwaar ingeschaalde patiëntkwartalen",
        "share", "aandeel", "lower",
        "Patient-quarters on file in a heavier class than the true one.",
        "Patiëntkwartalen die in een zwaardere klasse staan dan de werkelijke.",
        "sum of tally.upcoded / sum of tally.quarters", "upcoded", "quarters",
    ),
    Measure(
        "upcoded_unprovable_share", "Upcoding no audit can show",
        "Niet aantoonbare te zware inschaling",
        "share", "aandeel", "lower",
        "Patient-quarters in too heavy a class where no audit can tell: a borderline test scored "
        "low.",
        "Patiëntkwartalen in een te zware klasse waar geen controle het kan zien: een test op de "
        "grens die te laag is gescoord.",
        "sum of tally.unprovable / sum of tally.quarters", "unprovable", "quarters",
    ),
    Measure(
        "downgraded_share", "Downgraded patient-quarters", "Te licht ingeschaalde patiëntkwartalen",
        "share", "aandeel", "lower",
        "Patient-quarters on file in a lighter class than the true one.",
        "Patiëntkwartalen die in een lichtere klasse staan dan de werkelijke.",
        "sum of tally.downgraded / sum of tally.quarters", "downgraded", "quarters", decimals=4,
    ),
    Measure(
        "waiting_weeks", "Waiting time", "Wachttijd", "weeks", "weken", "lower",
        "Mean weeks between request and intake; a request met in the same month counts as 0.",
        "Gemiddeld aantal weken tussen aanmelding en intake; intake in dezelfde maand telt als 0.",
        "sum of tally.waited x 52/12 / sum of tally.intakes", "waited_weeks", "intakes",
        decimals=2,
    ),
    Measure(
        "treated_patients", "Treated patients", "Behandelde patiënten",
        "patients/year", "patiënten per jaar", "neither",
        "Patients with at least one session in the year.",
        "Patiënten met minstens één zitting in het jaar.",
        "number of patients with tally.sessions > 0", "treated", decimals=0,
    ),
    Measure(
        "practice_margin", "Practice margin", "Marge van praktijken", "share", "aandeel", "neither",
        "What practices keep of their COPD revenue after full cost, before the owner's pay.",
        "Wat praktijken van hun COPD-omzet overhouden na alle kosten, vóór ondernemersinkomen.",
        "sum of (tally.revenue - tally.cost) / sum of tally.revenue", "margin", "revenue",
    ),
    Measure(
        "practice_loss_share", "Practices with a loss", "Praktijken met verlies",
        "share", "aandeel", "lower",
        "Practices whose COPD care cost more than it brought in that year; for a group of "
        "patients: the share treated in such a practice.",
        "Praktijken waar COPD-zorg dat jaar meer kostte dan opbracht; voor een groep patiënten: "
        "het aandeel dat in zo'n praktijk wordt behandeld.",
        "practices with cost > revenue / practices with COPD care", "loss", "active", "practices",
    ),
    Measure(
        "joined_share", "Practices under the contract", "Praktijken met de overeenkomst",
        "share", "aandeel", "neither",
        "Practices with COPD care that have the scenario's contract, each for the part of the "
        "offering insurers (by people insured) it has it with; for a group of patients: the share "
        "whose own insurer and practice have it.",
        "Praktijken met COPD-zorg die de overeenkomst van het scenario hebben, elk voor het deel "
        "van de aanbiedende zorgverzekeraars (naar verzekerden) waarmee zij die heeft; voor een "
        "groep patiënten: het aandeel van wie de eigen verzekeraar en praktijk die hebben.",
        "mean of model.month.joining.joined_share over practices with COPD care", "joined",
        "active", "practices",
    ),
    Measure(
        "job_satisfaction", "Job satisfaction", "Werkplezier", "index", "index", "higher",
        "Index, 0 to 100, of autonomy, administration, fit with the norm, risk and gaming. "
        "An index, not a forecast.",
        "Index, 0 tot 100, van autonomie, administratie, passendheid, risico en oneigenlijk "
        "gebruik. Een index, geen voorspelling.",
        "mean of agents.therapist.job_satisfaction over practices with COPD care",
        "satisfaction", "active", "practices", decimals=2,
    ),
    Measure(
        "therapists_leaving", "Therapists who leave", "Therapeuten die vertrekken",
        "share", "aandeel", "lower",
        "Therapists who left or retired in the year; for a group of patients: in the practices "
        "where they are treated.",
        "Therapeuten die in het jaar vertrokken of met pensioen gingen; voor een groep patiënten: "
        "in de praktijken waar zij worden behandeld.",
        "sum of people.left / sum of people.staffed", "left", "staffed", "practices",
    ),
    Measure(
        "vacancy_share", "Vacant posts", "Openstaande vacatures", "share", "aandeel", "lower",
        "Posts for therapists who treat COPD that nobody holds at the end of the year.",
        "Plaatsen voor therapeuten die COPD behandelen die aan het eind van het jaar leeg zijn.",
        "posts without a therapist / all posts", "vacant", "posts", "practices",
    ),
    Measure(
        "admin_hours", "Administration per treated patient", "Administratie per behandelde patiënt",
        "hours/year", "uren per jaar", "lower",
        "Hours of administration by therapists per treated patient.",
        "Uren administratie van therapeuten per behandelde patiënt.",
        "sum of tally.admin / 60 / patients with tally.sessions > 0", "admin_hours", "treated",
        decimals=2,
    ),
)  # fmt: skip

BY_ID = {measure.id: measure for measure in MEASURES}

#: Ways the results are split, with labels: key -> (English, Dutch).
SPLITS = {
    "all": ("Everyone", "Iedereen"),
    "gold": ("GOLD stage", "GOLD-stadium"),
    "income": ("Income quintile (1 lowest)", "Inkomenskwintiel (1 laagste)"),
    "insurer": ("Insurer (A largest)", "Zorgverzekeraar (A grootste)"),
    "practice_size": ("Practice size", "Praktijkgrootte"),
    "age": ("Age", "Leeftijd"),
}
