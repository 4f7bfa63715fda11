"""Answers of one form and wave → the export of a survey platform; one platform a file. No latent values."""
