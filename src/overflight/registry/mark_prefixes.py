"""Nationality marks by State, as notified to ICAO under Annex 7, and territories' own."""

from __future__ import annotations

from types import MappingProxyType

# Marks written without a hyphen in their own registers; every other one has it after the nationality mark.
NO_HYPHEN = frozenset({"N", "JA", "HL", "YV", "HI"})

# Country code to nationality marks. The longer wins where one begins with another (B-H is Hong Kong's).
MARKS_OF_COUNTRY = MappingProxyType(
    {
        "AD": "C3", "AE": "A6", "AF": "YA", "AG": "V2", "AI": "VP-A", "AL": "ZA", "AM": "EK", "AO": "D2",
        "AR": "LV LQ", "AT": "OE", "AU": "VH", "AW": "P4", "AZ": "4K", "BA": "E7 T9", "BB": "8P",
        "BD": "S2 S3", "BE": "OO", "BF": "XT", "BG": "LZ", "BH": "A9C", "BI": "9U", "BJ": "TY",
        "BM": "VP-B VQ-B", "BN": "V8", "BO": "CP", "BR": "PP PR PS PT PU", "BS": "C6", "BT": "A5", "BW": "A2",
        "BY": "EW", "BZ": "V3", "CA": "C", "CD": "9Q 9S 9T", "CF": "TL", "CG": "TN", "CH": "HB", "CI": "TU",
        "CK": "E5", "CL": "CC", "CM": "TJ", "CN": "B", "CO": "HJ HK", "CR": "TI", "CU": "CU", "CV": "D4",
        "CY": "5B", "CZ": "OK", "DE": "D", "DJ": "J2", "DK": "OY", "DM": "J7", "DO": "HI", "DZ": "7T",
        "EC": "HC", "EE": "ES", "EG": "SU", "ER": "E3", "ES": "EC EM", "ET": "ET", "FI": "OH", "FJ": "DQ",
        "FK": "VP-F", "FM": "V6", "FR": "F", "GA": "TR", "GB": "G", "GD": "J3", "GE": "4L", "GG": "2",
        "GH": "9G", "GI": "VP-G", "GM": "C5", "GN": "3X", "GQ": "3C", "GR": "SX", "GT": "TG", "GW": "J5",
        "GY": "8R", "HK": "B-H B-K B-L", "HN": "HR", "HR": "9A", "HT": "HH", "HU": "HA", "ID": "PK",
        "IE": "EI EJ", "IL": "4X", "IM": "M", "IN": "VT", "IQ": "YI", "IR": "EP", "IS": "TF", "IT": "I",
        "JE": "ZJ", "JM": "6Y", "JO": "JY", "JP": "JA", "KE": "5Y", "KG": "EX", "KH": "XU", "KI": "T3",
        "KM": "D6", "KN": "V4", "KP": "P", "KR": "HL", "KW": "9K", "KY": "VP-C", "KZ": "UP UN", "LA": "RDPL",
        "LB": "OD", "LC": "J6", "LK": "4R", "LR": "A8", "LS": "7P", "LT": "LY", "LU": "LX", "LV": "YL",
        "LY": "5A", "MA": "CN", "MC": "3A", "MD": "ER", "ME": "4O", "MG": "5R", "MH": "V7", "MK": "Z3",
        "ML": "TZ", "MM": "XY XZ", "MN": "JU", "MO": "B-M", "MR": "5T", "MS": "VP-M", "MT": "9H", "MU": "3B",
        "MV": "8Q", "MW": "7Q", "MX": "XA XB XC", "MY": "9M", "MZ": "C9", "NA": "V5", "NE": "5U", "NG": "5N",
        "NI": "YN", "NL": "PH", "NO": "LN", "NP": "9N", "NR": "C2", "NZ": "ZK ZL ZM", "OM": "A4O", "PA": "HP",
        "PE": "OB", "PG": "P2", "PH": "RP", "PK": "AP", "PL": "SP SN", "PS": "E4 SU-Y", "PT": "CS CR",
        "PY": "ZP", "QA": "A7", "RO": "YR", "RS": "YU", "RU": "RA RF", "RW": "9XR", "SA": "HZ", "SB": "H4",
        "SC": "S7", "SD": "ST", "SE": "SE", "SG": "9V", "SH": "VQ-H", "SI": "S5", "SK": "OM", "SL": "9L",
        "SM": "T7", "SN": "6V 6W", "SO": "6O", "SR": "PZ", "SS": "Z8", "ST": "S9", "SV": "YS", "SX": "PJ",
        "SY": "YK", "SZ": "3DC 3D", "TC": "VQ-T", "TD": "TT", "TG": "5V", "TH": "HS", "TJ": "EY", "TL": "4W",
        "TM": "EZ", "TN": "TS", "TO": "A3", "TR": "TC", "TT": "9Y", "TV": "T2", "TZ": "5H", "UA": "UR",
        "UG": "5X", "US": "N", "UY": "CX", "UZ": "UK", "VC": "J8", "VE": "YV", "VG": "VP-L", "VN": "VN",
        "VU": "YJ", "WS": "5W", "XK": "Z6", "YE": "7O", "ZA": "ZS ZT ZU", "ZM": "9J", "ZW": "Z",
    }
)  # fmt: skip
