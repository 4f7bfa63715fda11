"""Agreement of coders about answers, and shares of small numbers. Numbers in, numbers out."""
