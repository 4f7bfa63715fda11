"""SPSS and Stata files: their cells, variables and labels."""
