"""Unit conversions, each exact or with its source; nothing else multiplies by a bare factor."""

from __future__ import annotations

FEET_PER_METRE = 1 / 0.3048  # international foot, exact (1959 agreement)
KNOTS_PER_METRE_PER_SECOND = 3600 / 1852  # international nautical mile of 1,852 m, exact
KILOMETRES_PER_NAUTICAL_MILE = 1.852
NAUTICAL_MILES_PER_KILOMETRE = 1 / 1.852
FEET_PER_NAUTICAL_MILE = 1852 / 0.3048
FEET_PER_FLIGHT_LEVEL = 100
MILLISECONDS_PER_SECOND = 1_000
MILLISECONDS_PER_MINUTE = 60_000
MILLISECONDS_PER_HOUR = 3_600_000
MILLISECONDS_PER_DAY = 86_400_000
E7_PER_DEGREE = 10_000_000  # stored coordinates are whole 1e-7 degrees (11 mm of latitude)
EARTH_RADIUS_NM = 6371.0088 / 1.852  # IUGG mean radius R1 (Moritz 1980), 3440.07 nm
EARTH_RADIUS_KM = 6371.0088
