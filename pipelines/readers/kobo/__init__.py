"""KoboToolbox, ODK Central and SurveyCTO: their exports and XLSForms."""
