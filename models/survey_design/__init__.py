"""Survey designs: strata, clusters, finite populations and weights, and estimates whose errors follow from them."""
