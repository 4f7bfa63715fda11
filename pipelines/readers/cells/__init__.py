"""Scanned cells → answers, missing reasons, keys and the audit that none is lost. As SQL; nothing here runs it."""
