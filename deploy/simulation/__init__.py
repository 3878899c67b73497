"""Every seed a world: the real services in the simulator, from the command line."""
