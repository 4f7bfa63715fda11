"""Invented rows that look like real ones: margins, correlations and clusters of a table, and no row of it.

Put here the model that rows are drawn from and how near they come to real ones; which rows and columns of a study are
drawn, and who may have them, is decided in ``pipelines``.
"""
