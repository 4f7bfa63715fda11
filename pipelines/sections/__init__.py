"""The sections of study.yaml, one a file; ``pipelines.spec`` puts them together."""
