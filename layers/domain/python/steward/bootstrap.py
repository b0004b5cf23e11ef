"""The one chooser of engines: from settings to a product, with the Policy and the slices' ports handed in.

An engine's module is imported only when it is chosen, so a process never loads what it does not use.
"""

import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from steward import __version__
from steward.adapters.limits.memory import MemoryBuckets
from steward.finding.remembered import Remembered
from steward.kernel.context import Ports
from steward.kernel.dispatch import Door
from steward.kernel.embedding import Embedder
from steward.kernel.errors import Unavailable
from steward.kernel.limits import Limits
from steward.kernel.llm import LanguageModel
from steward.kernel.mail import Mailer
from steward.kernel.ports import Blobs, Children, Queue, Records, Secrets
from steward.kernel.product import Product
from steward.kernel.provider import Provider
from steward.kernel.refs import Refs
from steward.kernel.search import IndexSpec, Search
from steward.kernel.stamp import NAME as RECEIPTS_KEY
from steward.kernel.stamp import Stamp
from steward.kernel.time import system_clock
from steward.settings import Engine, Oidc, Settings, load
from steward.surfaces.lines import Lines
from steward.workspaces.ciphers import KEY as SEALING
from steward.workspaces.failing import Failures
from steward.workspaces.guesses import Guesses
from steward.workspaces.key_uses import KeyUses
from steward.workspaces.limiting import CallLimits
from steward.workspaces.links import NAME as APPROVALS_KEY
from steward.workspaces.policy import RulePolicy
from steward.workspaces.quotas import Quotas

Listed = Callable[[], tuple[str, Sequence[IndexSpec]]]


@cache
def product() -> Product:
    """The product of this process's environment, assembled once."""
    return assemble(load(os.environ))


def assemble(settings: Settings) -> Product:
    """The product of some settings. Raises Unavailable when an engine cannot be opened."""
    _make_home(settings.home)
    exclusive = settings.records.kind != "dynamo"
    records = _records(settings.records)
    secrets = _secrets(settings.secrets)
    _own_secret(secrets, APPROVALS_KEY)
    _own_secret(secrets, SEALING)
    ports = Ports(
        records=records,
        search=_search(settings, secrets, lambda: _listed(door)),
        blobs=_blobs(settings.blobs, secrets, alone=exclusive),
        queue=_queue(settings.queue),
        children=_children(settings.children),
        secrets=secrets,
        clock=system_clock,
        entropy=os.urandom,
        refs=Refs(records),
        instance=os.urandom(8).hex(),
        exclusive=exclusive,
        url=settings.web.url,
        more={
            **_more(settings, secrets),
            KeyUses: KeyUses(records, ticked=exclusive),
            Guesses: Guesses(MemoryBuckets()),
            Failures: Failures(MemoryBuckets()),
            Lines: Lines(),
            Remembered: Remembered(),
        },
    )
    limits = _limits(settings, records, alone=exclusive)
    stamp, meter = Stamp(_receipts_secret(secrets)), Quotas(records, system_clock)
    door = Door(ports, policy=RulePolicy(records), limits=limits, stamp=stamp, meter=meter)
    web = settings.web
    secure, version, endings = web.url.startswith("https:"), __version__, [lambda: _seal(door)]
    return Product(door, settings.home, web.max_upload, secure=secure, version=version, exposed=web.exposed, endings=endings)


def _seal(door: Door) -> None:
    if door.written.workspaces():
        from steward.workspaces import sealing

        sealing.finish(door, system_clock())


def _limits(settings: Settings, records: Records, *, alone: bool) -> Limits:
    """Who owns the records alone counts in memory; else what changes something is counted among all."""
    from steward.adapters.limits.records import RecordsBuckets

    own = MemoryBuckets()
    return CallLimits(records, settings.limits, own=own, shared=own if alone else RecordsBuckets(records))


def _make_home(home: Path) -> None:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"The home {home} cannot be made ({error.strerror}); set STEWARD_HOME to a folder of yours.") from error


def _records(engine: Engine) -> Records:
    match engine.kind:
        case "sqlite":
            from steward.adapters.records.sqlite import SqliteRecords

            return SqliteRecords(_path(engine))
        case "dynamo":
            from steward.adapters.records.dynamo import DynamoRecords

            return DynamoRecords(engine.name, region=engine.region, host=engine.endpoint or None)
        case _:
            from steward.adapters.records.memory import MemoryRecords

            return MemoryRecords()


def _listed(door: Door) -> tuple[str, list[IndexSpec]]:
    """Whose lists these are and what they hold, for a process that never fills them."""
    from steward.kernel.registry import manifest
    from steward.runs import filling

    return filling.installation(door), [filling.listed(door, kind) for kind in manifest().indexes]


PATIENCE = 3.0
"""Seconds that a search server is waited for where another engine can answer."""


def _search(settings: Settings, secrets: Secrets, listed: Listed) -> Search:
    engine, spare = settings.search, settings.search_fallback
    match engine.kind:
        case "opensearch":
            from steward.adapters.search.opensearch import OpenSearchSearch
            from steward.adapters.search.opensearch_client import TIMEOUT, Client

            patience = TIMEOUT if spare.kind == "none" else PATIENCE
            client = Client(engine.endpoint, secrets.get("search.password") or "", patience=patience)
            server = OpenSearchSearch(client, prefix=engine.name, knn=engine.knn or client.knn, listed=listed)
            return server if spare.kind == "none" else _both(server, settings)
        case "sqlite":
            from steward.adapters.search.sqlite import SqliteSearch

            return SqliteSearch(_path(engine), children=_folding(settings.children))
        case "none":
            from steward.adapters.search.none import NoSearch

            return NoSearch(engine.name)
        case _:
            from steward.adapters.search.memory import MemorySearch

            return MemorySearch()


