"""What each command does, without how it is printed."""
