"""How results are read honestly: sizes, equivalence, multiplicity, sensitivity, influence, assumptions and power."""
