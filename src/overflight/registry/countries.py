"""Country codes and names as OurAirports writes them (ISO 3166-1 alpha-2, plus XK)."""

from __future__ import annotations

from overflight.registry.packaged import packaged_rows

# Names people type that the list spells otherwise; codes as in ISO 3166-1.
_ALSO = {
    "usa": "US",
    "united states of america": "US",
    "uk": "GB",
    "great britain": "GB",
    "uae": "AE",
    "turkiye": "TR",
    "türkiye": "TR",
    "czechia": "CZ",
    "russian federation": "RU",
    "ivory coast": "CI",
    "drc": "CD",
    "dr congo": "CD",
    "burma": "MM",
    "palestine": "PS",
    "west bank": "PS",
    "gaza": "PS",
}


def country_names() -> dict[str, str]:
    """Name by two-letter code, of every country in the packaged list."""
    return {row["country"]: row["name"] for row in packaged_rows("countries.csv")}


def country_code(text: str) -> str | None:
    """Two-letter code of a country given by code or name, any case; None where there is none such."""
    names, wanted = country_names(), text.strip()
    if wanted.upper() in names:
        return wanted.upper()
    by_name = {name.casefold(): code for code, name in names.items()}
    return by_name.get(wanted.casefold()) or _ALSO.get(wanted.casefold())
