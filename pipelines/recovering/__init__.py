"""What an accident leaves in a study: each kind of finding in a file of its own, with its proof and its repair.

Put here what is wrong with files, locks and records; what is wrong with specifications or data is for ``check`` and
``run``.
"""
