"""Everything in one process, one thread, one seed: services, clients, operators, and faults."""
