"""The weekly letter of fieldwork: counts of everybody in a wave and group, never of a single organisation."""
