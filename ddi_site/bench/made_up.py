"""Wordings, drug names and ATC codes of a made-up ledger, in the manner of the real ones."""

from __future__ import annotations

EFFECTS = (
    "anticoagulant", "sedative", "hypotensive", "hypoglycemic", "arrhythmogenic", "nephrotoxic", "hepatotoxic",
    "bradycardic", "serotonergic", "anticholinergic", "neurotoxic", "ototoxic", "hyperkalemic", "hypokalemic",
    "immunosuppressive", "antiplatelet", "vasodilatory", "diuretic", "analgesic", "anesthetic", "stimulatory",
    "myopathic", "hyponatremic", "ulcerogenic", "thrombogenic", "hypertensive", "respiratory depressant",
    "QTc-prolonging", "antihypertensive", "bronchodilatory",
)  # fmt: skip
FORMS = (
    ("", " may increase the {} activities of ", "."),
    ("", " may decrease the {} activities of ", "."),
    ("The risk or severity of {} effects can be increased when ", " is combined with ", "."),
    ("The therapeutic efficacy of ", " can be decreased when used in combination with {} ", "."),
    ("", " can cause a decrease in the absorption of {} ", " resulting in a reduced serum concentration."),
    ("The metabolism of ", " can be decreased when combined with {} ", "."),
    ("The serum concentration of ", " can be increased when it is combined with {} ", "."),
    ("The excretion of ", " can be decreased when combined with {} ", "."),
    ("{} therapy with ", " should be monitored closely beside ", "."),
    ("", " was given with ", " and {} events were reported."),
)  # fmt: skip
WORDINGS = [(before.format(effect), between.format(effect), after.format(effect))
            for effect in EFFECTS for before, between, after in FORMS]  # fmt: skip
"""Each as what stands before the first drug, between the two, and after the second."""

SYLLABLES = ("ab", "cor", "den", "fil", "gra", "lon", "mex", "nor", "pra", "tam", "vir", "zol", "qui")


def drug_names(n: int) -> list[str]:
    """Names of four syllables, each different from the others up to 28,561 of them."""
    base = len(SYLLABLES)
    return ["".join(SYLLABLES[number // base**place % base] for place in range(4)).capitalize() for number in range(n)]


def atc_codes(n: int) -> list[str]:
    """One code for each drug, over all fourteen main groups."""
    return [
        f"{'ABCDGHJLMNPRSV'[one % 14]}{one % 9:02d}{'ABCD'[one % 4]}{'ABCDEFGX'[one % 8]}{one // 100:02d}"
        for one in range(n)
    ]
