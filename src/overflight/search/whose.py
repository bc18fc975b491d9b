"""Whose an aircraft was on a day: who is displayed as owner, operator and registrant, and by whose word."""

from __future__ import annotations

from overflight.clock import day_number
from overflight.errors import QuestionError
from overflight.model.address import address_of
from overflight.model.sayings import PARTIES
from overflight.search.contract import Row
from overflight.search.identity import register_for
from overflight.search.sayings import Teller
from overflight.search.sources import Sources


def find_whose(icao24: str, sources: Sources, on: str) -> dict[str, Row | None]:
    """By role the saying displayed for an address on a UTC day, as `who` has it; None where nobody says.

    Only that: what contradicts it, and who else bears the mark, is looked up by `who`, at ten times the cost.
    Raises QuestionError for what is no address and no day.
    """
    address = address_of(icao24)
    if address is None:
        raise QuestionError(f"{icao24!r} is no address; give six hex digits, such as 613133")
    teller = Teller(sources, register_for(sources, [address]), day_number(on))
    shown = teller.displayed(address, teller.spans(address))
    return {role: teller.said(shown.get(role)) for role in PARTIES}
