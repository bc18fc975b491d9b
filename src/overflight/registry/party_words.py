"""Words in names of owners and operators: legal forms, stop words, spellings, abbreviations, organisations.

Typed in by hand from names in public aircraft lists; all folded (small Latin letters and digits). A word
stands here only where it has one meaning in such names: `AF` is an air force only beside a country, `DEA`
stands for more than one body and is left as it is.
"""

from __future__ import annotations

from types import MappingProxyType


def _table(text: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Rewriting rules from lines `words = words`, several left sides parted by `|`."""
    rules: dict[tuple[str, ...], tuple[str, ...]] = {}
    for line in text.strip().splitlines():
        left, right = line.split("=")
        for side in left.split("|"):
            rules[tuple(side.split())] = tuple(right.split())
    return rules


# Forms of companies that are nothing else, dropped wherever they stand.
LEGAL_FORMS = frozenset(
    """
    ltd limited inc incorporated llc llp lllp corp corporation plc pjsc ojsc cjsc jsc gmbh mbh sarl srl
    sprl bvba eurl ltda lda eireli eood ood zrt kft nyrt ooo zao oao pao pty pte sdn bhd oyj aps asa tbk
    fze fzco fzc wll ksc kscp bsc saoc saog qsc qpsc unltd unlimited spzoo doo dooel sia uab gie sapi
    sicav sociedad societe anonyme anonima gesellschaft aktiengesellschaft limitada sgps company companies
    coltd
    """.split()
)
# Short ones that are also words, initials or places: dropped at the end of a name, or at its beginning.
LEGAL_TAILS = frozenset(
    """
    co sa nv bv ag ab as oy kg ohg ev sas sl slu sca spa lp se ad dd sro asc mmc too ao ou kk ks hb kb kd
    cv sal sak cia pc pllc pa na tas
    """.split()
)
LEGAL_HEADS = frozenset("ao too pt sc fa gku gup fgup fgbu mup".split())

STOP_WORDS = frozenset(
    """
    of the and und et for fur to de du del della delle di da do das dos des der die den dem dello degli la
    le les los las el il lo van von zu zur zum
    """.split()
)
# Words for a state that say nothing beside its name: "Republic of Azerbaijan", "Kingdom of Morocco".
STATE_WORDS = frozenset(
    """
    republic kingdom state sultanate emirate principality commonwealth federal islamic democratic
    socialist federative peoples respublika respublikasi respubliki republika republique republica
    """.split()
)
# Those of them that may also follow the name: "Kyrgyz Republic". Not state: "New Jersey State Police".
STATE_WORDS_AFTER = frozenset("republic respublikasi respubliki respublika federation".split())

# Words and runs of words, and what they are read as. Longer runs are tried first.
SPELLINGS = MappingProxyType(
    _table(
        """
        defense = defence
        center | ctr | centr | centre = centre
        organization | org = organisation
        harbor = harbour
        aluminum = aluminium
        airforce | air force = airforce
        govt | gov | gvt | goverment | govermment = government
        dept | dpt | dep t = department
        min | mini = ministry
        mod | ministry defence | ministry national defence | defence ministry = ministry defence
        moi = ministry interior
        intl | int l | internat = international
        natl | nat l = national
        svc | svcs | srv | serv | services | svs = service
        avn = aviation
        sqn | sqdn | squadron = squadron
        sheriffs | sherrif | sherrifs = sheriff
        mgmt | mgt = management
        mfg | manufacturing = manufacturing
        assoc | assn | associates = association
        univ = university
        prov = province
        admin = administration
        div = division
        bros = brothers
        enterprises | ent = enterprise
        holdings | hldgs = holding
        inds | industries = industry
        tech | technologies = technology
        coast guard = coastguard
        constabulary | police dept | police department | police = police
        police force | police service = police
        usaf | us air force = unitedstates airforce
        usn | us navy = unitedstates navy
        usmc | us marines = unitedstates marine corps
        uscg | us coastguard = unitedstates coastguard
        us army | usarmy = unitedstates army
        raf = royal airforce
        raaf = royal australia airforce
        rcaf = royal canada airforce
        rnzaf = royal newzealand airforce
        rnlaf = royal netherlands airforce
        jasdf = japan air self defence airforce
        air self defence force = air self defence airforce
        jmsdf = japan maritime self defence
        jgsdf = japan ground self defence
        maritime self defence force = maritime self defence
        ground self defence force = ground self defence
        socom | ussocom | us socom = special operations command
        unitedstates special operations command = special operations command
        dod = department defence
        doj = department justice
        dhs = department homeland security
        faa = federal aviation administration
        fbi = federal bureau investigation
        nasa = national aeronautics space administration
        nato = north atlantic treaty organisation
        haf = greece airforce
        plaaf = peoples liberation army airforce
        af = airforce
        ministerstvo | ministere | ministerio | ministero | ministerium | ministerstwo = ministry
        nazirliyi | nazirligi | bakanligi | vazirligi | ministarstvo | ministrija | ministerija = ministry
        oborony | defensie | difesa | defesa | defensa | verteidigung | mudafie | savunma = defence
        defence nationale | defensa nacional | defesa nacional | milli savunma = defence
        verteidigungsministerium | bundesministerium verteidigung | bmvg = ministry defence
        wzrh | wzarh = ministry
        ldf | ldfa = defence
        msrd hvythvn | guofangbu | fangweisheng = ministry defence
        pravitelstvo | gouvernement | gobierno | governo | regierung | hukumeti = government
        armee lair lespace | armee lair | armee air espace | armee air = france airforce
        forca aerea | fuerza aerea | aeronautica militare | force aerienne = airforce
        forze aeree | hava kuvvetleri | herbi hava quvveleri | voenno vozdushnye sily | vvs = airforce
        luftwaffe = germany airforce
        """
    )
)
# Rules that hold only where the name also holds a country.
MILITARY_ONLY = frozenset({("af",), ("vvs",)})

# Any of these words makes a name that of an organisation. No word that is also a common surname or given name
# (Church, Bank, King, Steel, Marine): unsure is no.
ORGANISATION_WORDS = frozenset(
    """
    airforce air airline airlines airways aviation aviations aero aerospace aeronautics airlift aircraft
    aircrafts airplane airplanes helicopter helicopters heli helikopter luftfahrt luftrettung avia
    aviacion aviacao aviakompaniya charters jets flugdienst flugschule flug club aeroclub museum
    university college institute academy ministry government department agency authority
    administration bureau directorate commission police gendarmerie polizei policia navy army
    coastguard squadron regiment military militaire defence ambulance hospital medical rescue
    international national leasing rental holding finance financial capital investment investments
    ventures partners partnership insurance bankasi office association federation foundation society
    organisation enterprise service technology systems industry logistics transport transportation cargo
    express consulting engineering construction petroleum oil energy electric mining cement
    pharma pharmaceuticals foods hotels resorts casino entertainment media communications telecom group
    consortium cooperative corps command embassy council municipality county city republic federal state
    """.split()
)
# Any of these makes it possible that a person is named, whatever else the name says.
PERSON_WORDS = frozenset(
    """
    mr mrs ms miss dr herr frau monsieur madame senor senora sir lord lady prince princess sheikh jr sr ii
    iii iv estate family trustee trustees trust dba coowner owner private privat prive individual born nee
    heirs attn
    """.split()
)
