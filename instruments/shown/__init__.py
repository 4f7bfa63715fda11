"""Questionnaires for people to read: the parts in order, as lines for a terminal, as a page for a browser."""
