"""Platforms whose exports are one plain table with headers, and tables that no known platform wrote."""
