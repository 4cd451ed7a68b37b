"""What may leave the team: small numbers withheld, and the attack on what is left."""
