"""Files of any kind → text rows: encodings, separators, archives, workbooks. No platform, no study."""
