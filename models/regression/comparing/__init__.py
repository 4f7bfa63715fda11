"""What is compared beside a fit: regressors that go together, and other forms of them."""
