"""SurveyXact: its data sets, structures and labels."""
