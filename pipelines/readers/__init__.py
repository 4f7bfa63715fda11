"""One survey platform a file: a file's head and structure in, a reading plan out."""
