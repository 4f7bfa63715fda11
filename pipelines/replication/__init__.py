"""The published tables of a replication package and its script: what runs where neither study nor warehouse is.

Put here nothing that needs a library beyond those of ``models``.
"""
