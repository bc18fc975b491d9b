"""Where the sources are, and which hosts each may lead to. Tests give addresses of this machine instead."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

# Where GitHub's release files, tarballs and raw files are sent from: redirects lead there and nowhere else.
GITHUB_FILES = (
    "release-assets.githubusercontent.com",
    "objects.githubusercontent.com",
    "codeload.github.com",
    "raw.githubusercontent.com",
)


@dataclass(frozen=True)
class Bases:
    """The base address of each service, without a slash at its end."""

    adsb_lol: str = "https://adsb.lol"
    github: str = "https://github.com"
    github_api: str = "https://api.github.com"
    github_raw: str = "https://raw.githubusercontent.com"
    mictronics: str = "https://www.mictronics.de"
    opensky: str = "https://opensky-network.org"
    opensky_login: str = "https://auth.opensky-network.org"
    ourairports: str = "https://davidmegginson.github.io"


def hosts_of(*addresses: str) -> frozenset[str]:
    """Hosts of these base addresses, as `Wire` takes them; with GitHub's, those it sends files from."""
    hosts = {urlsplit(address).netloc for address in addresses}
    return frozenset(hosts | (set(GITHUB_FILES) if any("github.com" in host for host in hosts) else set()))
