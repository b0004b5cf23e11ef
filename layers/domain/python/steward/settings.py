"""The settings: one frozen model per concern, and the only reader of the environment.

Every setting is one `STEWARD_…` variable and may be left out: no environment at all is the complete local product. An
engine is one line, `kind:place` (`sqlite:steward.db`, `dynamo:table@region`); relative paths lie inside the home.

`check(environ)` is pure and names every wrong setting with its mend; `load(environ)` gives the settings or stops the
start; `inspect(settings)` looks at the disk for what the environment alone cannot tell.
"""

import difflib
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from steward import limits_line, lines
from steward.checked import Finding, Findings
from steward.kernel.errors import Fault, Invalid
from steward.lines import Engine
from steward.properties.places import unused
from steward.workspaces.limiting import Limit

__all__ = ["SETTINGS", "Engine", "Finding", "Findings", "Setting", "Settings", "Web", "check", "inspect", "load", "usable"]

T = TypeVar("T")
PREFIX = "STEWARD_"
TEST_PREFIX = "STEWARD_TEST_"
"""What only the tests read: the addresses of real engines to test against."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
EVERY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (the addresses a person may have chosen, and how to reach them from here)


class Web(BaseModel):
    """Where the host listens and how much it takes in, in bytes. `public_url` is empty or ends without a slash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str
    port: int
    public_url: str
    certificate: Path | None
    key: Path | None
    max_upload: int

    @property
    def url(self) -> str:
        """The address people open; on this machine, where the host listens at every address and none is said."""
        host = EVERY.get(self.host, self.host)
        host = f"[{host}]" if ":" in host else host
        return self.public_url or f"{'https' if self.certificate else 'http'}://{host}:{self.port}"

    @property
    def exposed(self) -> bool:
        """Whether a network reaches the host without TLS, and nothing is said to stand in front."""
        return self.host not in LOOPBACK and not self.public_url and self.certificate is None


