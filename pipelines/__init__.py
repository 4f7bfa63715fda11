"""How data flow: readers, steps, tables, store, Dagster graph, release, command line."""
