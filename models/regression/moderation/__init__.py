"""How an effect depends on another variable, and how an outcome depends on two that are to agree."""
