"""Whether answers of several people may stand for their organisation, and its mean if they may."""