class Oidc(BaseModel):
    """An identity provider; an empty issuer is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    client: str
    label: str


class Settings(BaseModel):
    """Everything a start needs to know; made by `load`. Paths are absolute."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path
    web: Web
    records: Engine
    search: Engine
    search_fallback: Engine
    embedding: Engine
    llm: Engine
    blobs: Engine
    queue: Engine
    secrets: Engine
    children: Engine
    mail: Engine
    mail_from: str
    oidc: Oidc
    gazetteer: tuple[Path, ...]
    limits: tuple[Limit, ...]

    @property
    def afar(self) -> bool:
        """Whether what is read may have to wait for another machine."""
        return not {"dynamo", "opensearch", "provider"}.isdisjoint(one.kind for one in (self.records, self.search, self.embedding))


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One variable: its name after `STEWARD_`, what holds when it is unset, what it means, and how its text is read."""

    name: str
    default: str
    meaning: str
    read: Callable[[str], T]

    @property
    def variable(self) -> str:
        return PREFIX + self.name


HOME = Setting("HOME", "var", "folder that holds everything a start on this machine keeps", str)
HOST = Setting("HOST", "127.0.0.1", "address the host listens on", lines.address)
PORT = Setting("PORT", "8710", "port the host listens on, 0 for any free one", lines.port)
PUBLIC_URL = Setting(
    "PUBLIC_URL", "", "address people open when something stands in front of the host", lambda text: text and lines.url(text)
)
TLS = Setting("TLS", "", "certificate and key (PEM), with a comma between, for HTTPS without anything in front", lines.pair)
MAX_UPLOAD = Setting("MAX_UPLOAD", "2GB", "largest file that is taken in", lines.size)
RECORDS = Setting(
    "RECORDS",
    "sqlite:steward.db",
    "the truth: sqlite:FILE, memory:, dynamo:TABLE@REGION",
    lines.engine(sqlite=lines.file, memory=lines.nothing, dynamo=lines.cloud),
)
SEARCH = Setting(
    "SEARCH",
    "sqlite:search.db",
    "every list: sqlite:FILE, memory:, opensearch:https://USER@HOST:PORT/PREFIX with the secret search.password, none:REASON",
    lines.engine(sqlite=lines.file, memory=lines.nothing, opensearch=lines.opensearch, none=lines.reason),
)
SEARCH_FALLBACK = Setting(
    "SEARCH_FALLBACK",
    "none:",
    "what answers while an OpenSearch does not: sqlite:FILE of this host, which is kept up beside it, or none:",
    lines.engine(sqlite=lines.file, none=lines.nothing),
)
EMBEDDING = Setting(
    "EMBEDDING",
    "wordllama",
    "what compares texts by their meaning: wordllama, none, ADDRESS#MODEL/DIMENSION of a provider with the secret embedding.key",
    lines.embedding,
)
LLM = Setting(
    "LLM",
    "none",
    "what proposes filters where a search's words are not understood: none, or ADDRESS#MODEL of a provider with the secret llm.key",
    lines.llm,
)
BLOBS = Setting(
    "BLOBS",
    "files:blobs",
    "large things: files:FOLDER, memory:, s3:BUCKET@REGION",
    lines.engine(files=lines.file, memory=lines.nothing, s3=lines.cloud),
)
QUEUE = Setting(
    "QUEUE",
    "sqlite:queue.db",
    "what is to be done: sqlite:FILE, memory:, sqs:URL@REGION",
    lines.engine(sqlite=lines.file, memory=lines.nothing, sqs=lines.queue),
)
SECRETS = Setting(
    "SECRETS",
    "file:secrets.json",
    "secrets: file:FILE, env:PREFIX_",
    lines.engine(file=lines.file, env=lines.prefix),
)
CHILDREN = Setting(
    "CHILDREN", "process:", "training and typesetting: process:, none:REASON", lines.engine(process=lines.nothing, none=lines.reason)
)
MAIL = Setting(
    "MAIL",
    "outbox:mail",
    "mails: outbox:FOLDER of files, smtp://USER@HOST:PORT with the secret mail.password, none:REASON",
    lines.engine(outbox=lines.file, smtp=lines.server, none=lines.reason),
)
MAIL_FROM = Setting("MAIL_FROM", "Steward <steward@localhost.localdomain>", "whom mails are from", lines.mailbox)
LIMITS = Setting("LIMITS", "", "how often something may be done, as in key=600/min workspace=3000/min address=60/min", limits_line.limits)
OIDC_ISSUER = Setting("OIDC_ISSUER", "", "identity provider whose people may sign in, by its issuer address", lines.issuer)
OIDC_CLIENT = Setting("OIDC_CLIENT", "steward", "what the identity provider calls us; its secret is the secret oidc.secret", str)
OIDC_LABEL = Setting("OIDC_LABEL", "Sign in with your provider", "what the button of the identity provider says", str)
GAZETTEER = Setting("GAZETTEER", "", "CSV files, or folders of them, that name ZIP codes and places, with commas between", lines.paths)

SETTINGS: tuple[Setting[Any], ...] = (
    *(HOME, HOST, PORT, PUBLIC_URL, TLS, MAX_UPLOAD),
    *(RECORDS, SEARCH, SEARCH_FALLBACK, EMBEDDING, LLM, BLOBS, QUEUE, SECRETS, CHILDREN, MAIL, MAIL_FROM),
    *(OIDC_ISSUER, OIDC_CLIENT, OIDC_LABEL, GAZETTEER, LIMITS),
)


class Reader(Protocol):
    def __call__(self, setting: Setting[T]) -> T: ...


def check(environ: Mapping[str, str]) -> Findings:
    """Everything wrong with the settings; pure, so nothing on disk is looked at."""
    return _read(environ)[1]


def looked_into(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment with the defaults in place of what is wrong: to inspect, never to start with."""
    return _read(environ)[0]


