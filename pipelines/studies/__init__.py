"""Demonstration studies that ship with the software."""
