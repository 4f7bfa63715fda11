"""A file's head and its survey's definition → a reading plan, and its SQL; one package a platform."""
