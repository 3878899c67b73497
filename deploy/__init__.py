"""Where the system runs: the local default, the images, the command line."""
