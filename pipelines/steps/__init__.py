"""Pure functions, table in, table out. No Dagster, no DuckDB, no files."""
