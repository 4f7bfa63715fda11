"""Whether answers go together only because the same people gave them in the same way."""
