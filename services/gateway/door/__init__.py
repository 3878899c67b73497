"""The parts of the door: accepting once, appending, waiting, who may come in, how fast."""
