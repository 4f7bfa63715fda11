"""Missing data: patterns and tests, multiple imputation and pooling, sensitivity, weights for attrition."""
