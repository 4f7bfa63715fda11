"""Results of measurement as drawings: SVG text made here, without a drawing library."""
