"""Community surveys: response, weights, design-based inference, descriptions."""
