"""A fieldwork of weeks lived through in minutes: platforms, a clock, accidents; and what must be so at its end."""
