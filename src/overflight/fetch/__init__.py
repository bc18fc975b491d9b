"""Files from public sources on the network into a folder: the only room that opens connections outward."""
