"""Pages for paper: what a flight's or a stop's page says, set on one sheet."""
