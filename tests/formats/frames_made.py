"""Made-up Mode S frames: an encoder in plain Python by DO-260B that shares nothing with the reader."""

import math
import struct

GENERATOR = 0x1FFF409
LETTERS = "#ABCDEFGHIJKLMNOPQRSTUVWXYZ##### ###############0123456789######"


def remainder(bits, count):
    """Remainder of a number of `count` bits, its last 24 included, by long division."""
    for place in range(count - 1, 23, -1):
        if bits >> place & 1:
            bits ^= GENERATOR << (place - 24)
    return bits


def with_parity(body, count, overlay=0):
    """The frame of `count` bits whose first bits are `body`: parity, with an address or code laid over it."""
    whole = body << 24
    return (whole | (remainder(whole, count) ^ overlay)).to_bytes(count // 8, "big")


def squitter(message, address=0x4C0001, df=17, low=5):
    """An extended squitter; `low` is its capability (DF17) or control field (DF18)."""
    return with_parity((df << 83) | (low << 80) | (address << 56) | message, 112)


def fields(*pairs):
    """The number made of (value, bits) from left to right."""
    value = total = 0
    for part, width in pairs:
        assert 0 <= part < 1 << width, (part, width)
        value, total = value << width | part, total + width
    assert total == 56, total
    return value


def zones(latitude):
    """Number of longitude zones, by the formula of DO-260B A.1.7.2."""
    if abs(latitude) >= 87:
        return 2 if abs(latitude) == 87 else 1
    if latitude == 0:
        return 59
    part = 1 - math.cos(math.pi / 30)
    angle = math.acos(1 - part / math.cos(math.radians(abs(latitude))) ** 2)
    return math.floor(2 * math.pi / angle)


def halves(latitude, longitude, odd, surface=False):
    """17 bits of latitude and of longitude."""
    bits = 19 if surface else 17
    step = 360 / (60 - odd)
    part = math.floor(2**bits * (latitude % step) / step + 0.5)
    rounded = step * (part / 2**bits + math.floor(latitude / step))
    width = 360 / max(zones(rounded) - odd, 1)
    other = math.floor(2**bits * (longitude % width) / width + 0.5)
    return part % 2**17, other % 2**17


def altitude_code(feet):
    """Twelve bits with the Q bit."""
    n = (feet + 1000) // 25
    return (n >> 4) << 5 | 1 << 4 | n & 15


def airborne(latitude, longitude, odd, feet=35_000, kind=11, supplement=0, **rest):
    """A position in the air."""
    y, x = halves(latitude, longitude, odd)
    code = altitude_code(feet) if feet is not None else 0
    message = fields((kind, 5), (0, 2), (supplement, 1), (code, 12), (0, 1), (int(odd), 1), (y, 17), (x, 17))
    return squitter(message, **rest)


def surface(latitude, longitude, odd, movement=1, track=None, kind=7, mark=0, **rest):
    """A position on the ground."""
    y, x = halves(latitude, longitude, odd, surface=True)
    heading = 0 if track is None else round(track * 128 / 360)
    valid = int(track is not None)
    message = fields(
        (kind, 5), (movement, 7), (valid, 1), (heading, 7), (mark, 1), (int(odd), 1), (y, 17), (x, 17)
    )
    return squitter(message, **{"low": 4, **rest})


def velocity(east, north, climb=0, difference=0, subtype=1, geometric=False, **rest):
    """Speed over the ground in kt by axis, climb in ft/min, geometric less pressure altitude in ft."""
    step = 4 if subtype == 2 else 1
    signed = [(int(value < 0), abs(value) // step + 1) for value in (east, north)]
    message = fields(
        (19, 5), (subtype, 3), (0, 5),
        (signed[0][0], 1), (signed[0][1], 10), (signed[1][0], 1), (signed[1][1], 10),
        (int(not geometric), 1), (int(climb < 0), 1), (abs(climb) // 64 + 1, 9), (0, 2),
        (int(difference < 0), 1), (abs(difference) // 25 + 1, 7),
    )  # fmt: skip
    return squitter(message, **rest)


def identity(callsign, **rest):
    """A call sign."""
    return squitter(fields((4, 5), (3, 3), *((LETTERS.index(c), 6) for c in callsign.ljust(8))), **rest)


def status(version=2, nac_p=9, sil=3, a=0, **rest):
    """Operational status in the air."""
    message = fields((31, 5), (0, 3), (0, 32), (version, 3), (a, 1), (nac_p, 4), (0, 2), (sil, 2), (0, 4))
    return squitter(message, **rest)


def mode_a(squawk):
    """The 13 bits of four octal digits."""
    a, b, c, d = (int(digit) for digit in squawk)
    order = [
        (c, 1),
        (a, 1),
        (c, 2),
        (a, 2),
        (c, 4),
        (a, 4),
        (0, 1),
        (b, 1),
        (d, 1),
        (b, 2),
        (d, 2),
        (b, 4),
        (d, 4),
    ]
    value = 0
    for digit, weight in order:
        value = value << 1 | int(bool(digit & weight))
    return value


def emergency(squawk, **rest):
    """Aircraft status with a Mode A code."""
    return squitter(fields((28, 5), (1, 3), (0, 3), (mode_a(squawk), 13), (0, 32)), **rest)


def reply(squawk, address=0x4C0001):
    """An identity reply (DF5), whose parity is overlaid with the address."""
    return with_parity((5 << 27) | mode_a(squawk), 56, address)


def all_call(address=0x4C0001):
    """An all-call reply (DF11)."""
    return with_parity((11 << 27) | (5 << 24) | address, 56)


def beast(frames, ticks_per_s=12_000_000):
    """Beast records of (seconds, frame)."""
    out = bytearray()
    for seconds, frame in frames:
        body = struct.pack(">Q", round(seconds * ticks_per_s))[2:] + b"\x40" + frame
        out += b"\x1a" + (b"2" if len(frame) == 7 else b"3") + body.replace(b"\x1a", b"\x1a\x1a")
    return bytes(out)


def flight(places, start_s=1.0, step_s=0.5, **rest):
    """(seconds, frame) of positions in the air, even and odd in turn."""
    return [(start_s + n * step_s, airborne(*at, n % 2 == 1, **rest)) for n, at in enumerate(places)]


def line(latitude, longitude, count, north=0.0005, east=0.001):
    """Places along a line, a little farther each time; longitudes stay within half a turn."""
    made = []
    for n in range(count):
        here = longitude + n * east
        made.append((latitude + n * north, (here + 180) % 360 - 180))
    return made
