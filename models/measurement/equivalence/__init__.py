"""How much it matters that groups answer an item differently at the same level of what it measures."""
