"""Parts of screens: they show state and post messages, nothing else."""
