"""Kafka's jars: resolved once into a committed lock, fetched by it, checked by SHA-256.

`python -m deploy.local.jars` resolves `kafka.toml` again and rewrites `kafka.lock.toml`.
"""

import fcntl
import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from deploy.local.refusal import Refusal

SPEC = Path(__file__).with_name("kafka.toml")
LOCK = Path(__file__).with_name("kafka.lock.toml")
DOWNLOADS_MAX = 4
TIMEOUT_S = 30
SAY_EVERY = 15
MIB = 1 << 20

Progress = Callable[[str], None]


def classpath(cache: Path, say: Progress) -> tuple[Path, ...]:
    """The jars of the lock, from `cache` or from Maven Central; `say` takes progress lines.

    Raises Refusal without a network on the first call, and on a file that is not the locked one.
    """
    cache.mkdir(parents=True, exist_ok=True)
    complete = cache / f"complete-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]}.json"
    with _one_at_a_time(cache):
        if not complete.exists():
            fetched = _fetch(cache, say)
            complete.write_text(json.dumps([str(jar.relative_to(cache)) for jar in fetched]))
    jars = tuple(cache / name for name in json.loads(complete.read_text()))
    missing = [jar for jar in jars if not jar.exists()]
    if missing:
        complete.unlink()
        raise Refusal(f"{missing[0]} has been removed: start again to fetch it once more.")
    return jars


@contextmanager
def _one_at_a_time(cache: Path) -> Iterator[None]:
    with (cache / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch(cache: Path, say: Progress) -> list[Path]:
    import requests
    from jgo.env import LockFile
    from jgo.env._lockfile import compute_sha256, compute_spec_hash

    lock = LockFile.load(LOCK)
    if lock.spec_hash != compute_spec_hash(SPEC):
        raise Refusal(f"{SPEC.name} has changed: run python -m deploy.local.jars to lock it again.")
    meter = _Meter(len(lock.dependencies), say)
    context = _maven(cache, meter.opened)

    def fetch_one(locked: Any) -> Path:
        artifact = _artifact(context, locked)
        try:
            jar: Path = artifact.resolve()
        except (requests.RequestException, RuntimeError, OSError) as error:
            artifact.cached_path.unlink(missing_ok=True)
            raise Refusal(
                f"{artifact.filename} cannot be fetched from Maven Central "
                f"({type(error).__name__}): the first start needs the network, later ones do not."
            ) from error
        if compute_sha256(jar) != locked.sha256:
            jar.unlink()
            raise Refusal(f"{jar.name} is not the file that {LOCK.name} names: start again.")
        meter.finished()
        return jar

    with ThreadPoolExecutor(DOWNLOADS_MAX) as pool:
        return list(pool.map(fetch_one, lock.dependencies))


def _maven(cache: Path, opened: Callable[..., Any] | None = None) -> Any:
    from jgo.maven import MavenContext, PythonResolver

    resolver = PythonResolver(progress_callback=opened)
    return MavenContext(resolver=resolver, repo_cache=cache, timeout=TIMEOUT_S)


def _artifact(context: Any, locked: Any) -> Any:
    component = context.project(locked.groupId, locked.artifactId).at_version(locked.version)
    return component.artifact(locked.classifier or "", locked.packaging)


class _Meter:
    """Says how far the downloads are, now and then."""

    def __init__(self, total: int, say: Progress) -> None:
        self._total, self._say = total, say
        self._jars = self._bytes = 0
        self._lock = Lock()

    @contextmanager
    def opened(self, _name: str, _size: int) -> Iterator[Callable[[int], None]]:
        yield self._received

    def _received(self, count: int) -> None:
        with self._lock:
            self._bytes += count

    def finished(self) -> None:
        with self._lock:
            self._jars += 1
            if self._jars % SAY_EVERY == 0:
                done = f"{self._jars} of {self._total} jars, {self._bytes / MIB:.0f} MiB"
                self._say(f"fetching Kafka: {done}")


def lock(cache: Path) -> int:
    """Resolve `kafka.toml` with all that it needs at run time into `kafka.lock.toml`."""
    from jgo.env import EnvironmentSpec, LockFile
    from jgo.env._lockfile import compute_spec_hash

    context = _maven(cache)
    spec = EnvironmentSpec.load(SPEC)
    wanted = [context.create_dependency(coordinate) for coordinate in spec.coordinates]
    for dependency in wanted:
        dependency.scope = "compile"
    inputs, transitive = context.resolver.resolve(wanted)
    kept = [*inputs, *(d for d in transitive if d.scope in ("compile", "runtime"))]
    unique = {dependency.artifact.key: dependency for dependency in reversed(kept)}
    ordered = sorted(unique.values(), key=lambda dependency: str(dependency.artifact.key))
    LockFile.from_resolved_dependencies(
        ordered, environment_name=spec.name, spec_hash=compute_spec_hash(SPEC)
    ).save(LOCK)
    return len(ordered)


if __name__ == "__main__":
    from deploy.local.folder import of_checkout

    print(f"{lock(of_checkout().cache / 'm2')} jars locked in {LOCK.name}")
