"""Responses fetched from survey platforms into ``exports/``: one platform a file, and what all of them share."""
