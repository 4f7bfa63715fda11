"""Logit and ordered models with random intercepts: likelihood by Laplace and adaptive quadrature."""
