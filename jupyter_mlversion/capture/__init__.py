"""From the workspace into a snapshot: the notebook, the files, the environment, the code state."""
