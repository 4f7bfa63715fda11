"""Codebooks as files: what a study's data hold, in the notations that archives, programs and people read."""
