"""Whether estimators recover what the demonstration study plants: figures over replications, one row a parameter."""
