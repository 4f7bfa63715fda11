"""Results → tables as people publish them: one value, written as HTML, LaTeX, Word and Excel. Nothing is estimated."""
