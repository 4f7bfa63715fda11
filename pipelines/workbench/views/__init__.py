"""The pages of the workbench, one topic a file."""
