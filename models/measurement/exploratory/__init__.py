"""Factor models whose structure is looked for: is there one, how many factors, which items load on which."""
