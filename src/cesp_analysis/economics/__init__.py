"""Whether it is worth its money: costs, QALYs, net benefit, and what more evidence is worth."""
