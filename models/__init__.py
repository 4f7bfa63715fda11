"""What is estimated: measurement statistics and regressions; numbers in, labelled results out."""
