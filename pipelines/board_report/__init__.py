"""The report for a board: what a release says, in words and tables, as a PDF, a workbook or one HTML file."""
