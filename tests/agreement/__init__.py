"""Our figures beside those that R stored, one list for the tests and for the page of agreement.

Put here, a module a file of stored results or two, what computes ours in the shape of the file. Checks that R's results
are no part of stay in the tests of what they check.
"""
