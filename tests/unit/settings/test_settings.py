"""The settings: what an environment means, and what it says when it is wrong."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import ValidationError

from steward.bootstrap import assemble
from steward.inspection import inspect_files
from steward.kernel.errors import Invalid
from steward.kernel.search import engines
from steward.settings import SETTINGS, Engine, check, inspect, load, usable


def sentences(**environ: str) -> list[str]:
    return [found.sentence for found in check({f"STEWARD_{name}": text for name, text in environ.items()}).errors]


def warned(**environ: str) -> list[str]:
    return [found.setting for found in check({f"STEWARD_{name}": text for name, text in environ.items()}).warnings]


def test_no_environment_at_all_is_the_complete_local_product() -> None:
    settings = load({})
    home = Path("var").absolute()
    assert settings.home == home
    assert settings.web.url == "http://127.0.0.1:8710"
    assert settings.records == Engine(kind="sqlite", path=home / "steward.db")
    assert settings.blobs == Engine(kind="files", path=home / "blobs")
    assert settings.gazetteer == ()
    assert check({}).ok
    assert check({}).warnings == ()


def test_engines_mix_freely() -> None:
    settings = load({"STEWARD_HOME": "/srv/desk", "STEWARD_RECORDS": "dynamo:steward@eu-central-1", "STEWARD_BLOBS": "files:/mnt/large"})
    assert settings.records == Engine(kind="dynamo", name="steward", region="eu-central-1")
    assert settings.blobs == Engine(kind="files", path=Path("/mnt/large"))
    assert settings.queue == Engine(kind="sqlite", path=Path("/srv/desk/queue.db"))


AFAR = {
    "RECORDS": "dynamo:steward@eu-central-1",
    "SEARCH": "opensearch:https://search.example.com",
    "EMBEDDING": "https://api.example.com/v1/embeddings#small/8",
}


def test_an_engine_of_another_machine_makes_what_is_read_come_from_afar() -> None:
    assert not load({}).afar
    assert not load({"STEWARD_LLM": "https://api.example.com/v1/chat/completions#small"}).afar
    assert all(load({f"STEWARD_{name}": text}).afar for name, text in AFAR.items())


def test_a_service_that_stands_in_for_the_cloud_is_named_by_its_address() -> None:
    engine = load({"STEWARD_RECORDS": "dynamo:steward@http://127.0.0.1:8000/"}).records
    assert (engine.name, engine.region, engine.endpoint) == ("steward", "us-east-1", "http://127.0.0.1:8000")


def test_a_queue_keeps_its_address_whole() -> None:
    queue = load({"STEWARD_QUEUE": "sqs:https://sqs.example.com/1/steward@eu-west-1"}).queue
    assert (queue.name, queue.region) == ("https://sqs.example.com/1/steward", "eu-west-1")


@pytest.mark.parametrize(
    ("host", "more", "url", "exposed"),
    [
        ("0.0.0.0", {}, "http://127.0.0.1:8710", True),
        ("::", {}, "http://[::1]:8710", True),
        ("192.168.1.5", {}, "http://192.168.1.5:8710", True),
        ("0.0.0.0", {"STEWARD_PUBLIC_URL": "https://desk.example.com"}, "https://desk.example.com", False),
        ("127.0.0.1", {}, "http://127.0.0.1:8710", False),
    ],
)
def test_the_address_people_open_is_one_that_can_be_opened(host: str, more: dict[str, str], url: str, *, exposed: bool) -> None:
    web = load({"STEWARD_HOST": host, **more}).web
    assert (web.url, web.exposed) == (url, exposed)


def test_an_engine_left_out_keeps_its_reason() -> None:
    assert load({"STEWARD_CHILDREN": "none:training runs on the office machine"}).children.name == "training runs on the office machine"


def test_an_empty_value_means_unset() -> None:
    assert load({"STEWARD_PORT": " "}).web.port == 8710


@pytest.mark.parametrize(("text", "size"), [("1", 1), ("500MB", 500_000_000), ("2 gb", 2_000_000_000), ("12kb", 12_000)])
def test_a_size_is_bytes_or_has_a_unit(text: str, size: int) -> None:
    assert load({"STEWARD_MAX_UPLOAD": text}).web.max_upload == size


def test_a_certificate_makes_the_address_https() -> None:
    web = load({"STEWARD_HOME": "/srv/desk", "STEWARD_TLS": "cert.pem,key.pem"}).web
    assert (web.certificate, web.key) == (Path("/srv/desk/cert.pem"), Path("/srv/desk/key.pem"))
    assert web.url == "https://127.0.0.1:8710"


def test_a_public_address_is_what_people_open() -> None:
    assert load({"STEWARD_PUBLIC_URL": "https://desk.example.com/"}).web.url == "https://desk.example.com"


def test_an_ipv6_address_is_bracketed_where_people_open_it() -> None:
    assert load({"STEWARD_HOST": "::1"}).web.url == "http://[::1]:8710"


def test_a_place_file_without_zips_is_named_and_one_with_them_is_not(tmp_path: Path) -> None:
    (tmp_path / "zips.csv").write_text("code,city,state\n98103,Seattle,WA\n")
    (tmp_path / "cities.csv").write_text("ID,CITY\n1,Adak\n")
    found = inspect(load({"STEWARD_HOME": str(tmp_path), "STEWARD_GAZETTEER": str(tmp_path)}))
    assert found.ok
    (sentence,) = [one.sentence for one in found.warnings]
    assert sentence == (
        f"STEWARD_GAZETTEER names {tmp_path / 'cities.csv'}, which has no columns of ZIPs and their cities, so nothing is taken from it; "
        "call these columns zip and city, or leave the file out."
    )


@pytest.mark.parametrize(
    ("line", "endpoint", "prefix", "knn"),
    [
        ("opensearch:https://desk@search.example.com:9200/homes?knn=faiss", "https://desk@search.example.com:9200", "homes", "faiss"),
        ("opensearch:https://search.example.com/", "https://search.example.com", "steward", ""),
        ("opensearch:http://127.0.0.1:9200", "http://127.0.0.1:9200", "steward", ""),
    ],
)
def test_a_search_server_is_one_line(line: str, endpoint: str, prefix: str, knn: str) -> None:
    engine = load({"STEWARD_SEARCH": line}).search
    assert (engine.kind, engine.endpoint, engine.name, engine.knn) == ("opensearch", endpoint, prefix, knn)


WRONG = {
    "PORT": ["abc", "-1", "65536", "٣", "8710.5", "9" * 5000],
    "HOST": ["two words", "http://127.0.0.1"],
    "PUBLIC_URL": [
        "desk.example.com",
        "ftp://desk.example.com",
        "https://",
        "http://a:b",
        "https://a?x=1",
        "https://me:secret@a",
        "https://[::1",
    ],
    "TLS": ["cert.pem", "a,b,c"],
    "MAX_UPLOAD": ["0", "-5", "lots", "5TB", "1.5GB"],
    "RECORDS": ["postgres:x", "sqlite:", "sqlite", "memory:x", "dynamo:steward", "dynamo:@eu-west-1", "dynamo:t@mars"],
    "SEARCH": [
        "opensearch:x",
        "opensearch:https://",
        "opensearch:https://me:secret@a",
        "opensearch:http://me@search.example.com",
        "opensearch:https://a/UPPER",
        "opensearch:https://a?knn=nmslib",
        "opensearch:https://a:b",
    ],
    "BLOBS": ["s3:bucket", "file:blobs"],
    "QUEUE": ["sqs:steward@eu-west-1"],
    "SECRETS": ["env:", "env:lower_", "file:"],
    "CHILDREN": ["process:4", "thread:"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_a_wrong_value_is_one_sentence_that_names_the_setting_and_the_mend(name: str, text: str) -> None:
    (sentence,) = sentences(**{name: text})
    assert sentence.startswith(f"STEWARD_{name} ")
    assert "; " in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_every_wrong_setting_is_listed_at_once() -> None:
    with pytest.raises(Invalid) as wrong:
        load({"STEWARD_PORT": "abc", "STEWARD_RECORDS": "postgres:x", "STEWARD_COLOUR": "blue"})
    assert [fault.pointer for fault in wrong.value.faults] == ["STEWARD_COLOUR", "STEWARD_PORT", "STEWARD_RECORDS"]
    assert wrong.value.detail.splitlines() == [fault.detail for fault in wrong.value.faults]


def test_a_misspelt_setting_is_told_the_right_name() -> None:
    (sentence,) = sentences(RECORD="memory:")
    assert sentence.startswith("STEWARD_RECORD is not a setting; the nearest one is STEWARD_RECORDS")


def test_what_the_tests_and_the_secrets_read_is_not_unknown() -> None:
    assert sentences(TEST_DYNAMODB="http://127.0.0.1:8000", SECRETS="env:STEWARD_KEPT_", KEPT_RECEIPTS_KEY="x", KEPT_SIGNING="x") == []


def test_secrets_in_the_environment_without_the_one_that_stamps_receipts_stop_the_start() -> None:
    (sentence,) = sentences(SECRETS="env:STEWARD_KEPT_")
    assert sentence.startswith("STEWARD_KEPT_RECEIPTS_KEY is not set, so receipts cannot be stamped; set it")


def test_other_programs_variables_are_left_alone() -> None:
    assert check({"PATH": "/bin", "AWS_REGION": "mars"}).ok


def test_settings_cannot_be_changed_after_the_start() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load({}).web.port = 1  # type: ignore[misc]


def test_a_network_without_tls_is_a_warning() -> None:
    assert warned(HOST="0.0.0.0") == ["STEWARD_HOST"]
    mail = {"MAIL": "smtp://desk@mail.example.com:587", "MAIL_FROM": "desk@example.com"}
    assert warned(HOST="0.0.0.0", TLS="a,b", **mail) == []
    assert warned(HOST="0.0.0.0", PUBLIC_URL="https://desk.example.com", **mail) == []


def test_mails_that_nobody_gets_or_that_are_from_nobody_are_a_warning() -> None:
    assert warned(PUBLIC_URL="https://desk.example.com") == ["STEWARD_MAIL"]
    assert warned(MAIL="smtp://desk@mail.example.com:587") == ["STEWARD_MAIL_FROM"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *(("MAIL", line) for line in ("smtp:", "smtp://", "smtp://h", "smtp://desk:secret@h:25", "smtp://h:25/x", "outbox:", "post:x")),
        *(("MAIL_FROM", line) for line in ("nobody", "a@b, c@d", "Steward <a@b> x", "a b@c", "a@b\nBcc: c@d")),
    ],
)
def test_a_mail_setting_that_cannot_be_used_is_named(variable: str, value: str) -> None:
    (found,) = check({f"STEWARD_{variable}": value}).errors
    assert found.setting == f"STEWARD_{variable}"


def test_an_engine_that_forgets_what_the_others_keep_is_a_warning() -> None:
    assert warned(RECORDS="memory:", SEARCH="memory:", BLOBS="memory:", QUEUE="memory:") == ["STEWARD_RECORDS"]
    assert warned(QUEUE="memory:") == ["STEWARD_QUEUE"]


def test_an_engine_for_when_a_search_server_is_away_is_a_file_of_this_host(tmp_path: Path) -> None:
    given = {
        "STEWARD_HOME": str(tmp_path),
        "STEWARD_SEARCH": "opensearch:http://127.0.0.1:9",
        "STEWARD_SEARCH_FALLBACK": "sqlite:search.db",
    }
    settings = load(given)
    assert settings.search_fallback.path == tmp_path / "search.db"
    product = assemble(settings)
    assert [engine.name for engine in engines(product.ports.search)] == ["sqlite", "opensearch"]
    product.close()


def test_such_an_engine_beside_none_that_can_be_away_is_a_warning() -> None:
    assert warned(SEARCH_FALLBACK="sqlite:other.db") == ["STEWARD_SEARCH_FALLBACK"]


def test_shared_records_with_a_private_index_or_secrets_of_each_machine_are_a_warning() -> None:
    assert warned(RECORDS="dynamo:steward@eu-west-1") == ["STEWARD_SEARCH", "STEWARD_SECRETS"]
    given = {"SECRETS": "env:STEWARD_KEPT_", "KEPT_RECEIPTS_KEY": "x", "SEARCH": "none:lists come later"}
    assert warned(RECORDS="dynamo:steward@eu-west-1", KEPT_AUTH_KEY="x", KEPT_APPROVALS_KEY="x", **given) == []
    given["SEARCH"] = "opensearch:https://search.example.com"
    assert warned(RECORDS="dynamo:steward@eu-west-1", KEPT_AUTH_KEY="x", KEPT_APPROVALS_KEY="x", **given) == []


def test_secrets_in_the_environment_without_those_of_second_factors_and_links_are_a_warning() -> None:
    given = {"SECRETS": "env:STEWARD_KEPT_", "KEPT_RECEIPTS_KEY": "x"}
    assert warned(**given) == ["STEWARD_KEPT_AUTH_KEY", "STEWARD_KEPT_APPROVALS_KEY"]
    assert warned(**given, KEPT_AUTH_KEY="x", KEPT_APPROVALS_KEY="x") == []
    assert warned() == []


def test_embeddings_are_the_own_model_none_or_a_providers() -> None:
    line = "https://api.example.com/v1/embeddings#qwen/embed-small/1536"
    given = [load({"STEWARD_EMBEDDING": text}).embedding for text in ("", "wordllama:", "none", line)]
    assert [engine.kind for engine in given] == ["wordllama", "wordllama", "none", "provider"]
    assert (given[3].endpoint, given[3].name, given[3].dimension) == ("https://api.example.com/v1/embeddings", "qwen/embed-small", 1536)


@pytest.mark.parametrize(
    "line",
    [
        *("openai", "https://api.example.com/v1", "https://api.example.com/v1#small", "https://api.example.com/v1#small/0"),
        *("https://api.example.com/v1#/8", "https://api.example.com/v1#small/99999", "http://api.example.com/v1#small/8", "ftp://x#small/8"),
    ],
)  # fmt: skip
def test_embeddings_of_no_model_are_refused(line: str) -> None:
    (found,) = check({"STEWARD_EMBEDDING": line}).errors
    assert found.setting == "STEWARD_EMBEDDING"


def test_a_provider_without_a_key_in_the_environment_is_a_warning() -> None:
    given = {"SECRETS": "env:STEWARD_KEPT_", "KEPT_RECEIPTS_KEY": "x", "KEPT_AUTH_KEY": "x", "KEPT_APPROVALS_KEY": "x"}
    assert warned(EMBEDDING="https://api.example.com/v1#small/8", **given) == ["STEWARD_KEPT_EMBEDDING_KEY"]
    assert warned(EMBEDDING="http://127.0.0.1:11434/v1/embeddings#small/8", **given) == []


def test_named_files_that_are_absent_are_errors(tmp_path: Path) -> None:
    settings = load({"STEWARD_HOME": str(tmp_path), "STEWARD_TLS": "cert.pem,key.pem", "STEWARD_GAZETTEER": str(tmp_path / "zips.csv")})
    assert [found.setting for found in inspect(settings).errors] == ["STEWARD_TLS", "STEWARD_TLS", "STEWARD_GAZETTEER"]


def test_files_that_cannot_be_used_stop_the_start_with_a_sentence_each(tmp_path: Path) -> None:
    (tmp_path / "junk.pem").write_text("no certificate")
    given = {"STEWARD_HOME": str(tmp_path), "STEWARD_TLS": "junk.pem,junk.pem", "STEWARD_GAZETTEER": str(tmp_path / "zips.csv")}
    with pytest.raises(Invalid) as refused:
        usable(load(given))
    assert [fault.pointer for fault in refused.value.faults] == ["STEWARD_TLS", "STEWARD_GAZETTEER"]
    assert len(refused.value.detail.splitlines()) == 2


def test_a_home_inside_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (found,) = inspect(load({"STEWARD_HOME": str(tmp_path / "file" / "home")})).errors
    assert found.setting == "STEWARD_HOME"


def test_secrets_that_others_may_read_are_a_warning(tmp_path: Path) -> None:
    settings = load({"STEWARD_HOME": str(tmp_path)})
    kept = tmp_path / "secrets.json"
    kept.touch(mode=0o600)
    assert inspect(settings).warnings == ()
    kept.chmod(0o644)
    assert [found.setting for found in inspect(settings).warnings] == ["STEWARD_SECRETS"]


def test_a_home_that_others_may_look_into_is_a_warning(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (found,) = inspect(load({"STEWARD_HOME": str(tmp_path)})).warnings
    assert found.sentence == f"STEWARD_HOME is {tmp_path}, which others on this machine may look into; run chmod 700 {tmp_path}."


@pytest.mark.parametrize("name", ["records", "search", "queue"])
def test_a_home_of_a_newer_version_is_an_error(tmp_path: Path, name: str) -> None:
    settings = load({"STEWARD_HOME": str(tmp_path)})
    path: Path = getattr(settings, name).path
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version=99")
    (found,) = inspect_files(settings).errors
    assert found.sentence == (
        f"STEWARD_{name.upper()} names {path}, which a newer Steward wrote; start that version, or set STEWARD_HOME to another folder."
    )


def test_a_home_of_this_version_has_no_error(tmp_path: Path) -> None:
    settings = load({"STEWARD_HOME": str(tmp_path / "home")})
    assemble(settings).close()
    assert inspect_files(settings).ok
    assert inspect(settings).warnings == ()


def test_what_a_start_makes_is_for_its_own_user_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assemble(load({"STEWARD_HOME": str(home)})).close()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (home, *home.glob("*.db*"))}
    assert modes == {"home": 0o700, "steward.db": 0o600, "search.db": 0o600, "queue.db": 0o600}


def test_a_fresh_home_is_sound(tmp_path: Path) -> None:
    assert inspect(load({"STEWARD_HOME": str(tmp_path / "new" / "home")})).ok


def test_every_default_is_a_value_that_can_be_read() -> None:
    assert check({setting.variable: setting.default for setting in SETTINGS}).ok
