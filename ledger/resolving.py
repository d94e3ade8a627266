"""Finding the drug behind a name as screens and papers write it: by name, by synonym, then without salt and stereo."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ledger.patterns import fold

Step = Literal["name", "synonym", "without salt or stereo", "ambiguous", "unknown"]

SALTS_WRITTEN = """
acetate anhydrous aspartate benzoate besilate besylate bitartrate bromide calcium camsylate chloride citrate
dihydrate dihydrochloride diphosphate dipotassium disodium ditosylate edisylate esylate fumarate gluconate
hemifumarate hemihydrate hydrate hydrobromide hydrochloride hydroiodide isethionate lactate lysine magnesium
malate maleate meglumine mesilate mesylate monohydrate monohydrochloride napsylate nitrate olamine oxalate pamoate
phosphate potassium sesquihydrate sodium succinate sulfate sulphate tartrate tosylate trihydrate trihydrochloride
trisodium tromethamine hcl hbr
"""
SALTS = frozenset(SALTS_WRITTEN.split())
STEREO = re.compile(
    r"^(?:\((?:[0-9]*[rsez](?:,[0-9]*[rsez])*|\+|-|−|–|±|\+/-|\+-)\)-?"  # (r)-, (2s,3r)-, (+)-, (±)-
    r"|(?:[rsld]|dl|rac|cis|trans|racemic|all-trans)[- ])"
)
IN_BRACKETS = re.compile(r"\(([^()]*)\)$")

LookUp = Callable[[str], Sequence[str]]
"""The ids of the drugs that go by a folded name."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The drug a name means and the step that found it; no drug where the step is `ambiguous` or `unknown`."""

    step: Step
    drugbank_id: str | None


def resolve(name: str, *, by_name: LookUp, by_synonym: LookUp) -> Resolution:
    """The drug a name means; the first step that finds any decides, and several drugs at one step are none.

    A synonym counts only when one drug has it. Stripping comes last, for a salt or an isomer that is a drug of its own
    (dexamphetamine, escitalopram under their own names) must be found as itself.
    """
    folded = fold(name)
    bare = stripped(folded)
    steps: list[tuple[Step, LookUp, str]] = [("name", by_name, folded), ("synonym", by_synonym, folded)]
    if bare != folded:
        steps += [("without salt or stereo", look_up, bare) for look_up in (by_name, by_synonym)]
    for step, look_up, wanted in steps:
        found = look_up(wanted)
        if len(found) == 1:
            return Resolution(step, found[0])
        if found:
            return Resolution("ambiguous", None)
    return Resolution("unknown", None)


def stripped(folded: str) -> str:
    """The folded name without salts at its end and stereo descriptors at its start; never empty.

    `(s)-warfarin sodium` → `warfarin`; `imatinib (mesylate)` → `imatinib`; `sodium chloride` stays as it is.
    """
    rest = folded
    if (bracket := IN_BRACKETS.search(rest)) and all(word in SALTS for word in bracket.group(1).split()):
        rest = rest[: bracket.start()].rstrip()
    words = rest.split()
    while len(words) > 1 and words[-1] in SALTS:
        words.pop()
    if not words or words[0] in SALTS:
        return folded
    rest = " ".join(words)
    while (prefix := STEREO.match(rest)) and len(rest) - prefix.end() > 2:
        rest = rest[prefix.end() :]
    return rest
