"""What is asked: instruments, scoring, codebooks. Imports nothing of the other folders."""
