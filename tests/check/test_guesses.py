from __future__ import annotations

from specdsl.check import guesses
from specdsl.functions.registry import FUNCTIONS


def test_names_of_other_languages_lead_to_functions_there_are() -> None:
    assert not [name for name in guesses._ELSEWHERE.values() if name not in FUNCTIONS]
    foreign = {*guesses._ELSEWHERE, *guesses._RANGES, *guesses._CHOICES, *guesses._PATTERNS}
    assert not [name for name in foreign if name in FUNCTIONS]
