"""Qualtrics: its exports, and the definition of a survey (QSF)."""
