"""What a large trial in many locations needs: power, assurance, cost, by formula and simulated."""
