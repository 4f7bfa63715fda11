"""Slides of a release: a message each, with charts and tables that somebody can go on working with."""