def load(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment. Raises Invalid with one line, and one fault, for each wrong setting."""
    settings, findings = _read(environ)
    if not findings.ok:
        raise _refusal(findings.errors)
    return settings


def usable(settings: Settings) -> Settings:
    """The settings themselves. Raises Invalid, as `load` does, for files they name that cannot be used."""
    if broken := tuple(_unusable(settings)):
        raise _refusal(broken)
    return settings


def _refusal(findings: Sequence[Finding]) -> Invalid:
    faults = [Fault(found.setting, found.sentence) for found in findings]
    return Invalid("\n".join(fault.detail for fault in faults), faults=faults)


def _read(environ: Mapping[str, str]) -> tuple[Settings, Findings]:
    errors = list(_unknown(environ))

    def read(setting: Setting[T]) -> T:
        try:
            return setting.read(environ.get(setting.variable, "").strip() or setting.default)
        except lines.Wrong as wrong:
            errors.append(Finding(setting.variable, wrong.problem, wrong.mend))
            return setting.read(setting.default)

    settings = _assemble(read)
    errors += _stampless(settings, environ)
    return settings, Findings(tuple(errors), (*_warnings(settings), *_idle(settings), *_keyless(settings, environ)))


def _assemble(read: Reader) -> Settings:
    home = Path(read(HOME)).expanduser().absolute()
    certificate, key = [home / path for path in read(TLS)] or (None, None)

    def engine(setting: Setting[Engine]) -> Engine:
        chosen = read(setting)
        return chosen if chosen.path is None else chosen.model_copy(update={"path": home / chosen.path.expanduser()})

    return Settings(
        home=home,
        web=Web(
            host=read(HOST), port=read(PORT), public_url=read(PUBLIC_URL), certificate=certificate, key=key, max_upload=read(MAX_UPLOAD)
        ),
        records=engine(RECORDS),
        search=engine(SEARCH),
        search_fallback=engine(SEARCH_FALLBACK),
        embedding=engine(EMBEDDING),
        llm=engine(LLM),
        blobs=engine(BLOBS),
        queue=engine(QUEUE),
        secrets=engine(SECRETS),
        children=engine(CHILDREN),
        mail=engine(MAIL),
        mail_from=read(MAIL_FROM),
        oidc=Oidc(issuer=read(OIDC_ISSUER), client=read(OIDC_CLIENT), label=read(OIDC_LABEL)),
        gazetteer=tuple(Path(path).expanduser().absolute() for path in read(GAZETTEER)),
        limits=read(LIMITS),
    )


def _unknown(environ: Mapping[str, str]) -> Iterator[Finding]:
    known = {setting.variable: setting for setting in SETTINGS}
    kind, _, secrets = environ.get(SECRETS.variable, "").partition(":")
    spared = (TEST_PREFIX, secrets.strip()) if kind == "env" and secrets.strip() else (TEST_PREFIX,)
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known and not name.startswith(spared):
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0)[0]
            yield Finding(name, "is not a setting", f"the nearest one is {nearest} ({known[nearest].meaning})")


def _stampless(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Only a home makes this secret for itself; what many processes share has to be given to each."""
    variable = f"{settings.secrets.name}RECEIPTS_KEY"
    if settings.secrets.kind == "env" and not environ.get(variable):
        yield Finding(variable, "is not set, so receipts cannot be stamped", "set it to 32 random characters or more, once and for all")


def _keyless(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Secrets that a home makes for itself too, and without which something is missing."""
    needed = {"AUTH_KEY": "nobody can have codes of an app", "APPROVALS_KEY": "mails about approvals have no link that decides"}
    for name, without in needed.items():
        if settings.secrets.kind == "env" and not environ.get(f"{settings.secrets.name}{name}"):
            yield Finding(f"{settings.secrets.name}{name}", f"is not set, so {without}", "set it to 32 random characters or more")
    for of, engine, models in (("EMBEDDING", settings.embedding, "embeddings"), ("LLM", settings.llm, "the language model")):
        name = f"{settings.secrets.name}{of}_KEY"
        if settings.secrets.kind == "env" and engine.endpoint.startswith("https:") and not environ.get(name):
            yield Finding(
                name, f"is not set, so the provider of {models} is asked without a key", "set it to the key the provider gave you"
            )


def _idle(settings: Settings) -> Iterator[Finding]:
    if settings.search_fallback.kind != "none" and settings.search.kind != "opensearch":
        problem = f"is of no use beside {settings.search.kind}:, which is never away"
        yield Finding(SEARCH_FALLBACK.variable, problem, f"leave it out, or set {SEARCH.variable} to opensearch:URL")


def _warnings(settings: Settings) -> Iterator[Finding]:
    web = settings.web
    if web.host not in LOOPBACK and not web.url.startswith("https://"):
        yield Finding(
            HOST.variable,
            "opens the desk to a network without TLS, where nobody can sign in but on this machine itself",
            f"set {TLS.variable} or {PUBLIC_URL.variable}",
        )
    if settings.mail.kind == "outbox" and web.url.startswith("https://"):
        yield Finding(
            MAIL.variable, "keeps mails as files, which nobody on a network gets", "name a mail server, as in smtp://desk@host:587"
        )
    if settings.mail.kind == "smtp" and settings.mail_from == MAIL_FROM.default:
        yield Finding(MAIL_FROM.variable, "is not set, so mails are from nobody", "set it to an address of yours")
    if settings.records.kind == "memory":
        yield Finding(RECORDS.variable, "is memory:, which forgets everything at the end", f"use {RECORDS.default} to keep it")
    for setting, engine in ((BLOBS, settings.blobs), (QUEUE, settings.queue)):
        if engine.kind == "memory" != settings.records.kind:
            yield Finding(setting.variable, "is memory:, while the records last", f"use {setting.default} so that both do")
    if settings.records.kind == "dynamo" and settings.search.kind not in ("opensearch", "none"):
        yield Finding(
            SEARCH.variable, "is kept by each process alone, while the records are shared", "run one process, or use opensearch:URL"
        )
    if settings.records.kind == "dynamo" and settings.secrets.kind == "file":
        problem = "is a file of this machine, while the records are shared, and each home stamps its receipts with its own receipts.key"
        yield Finding(SECRETS.variable, problem, "run one process, copy that secret to the others, or use env:PREFIX_")


def inspect(settings: Settings) -> Findings:
    """What the disk says of the settings: files named that are absent or of no use, a home that cannot be written,
    loose secrets."""
    return Findings(tuple(_broken(settings)), (*_loose(settings), *_useless(settings)))


def _broken(settings: Settings) -> Iterator[Finding]:
    if not _writable(settings.home):
        yield Finding(HOME.variable, f"is {settings.home}, which cannot be written", "name a folder of yours")
    yield from _unusable(settings)


def _unusable(settings: Settings) -> Iterator[Finding]:
    if settings.embedding.kind == "wordllama" and find_spec("wordllama") is None:
        yield Finding(EMBEDDING.variable, "is wordllama, which is not installed", f"install it, or set {EMBEDDING.variable} to none")
    named = [path for path in (settings.web.certificate, settings.web.key) if path is not None]
    absent = [path for path in named if not path.is_file()]
    for path in absent:
        yield Finding(TLS.variable, f"names {path}, which is not there", "name two PEM files")
    if named and not absent and (why := _uncertified(*named)):
        yield Finding(TLS.variable, f"names {named[0]} and {named[1]}, which are no certificate with its key ({why})", "name two PEM files")
    for path in settings.gazetteer:
        if not path.exists():
            yield Finding(GAZETTEER.variable, f"names {path}, which is not there", "mend the path or leave the setting out")
        elif not os.access(path, os.R_OK):
            yield Finding(GAZETTEER.variable, f"names {path}, which cannot be read", "change who may read it or leave the setting out")


def _uncertified(certificate: Path, key: Path) -> str:
    from ssl import PROTOCOL_TLS_SERVER, SSLContext

    try:
        SSLContext(PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=str)
    except OSError as error:
        return str(error.strerror or error)
    return ""


def _loose(settings: Settings) -> Iterator[Finding]:
    if _open_to_others(settings.home):
        home = settings.home
        yield Finding(HOME.variable, f"is {home}, which others on this machine may look into", f"run chmod 700 {home}")
    secrets = settings.secrets.path
    if secrets is not None and _open_to_others(secrets):
        yield Finding(SECRETS.variable, f"names {secrets}, which others on this machine may read", f"run chmod 600 {secrets}")


def _open_to_others(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _useless(settings: Settings) -> Iterator[Finding]:
    for path in unused(settings.gazetteer):
        problem = f"names {path}, which has no columns of ZIPs and their cities, so nothing is taken from it"
        yield Finding(GAZETTEER.variable, problem, "call these columns zip and city, or leave the file out")


def _writable(folder: Path) -> bool:
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
