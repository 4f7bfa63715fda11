"""LimeSurvey: its exports in every form, and the definition of a survey."""
