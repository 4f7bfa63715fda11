"""Sections and kinds of model specifications beside the regression. No data."""
