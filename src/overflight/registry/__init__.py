"""Who and where, when: airfields by date, types, marks, address blocks, call signs, claims."""
