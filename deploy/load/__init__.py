"""Orders by the thousand, and what becomes of them: for the demo, the benchmarks and the faults."""
