"""Places on the sphere: distances, borders, drawn areas, cells. Numbers in, numbers out."""
