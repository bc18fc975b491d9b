"""Study: hiding what was seen, fitting the weights of dark stops to it, and scoring the answers."""
