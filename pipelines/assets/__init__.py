"""One step of the graph a function: read its tables, call pure steps, return the tables it writes."""
