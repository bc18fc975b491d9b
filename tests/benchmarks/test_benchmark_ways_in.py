import gzip

import ways_in

HEAD = b"time,icao24,lat,lon,velocity,onground\n"
GOOD = b"1700000000,4c0001,34.5,33.1,100,false\n1700000060,4c0001,34.6,33.1,100,false\n"


def test_every_file_is_told_with_its_counts_and_reasons(tmp_path, capsys):
    folder = tmp_path / "positions" / "states"
    folder.mkdir(parents=True)
    for number in range(3):
        (folder / f"{number}.csv.gz").write_bytes(gzip.compress(HEAD + GOOD + GOOD + b"x,,,,,\n"))
    (tmp_path / "positions" / "one.csv").write_bytes(HEAD + GOOD)
    (tmp_path / "positions" / "none.bin").write_bytes(b"\x00\x01|")
    ways_in.main([str(tmp_path)])
    page = capsys.readouterr().out
    assert "adds 5 real recordings" in page
    assert "| `states/` (3 files) | opensky_states | 15 | 6 | 6 | 3 | 3 | 6 |" in page
    assert "| `one.csv` | opensky_states | 2 | 2 | 0 | 0 | 1 | 2 |" in page
    assert "| together | | 17 | 8 | 6 | 3 | 4 | 8 |" in page
    assert "- `states/`: refused 3: " in page and "- `none.bin`: not a format this reader knows" in page


def test_what_is_called_spoofed_is_told_apart(tmp_path, monkeypatch):
    header = (
        "hex,type,flight,r,t,alt_baro,gs,track,baro_rate,lat,lon,nic,rc,seen_pos,mlat,tisb,messages,seen,rssi,"
        "is_spoofed\n"
    )
    row = "{},adsc,M,,,5000,100,10,0,34.5,33.1,0,0,1,[],[],1,1,-1,{}\n"
    file = tmp_path / "snapshot.csv"
    file.write_text(header + row.format("4c0001", False) + row.format("4c0002", True))
    monkeypatch.setitem(ways_in.GIVEN, file.name, {"started": "2025-03-01T09:00Z"})
    found = ways_in.gave(file, "snapshot.csv")
    assert (found.spoofed, found.told_of_spoofed, found.counts["flights"]) == (1, 0, 1)
    assert found.name == "snapshot.csv (with --started 2025-03-01T09:00Z)"
    page = ways_in.page([found])
    assert "1 positions, kept. Of the aircraft that have no others the archive tells 0 flights" in page