def _both(server: Search, settings: Settings) -> Search:
    from steward.adapters.search.both import BothSearch
    from steward.adapters.search.sqlite import SqliteSearch

    return BothSearch(server, SqliteSearch(_path(settings.search_fallback), children=_folding(settings.children)))


def _folding(engine: Engine) -> Callable[[], Children] | None:
    """What makes large index files beside this process, where it may have child processes."""
    return None if engine.kind == "none" else lambda: _children(engine)


def _blobs(engine: Engine, secrets: Secrets, *, alone: bool) -> Blobs:
    match engine.kind:
        case "files":
            from steward.adapters.blobs.files import FileBlobs

            return FileBlobs(_path(engine), _upload_secret(secrets), alone=alone)
        case "s3":
            from steward.adapters.blobs.s3 import S3Blobs

            return S3Blobs(engine.name, region=engine.region, endpoint=engine.endpoint or None)
        case _:
            from steward.adapters.blobs.memory import MemoryBlobs

            return MemoryBlobs()


def _queue(engine: Engine) -> Queue:
    match engine.kind:
        case "sqs":
            from steward.adapters.queue.sqs import SqsQueue

            return SqsQueue(engine.name, region=engine.region, endpoint=engine.endpoint or None)
        case _:
            from steward.adapters.queue.sqlite import SqliteQueue

            return SqliteQueue(engine.path or ":memory:")


def _secrets(engine: Engine) -> Secrets:
    match engine.kind:
        case "env":
            from steward.adapters.secrets.env import EnvSecrets

            return EnvSecrets(os.environ, engine.name)
        case _:
            from steward.adapters.secrets.file import FileSecrets

            return FileSecrets(_path(engine))


def _children(engine: Engine) -> Children:
    if engine.kind == "none":
        from steward.adapters.children.none import NoChildren

        return NoChildren(engine.name)
    from steward.adapters.children.process import ProcessChildren

    return ProcessChildren()


def _embedder(engine: Engine, secrets: Secrets) -> Embedder:
    match engine.kind:
        case "provider":
            from steward.adapters.embed.provider import ProviderEmbedder

            key = secrets.get("embedding.key") or ""
            return ProviderEmbedder(engine.endpoint, engine.name, dimension=engine.dimension, key=key)
        case "none":
            from steward.adapters.embed.none import NoEmbedder

            return NoEmbedder()
        case _:
            from steward.adapters.embed.wordllama import WordLlama

            return WordLlama()


def _llm(engine: Engine, secrets: Secrets) -> LanguageModel:
    if engine.kind == "none":
        from steward.adapters.llm.none import NoModel

        return NoModel()
    from steward.adapters.llm.chat import ChatModel

    return ChatModel(engine.endpoint, engine.name, key=secrets.get("llm.key") or "")


def _mailer(engine: Engine, sender: str, secrets: Secrets) -> Mailer:
    match engine.kind:
        case "smtp":
            from steward.adapters.mail.smtp import SmtpMailer

            host, _, port = engine.endpoint.rpartition(":")
            return SmtpMailer(host, int(port), sender=sender, user=engine.name, password=secrets.get("mail.password") or "")
        case "none":
            from steward.adapters.mail.none import NoMailer

            return NoMailer(engine.name)
        case _:
            from steward.adapters.mail.outbox import OutboxMailer

            return OutboxMailer(_path(engine), sender)


def _provider(oidc: Oidc, secrets: Secrets) -> Provider:
    if not oidc.issuer:
        from steward.adapters.oidc.none import NoProvider

        return NoProvider()
    from steward.adapters.oidc.client import OidcProvider

    return OidcProvider(oidc.issuer, oidc.client, secret=secrets.get("oidc.secret") or "", label=oidc.label)


def _more(settings: Settings, secrets: Secrets) -> dict[type, object]:
    """The ports of slices."""
    from steward.properties.places import Gazetteer
    from steward.workspaces.passwords import Passwords

    return {
        Gazetteer: Gazetteer(settings.gazetteer),
        Passwords: Passwords(),
        Embedder: _embedder(settings.embedding, secrets),
        LanguageModel: _llm(settings.llm, secrets),
        Mailer: _mailer(settings.mail, settings.mail_from, secrets),
        Provider: _provider(settings.oidc, secrets),
    }


def _path(engine: Engine) -> Path:
    assert engine.path is not None, engine
    return engine.path


def _upload_secret(secrets: Secrets) -> bytes:
    """The key that signs upload addresses; where none is kept, this process alone knows one."""
    return (_own_secret(secrets, "upload.key") or os.urandom(32).hex()).encode()


def _receipts_secret(secrets: Secrets) -> str:
    """The key that receipts are stamped with. Raises Unavailable where none is kept, as no other process could check them."""
    found = _own_secret(secrets, RECEIPTS_KEY)
    if not found:
        raise Unavailable(f"There is no secret '{RECEIPTS_KEY}' to stamp receipts with; `steward config check` names the variable to set.")
    return found


def _own_secret(secrets: Secrets, name: str) -> str | None:
    """A secret that Steward makes for itself: a home without one gets its own at the first start."""
    from steward.adapters.secrets.file import FileSecrets

    found = secrets.get(name)
    if found is None and isinstance(secrets, FileSecrets):
        found = os.urandom(32).hex()
        secrets.put(name, found)
    return found
