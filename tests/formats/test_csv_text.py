import gzip

from overflight.formats.csv_text import head_text, plain_text
from overflight.formats.reading import Tally


def test_plain_and_gzip_give_the_same():
    text = "a,b\nå,ü\n".encode()
    in_two = gzip.compress(text[:4]) + gzip.compress(text[4:])
    for data in (text, gzip.compress(text), b"\xef\xbb\xbf" + text, in_two):
        tally = Tally("x")
        assert plain_text(data, tally) == text
        assert tally.broke is None and not tally.remarks
        assert head_text(data[:4096]) == "a,b"


def test_a_cut_gzip_keeps_its_whole_lines():
    lines = b"".join(b"%d,%d\n" % (i, i * i) for i in range(20_000))
    tally = Tally("x")
    plain = plain_text(gzip.compress(lines)[:-2000], tally)
    assert tally.broke
    assert lines.startswith(plain) and plain.endswith(b"\n") and len(plain) > len(lines) // 2


def test_bad_bytes_are_replaced_and_remarked():
    tally = Tally("x")
    assert plain_text(b"a,\xff\n", tally).decode() == "a,\N{REPLACEMENT CHARACTER}\n"
    assert tally.remarks["bytes that are not UTF-8 replaced"] == 1
