"""An export and its structure → a draft of a study and its instrument."""
