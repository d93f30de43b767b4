"""The sweeps: for each a plan (full or fast), the function of one task, and its entry in the list of experiments."""
