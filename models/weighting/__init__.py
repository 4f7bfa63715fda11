"""Weights of survey responses: nonresponse, calibration, trimming, and how representative a response is."""
