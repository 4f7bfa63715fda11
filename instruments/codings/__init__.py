"""Coding of open answers: schemes of codes, who codes what, exchange with programs for qualitative analysis."""
