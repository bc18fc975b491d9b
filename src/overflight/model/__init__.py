"""The nouns: every table's fields, addresses, grades, and the frozen records handed between rooms."""
