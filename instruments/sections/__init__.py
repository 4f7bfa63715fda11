"""Parts of instrument and form specifications that several kinds of file share."""
