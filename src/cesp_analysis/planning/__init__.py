"""What a large trial in many locations needs: power, assurance, its cost, simulated and by formula."""
