"""Where every concept of the publications behind the measurement model lives, and the terms they define."""
