"""Dark stops: how much each kind of evidence speaks for each field where an aircraft may have come down."""
