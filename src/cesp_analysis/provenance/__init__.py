"""Where every number comes from, whether results are as they were made, and how two runs differ."""
