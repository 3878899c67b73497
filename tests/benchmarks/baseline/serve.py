"""`python -m tests.benchmarks.baseline.serve FOLDER`: the walk's services without the engine."""

from deploy.load.serve import serve
from deploy.local.units import Unit

MODULE = "tests.benchmarks.baseline.app"
SERVICES = ("catalog", "orders", "risk", "inventory", "payments", "delivery")

if __name__ == "__main__":
    serve(tuple(Unit(name, name, MODULE, name) for name in SERVICES))
