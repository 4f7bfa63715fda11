"""The synthetic demonstration study: its files, its planted truth and the generator of its exports."""
