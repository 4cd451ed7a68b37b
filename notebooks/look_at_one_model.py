# %% [markdown]
# # One model
# Fits one model of the study in the working folder to its panel, by the function that the rule `fit`
# calls (an imputed model: for each imputed set; here to the answers there are). Run `make study`
# first.

# %%
from pathlib import Path

from cesp_analysis import contracts
from cesp_analysis.schemas import Panel
from cesp_analysis.study.read import read_study

study = read_study(".")
panel = contracts.read(Path("data/processed/panel.parquet"), Panel)

# %%
name = next(iter(study.models))
fitted = study.models[name].fit(panel)
columns = ["estimate_id", "status", "estimate", "ci_low", "ci_high", "df", "n_units", "method"]
print(fitted.table()[columns].to_string(index=False))

# %% [markdown]
# What else the model knows: coefficients, variances, sizes.

# %%
print(*fitted.diagnostics, sep="\n")
