"""Whether recordings and lists may be published: by their licence, or because somebody said so."""

from __future__ import annotations

import re
from dataclasses import dataclass

from overflight.errors import QuestionError

RECONSTRUCTION = "facts typed in; see SOURCE"  # the words under which the package gives its reconstruction
_CC, _ODC, _OSI = (
    "https://creativecommons.org/",
    "https://opendatacommons.org/licenses/",
    "https://opensource.org/license/",
)


@dataclass(frozen=True)
class Licence:
    """A licence that lets anyone pass the data on, and what is made of them; where its text stands."""

    name: str
    also: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Terms:
    """What was said of a batch or a list: its licence in the words given, and whether it may be published."""

    licence: str | None = None
    may_publish: bool = False


@dataclass(frozen=True)
class Said:
    """What somebody who adds data says of them; `may_publish` None leaves it to the licence."""

    licence: str | None = None
    may_publish: bool | None = None


NOTHING_SAID = Said()


def _versions(name: str, *numbers: str) -> tuple[str, ...]:
    return (name, *(f"{name} {number}" for number in numbers))


# Only licences that allow publication by anybody for any purpose: one that forbids commerce or changes leaves
# doubts (a newspaper, a derived flight) which only the person who publishes can settle, by saying so.
KNOWN = (
    Licence("CC0-1.0", ("CC0", "CC0 1.0 Universal"), f"{_CC}publicdomain/zero/1.0/legalcode"),
    Licence("Public domain", ("PD", "PDM", "PDM 1.0"), f"{_CC}publicdomain/mark/1.0/"),
    Licence("CC-BY", _versions("CC BY", "2.0", "2.5", "3.0", "4.0"), f"{_CC}licenses/by/4.0/legalcode"),
    Licence("CC-BY-SA", _versions("CC BY SA", "2.0", "3.0", "4.0"), f"{_CC}licenses/by-sa/4.0/legalcode"),
    Licence("PDDL-1.0", ("PDDL",), f"{_ODC}pddl/1-0/"),
    Licence("ODC-By-1.0", ("ODC-By",), f"{_ODC}by/1-0/"),
    Licence("ODbL-1.0", ("ODbL",), f"{_ODC}odbl/1-0/"),
    Licence("Apache-2.0", ("Apache 2.0", "Apache License 2.0"), "https://www.apache.org/licenses/LICENSE-2.0"),
    Licence("MIT", ("MIT License", "Expat"), f"{_OSI}mit"),
    Licence("BSD-3-Clause", ("BSD 3 Clause License",), f"{_OSI}bsd-3-clause"),
    Licence(RECONSTRUCTION, (), "data/case_2016.SOURCE.txt in this package"),
)


def licence_named(text: str | None) -> Licence | None:
    """The licence of exactly that name, case, blanks, hyphens and a last full stop aside; else None."""
    wanted = _normal(text or "")
    return next((one for one in KNOWN if wanted in {_normal(name) for name in (one.name, *one.also)}), None)


def terms_of(said: Said) -> Terms:
    """The terms of new data: published where the licence is one of KNOWN, or where somebody says so.

    `may_publish` decides where it is given; true needs a licence beside it, else QuestionError.
    """
    licence = (said.licence or "").strip() or None
    if said.may_publish and licence is None:
        raise QuestionError("under which licence may it be published? Give --licence with --may-publish")
    known = licence_named(licence) is not None
    return Terms(licence, known if said.may_publish is None else said.may_publish)


def restated(standing: Terms, said: Said) -> Terms:
    """The terms after the same data came again: a statement narrows them, and widens them only if it says so.

    A licence that is not known to permit publication, or `may_publish` false, withholds what was public. A
    licence alone, even one that permits, never makes public what was withheld: `may_publish` true does.
    """
    terms = terms_of(said)
    if terms.licence is None and said.may_publish is None:
        return standing
    if terms.may_publish and not standing.may_publish and not said.may_publish:
        return standing
    return Terms(terms.licence or standing.licence, terms.may_publish)


def _normal(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text).strip().rstrip(".").casefold()
