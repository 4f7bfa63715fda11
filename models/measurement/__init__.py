"""Is what was asked measured well? Reliability, item statistics, agreement."""
