"""The pandera schema of every table: raw, core, out."""
