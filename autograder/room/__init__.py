"""Where student code runs: a warm kernel in a sandbox, with limits on everything."""
