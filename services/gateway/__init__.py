"""The gateway: who may come in, and the door for everything else."""
