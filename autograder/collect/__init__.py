"""From what a learning platform hands out to the folder `submitted/`."""
