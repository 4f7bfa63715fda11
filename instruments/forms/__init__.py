"""Forms: which questions a group of respondents is asked in which order, and the files that survey platforms import."""
