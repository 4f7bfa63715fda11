"""A replication package from its inside: reading its tables, refitting its models, comparing with what was recorded.

Put here what whoever has a package runs; it needs no study, no warehouse and no orchestration. How a package is made is
in ``pipelines``.
"""
