"""REDCap: its exports and data dictionaries."""
