"""`cesp new-study`: a draft of the study file from raw files, with its questions."""
