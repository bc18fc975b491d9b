"""The modules without a map: shapes of a trace, search in the index, filters; run by the browser."""

import json
from itertools import pairwise

import pytest

pytest.importorskip("playwright")
import asset_server
from asset_server import browser, served, trace_2016, trace_pacific

pytestmark = pytest.mark.skipif(
    not asset_server.CHROMIUM.exists(),
    reason=f"no browser at {asset_server.CHROMIUM} (Debian package chromium)",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs an expression with the modules track and lookup at hand."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "deep/er").mkdir(parents=True)
    (folder / "deep/er/index.html").write_text(asset_server.html("", "static/").replace("page.js", "said.js"))
    with served(folder) as (base, _), browser() as held:
        page = held.new_page()
        page.goto(base)

        def go(text, *given):
            return page.evaluate(
                "async ([text, given]) => { const t = await import('./static/js/track.js');"
                "const l = await import('./static/js/lookup.js');"
                "const p = await import('./static/js/place.js');"
                f"const g = given; return {text}; }}",
                [text, list(given)],
            )

        yield go


def test_a_flagged_point_is_on_no_line(run):
    lines = run("t.pieces(t.rowsOf(g[0]))", trace_2016())
    assert [len(line) for line in lines] == [60, 35]
    assert [30.0, 33.0] not in lines[0] + lines[1]


def test_a_line_over_the_antimeridian_does_not_jump(run):
    lines = run("t.pieces(t.rowsOf(g[0]))", trace_pacific())
    assert lines[1][0][0] == 188
    [gap] = run("t.silences(g[0], t.rowsOf(g[0]))", trace_pacific())
    assert gap["points"][0] == pytest.approx([178.7, 42.9])
    assert gap["points"][-1] == [188, 45]
    box = run("t.bounds(t.pieces(t.rowsOf(g[0])).flat())", trace_pacific())
    assert box[2] - box[0] < 30


def test_a_great_circle_goes_where_it_should(run):
    points = run("t.greatCircle([-120, 60], [60, 60])")
    assert max(lat for _, lat in points) > 89
    assert run("t.greatCircle([0, 0], [0, 0])") == [[0, 0], [0, 0]]
    steps = run("t.greatCircle([0, 0], [60, 0])")
    assert max(b[0] - a[0] for a, b in pairwise(steps)) <= 2.000001


def test_a_time_in_a_silence_has_no_row_of_its_own(run):
    trace = trace_2016()
    gap = trace["silences"][0]
    inside = (gap["from"] + gap["to"]) // 2
    found = run("t.at(t.rowsOf(g[0]), g[0].silences, g[1])", trace, inside)
    assert found["gap"]["from"] == gap["from"]
    assert found["row"]["ms"] in (gap["from"], gap["to"])
    assert run("t.at(t.rowsOf(g[0]), g[0].silences, g[1])", trace, gap["from"])["gap"] is None


def test_candidates_rank_by_end_and_the_ruled_out_stay_off(run):
    found = run("t.ranked(g[0], t.rowsOf(g[0]))", trace_2016())
    assert [(c["end"], c["rank"], c["ident"]) for c in found] == [
        ("origin", 1, "UBBB"),
        ("destination", 1, "LLOV"),
        ("destination", 2, "LLHA"),
    ]


def test_a_band_is_the_seen_part_of_a_crossing(run):
    found = run("t.bands(g[0], t.rowsOf(g[0]))", trace_2016())
    assert [(b["name"], len(b["lines"][0])) for b in found] == [
        ("Azerbaijan", 17),
        ("Turkey", 40),
        ("Israel", 13),
    ]


def test_a_band_is_no_longer_than_what_was_surely_inside(run):
    trace = trace_2016()
    azerbaijan = trace["crossings"][0]
    azerbaijan["inside_from_ms"], azerbaijan["inside_to_ms"] = azerbaijan["entry_ms"], azerbaijan["entry_ms"]
    found = run("t.bands(g[0], t.rowsOf(g[0]))", trace)[0]
    assert found["lines"] == [] and found["label"] == trace["rows"][0][1:3]


@pytest.mark.parametrize(
    ("asked", "key", "why"),
    [
        ("4k78131", "4K-78131", "as written"),
        ("4K-78", "4K-78131", "begins with it"),
        ("78131", "4K-78131", "contains it"),
        ("K-781314", "4K-78131", "the same letters, begun at another one"),
        ("4K-78133", "4K-78131", "one letter differs"),
        ("4K-7813", "4K-78131", "begins with it"),
        ("4K-87131", "4K-78131", "one letter differs"),
        ("ovdа", "Овда", None),  # a Cyrillic letter among Latin ones is another word
        ("овда", "Овда", "as written"),
        ("עובדה", "עובדה", "as written"),
        ("zurich", "Zürich", "as written"),
        ("4K-99999", "4K-78131", None),
        ("", "4K-78131", None),
        ("--", "4K-78131", None),
        ("abc", "abd", None),
    ],
)
def test_what_is_found_and_why(run, asked, key, why):
    found = run("l.look([['aircraft', 'a/', g[1], '', []]], g[0])", asked, key)
    assert [hit["why"] for hit in found] == ([] if why is None else [why])


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [
        ("abcd", "abxd", True), ("abcd", "abd", True), ("abcd", "abxcd", True), ("abcd", "abdc", True),
        ("abcd", "abcde", True), ("abcd", "dcba", False), ("abcd", "abcdef", False), ("abcd", "axxd", False),
    ],
)  # fmt: skip
def test_one_edit(run, a, b, near):
    assert run("l.oneEdit(g[0], g[1])", a, b) is near
    assert run("l.oneEdit(g[0], g[1])", b, a) is near


def test_a_garbled_mark_among_many_comes_with_its_reason(run):
    entries = [
        ["aircraft", f"aircraft/{k:06x}/", f"4K-{k:05d}", "", [f"{k:06x}"]] for k in range(78000, 79000)
    ]
    found = run("l.look(g[0], g[1])", entries, "K-781314")
    assert found[0]["title"] == "4K-78131"
    assert len(json.dumps(found)) < 20_000


def test_filters_compare_days_and_names(run):
    row = {"grade": "observed", "day": "2016-04-05"}
    assert run(
        "p.passes(g[0], [['grade', 'Observed'], ['since', '2016-04-05'], ['until', '2016-04-05']])", row
    )
    assert not run("p.passes(g[0], [['operator', 'X']])", row)
    owned = {**row, "owner": "Ministry of Examples"}
    assert run("p.passes(g[0], [['owner', 'of exam']])", owned)  # a part of a name is enough
    assert not run("p.passes(g[0], [['owner', 'exam of']])", owned)
    assert not run("p.passes(g[0], [['owner', 'of exam']])", row)
