"""The workshop of raw Mode S frames: from bits that a receiver kept to positions, in columns of numpy arrays.

`frames` holds them, `parity` tells which arrived whole, `sorting` what each is, `bits` reads their fields,
`told` what other frames say of the aircraft, `cpr` and `fixes` make positions of halves of positions,
`clocks` times of counters; `decoding` does it for a file of any size. Nothing is corrected and nothing is
guessed: a frame that gives no position is refused with its reason.
"""
