"""Files that leave the warehouse for other programs; each holds respondents' rows and stays private."""
