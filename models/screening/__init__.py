"""Careless and fraudulent responding: indices of single responses, numbers in, numbers out."""
