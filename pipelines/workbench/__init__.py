"""What methodologists see of a study while it is worked on: private pages, read from copies of the warehouse."""
