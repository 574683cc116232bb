"""What the probes of several labs share: known weights, networks, steps of training, random draws."""
