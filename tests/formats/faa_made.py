"""Made-up files of the FAA's Releasable Aircraft Database in its published layout (ardata.pdf).

The headings, the padding and the commas at the ends of lines are the real ones; every value is made up.
"""

import io
import zipfile

MASTER_HEAD = (
    "\ufeffN-NUMBER,SERIAL NUMBER,MFR MDL CODE,ENG MFR MDL,YEAR MFR,TYPE REGISTRANT,NAME,STREET,STREET2,CITY,"
    "STATE,ZIP CODE,REGION,COUNTY,COUNTRY,LAST ACTION DATE,CERT ISSUE DATE,CERTIFICATION,TYPE AIRCRAFT,"
    "TYPE ENGINE,STATUS CODE,MODE S CODE,FRACT OWNER,AIR WORTH DATE,OTHER NAMES(1),OTHER NAMES(2),"
    "OTHER NAMES(3),OTHER NAMES(4),OTHER NAMES(5),EXPIRATION DATE,UNIQUE ID,KIT MFR, KIT MODEL,"
    "MODE S CODE HEX,"
)
DEREG_HEAD = (
    "\ufeffN-NUMBER,SERIAL-NUMBER,MFR-MDL-CODE,STATUS-CODE,NAME,STREET-MAIL,STREET2-MAIL,CITY-MAIL,"
    "STATE-ABBREV-MAIL,ZIP-CODE-MAIL,ENG-MFR-MDL,YEAR-MFR,CERTIFICATION,REGION,COUNTY-MAIL,COUNTRY-MAIL,"
    "AIR-WORTH-DATE,CANCEL-DATE,MODE-S-CODE,INDICATOR-GROUP,EXP-COUNTRY,LAST-ACT-DATE,CERT-ISSUE-DATE,"
    "STREET-PHYSICAL,STREET2-PHYSICAL,CITY-PHYSICAL,STATE-ABBREV-PHYSICAL,ZIP-CODE-PHYSICAL,COUNTY-PHYSICAL,"
    "COUNTRY-PHYSICAL,OTHER-NAMES(1),OTHER-NAMES(2),OTHER-NAMES(3),OTHER-NAMES(4),OTHER-NAMES(5),KIT MFR,"
    " KIT MODEL,MODE S CODE HEX,"
)
MODELS = (
    "\ufeffCODE,MFR,MODEL,TYPE-ACFT,TYPE-ENG,AC-CAT,BUILD-CERT-IND,NO-ENG,NO-SEATS,AC-WEIGHT,SPEED,"
    "TC-DATA-SHEET,TC-DATA-HOLDER,\n"
    "00AAA01,MADE UP AIRCRAFT          ,ONE-100         ,4,1 ,1,0,01,004,CLASS 1,0100,          ,,\n"
)
STREET = "77 NOWHERE STREET"


def line(head, **values):
    """One line under a header, padded as the FAA pads; fields by their name in the header."""
    names = head.removeprefix("\ufeff").split(",")
    assert set(values) <= set(names)
    return ",".join(f"{values.get(name, ''):<12}" if name else "" for name in names) + "\r\n"


def master(number="1ZZ", **values):
    """One aircraft of MASTER.txt."""
    told = {
        "N-NUMBER": number, "SERIAL NUMBER": "S-1", "MFR MDL CODE": "00AAA01", "YEAR MFR": "1999",
        "TYPE REGISTRANT": "3", "NAME": "MADE UP AIR LLC", "STREET": STREET, "CITY": "NOWHERE", "STATE": "OK",
        "ZIP CODE": "99999", "COUNTRY": "US", "LAST ACTION DATE": "20230102", "CERT ISSUE DATE": "20200304",
        "TYPE AIRCRAFT": "4", "STATUS CODE": "V", "MODE S CODE": "50000011", "MODE S CODE HEX": "A00009",
    }  # fmt: skip
    return line(MASTER_HEAD, **told | values)


def dereg(number="1ZZ", **values):
    """One cancelled registration of DEREG.txt."""
    told = {
        "N-NUMBER": number, "SERIAL-NUMBER": "S-1", "MFR-MDL-CODE": "00AAA01", "STATUS-CODE": "6",
        "NAME": "OLD MADE UP AIR", "STREET-MAIL": STREET, "CITY-MAIL": "ELSEWHERE", "STATE-ABBREV-MAIL": "TX",
        "COUNTRY-MAIL": "US", "CANCEL-DATE": "20150601", "MODE-S-CODE": "50000011",
        "CERT-ISSUE-DATE": "20050101", "STREET-PHYSICAL": STREET,
    }  # fmt: skip
    return line(DEREG_HEAD, **told | values)


def file(head, *lines):
    """The bytes of one file."""
    return (head + "\r\n" + "".join(lines)).encode()


def zipped(**members):
    """A zip with these members, `MASTER=b"..."` as MASTER.txt."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.txt", data)
    return whole.getvalue()
