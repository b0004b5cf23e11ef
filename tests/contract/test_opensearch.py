"""What OpenSearch does beyond the contract of Search: what is being made anew, processes that share it, and when it is away."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from steward.adapters.search.opensearch import OpenSearchSearch
from steward.adapters.search.opensearch_client import Client, is_aws
from steward.adapters.search.opensearch_index import kept
from steward.bootstrap import assemble
from steward.kernel.errors import Unavailable
from steward.kernel.search import Clause, Document, Field, Gone, IndexSpec, Search, Sort, Text, Wish
from steward.runs import filling
from steward.settings import load

SPEC = IndexSpec("property", 1, [Field("price", "int", sort=True)], texts=[Text("title")], embedding="two", dimension=2)
BY_PRICE = Sort("price")
SERVED = Path(__file__).resolve().parents[2] / "infra" / "search"


def document(id: str, price: int, version: int = 1, vector: bytes = b"") -> Document:
    return Document("property", id, version, {"price": price}, {"id": id, "price": price}, {"title": f"home {id}"}, vector)


@pytest.fixture
def other(real_search: OpenSearchSearch) -> OpenSearchSearch:
    """The same lists, as another process sees them that never filled them."""
    real_search.define(SPEC)
    real_search.write("green", [document("a", 1), document("b", 2)])
    listed = lambda: ("", [SPEC])  # noqa: E731
    return OpenSearchSearch(real_search._client, prefix=real_search._prefix, knn="lucene", listed=listed)


def ids(search: Search) -> list[str]:
    return list(search.page("green", "property", [], sort=BY_PRICE).ids)


def test_a_process_that_filled_nothing_lists_what_another_one_did(real_search: OpenSearchSearch, other: OpenSearchSearch) -> None:
    assert ids(other) == ["a", "b"]
    other.write("green", [document("c", 3)])
    assert ids(real_search) == ["a", "b", "c"]


def test_readers_see_the_old_lists_until_the_new_ones_are_whole(real_search: OpenSearchSearch, other: OpenSearchSearch) -> None:
    seen = []

    def made() -> Iterator[Document]:
        for number in range(1_200):
            if number in (0, 600, 1_199):
                seen.append(ids(other))
            yield document(f"n{number:04}", number)

    assert real_search.replace("green", "property", made()) == 1_200
    assert seen == [["a", "b"]] * 3
    assert other.page("green", "property", [], sort=BY_PRICE, limit=1).total == 1_200


def test_what_is_written_while_lists_are_made_anew_is_in_the_old_and_in_the_new(
    real_search: OpenSearchSearch, other: OpenSearchSearch
) -> None:
    def made() -> Iterator[Document]:
        other.write("green", [document("a", 9, version=2), Gone("property", "b", 2)])
        assert ids(other) == ["a"]
        yield from (document("a", 1), document("b", 2), document("c", 3))

    real_search.replace("green", "property", made())
    assert ids(other) == ["c", "a"]


def test_a_rebuild_that_another_one_overtook_says_so_and_leaves_its_lists(real_search: OpenSearchSearch, other: OpenSearchSearch) -> None:
    def made() -> Iterator[Document]:
        other.replace("green", "property", [document("x", 7)])
        yield document("y", 8)

    with pytest.raises(Unavailable, match="Another rebuild"):
        real_search.replace("green", "property", made())
    assert ids(other) == ["x"]
    assert ids(real_search) == ["x"]


def test_rows_beyond_what_the_server_passes_over_are_reached(real_search: OpenSearchSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    real_search.define(SPEC)
    real_search.write("green", [document(f"{number:02}", number) for number in range(30)])
    monkeypatch.setattr("steward.adapters.search.opensearch.WINDOW", 8)
    found = real_search.page("green", "property", [Clause("price", "gte", 2)], sort=Sort("price", descending=True), start=20, limit=3)
    assert (found.ids, found.total) == (["09", "08", "07"], 28)
    assert real_search.page("green", "property", [], sort=BY_PRICE, start=31, limit=3).ids == []


def test_what_is_too_long_to_be_compared_is_listed_all_the_same(real_search: OpenSearchSearch) -> None:
    spec = replace(SPEC, fields=[*SPEC.fields, Field("name", "text", sort=True)])
    real_search.define(spec)
    long = Document("property", "a", 1, {"price": True, "name": "x" * 50_000}, {"told": "y" * 200_000}, {"title": "z" * 3_000 + " lake"})
    real_search.write("green", [long])
    assert real_search.page("green", "property", [Clause("price", "eq", True)], sort=Sort("name")).rows == [{"told": "y" * 200_000}]
    assert [hit.id for hit in real_search.find("green", "property", Wish("q" * 10_000 + " LAKE")).hits] == ["a"]


@pytest.mark.parametrize(
    ("clause", "total"),
    [
        (Clause("price", "lt", 1e300), 2),
        (Clause("price", "gt", 1e300), 0),
        (Clause("price", "gt", -1e300), 2),
        (Clause("price", "eq", 1.5), 0),
        (Clause("price", "in", (1, 1.5)), 1),
        (Clause("price", "lte", 1.5), 1),
        (Clause("price", "gt", 1.5), 1),
    ],
    ids=str,
)
def test_a_number_that_no_whole_number_equals_is_compared_with(
    real_search: OpenSearchSearch, other: OpenSearchSearch, clause: Clause, total: int
) -> None:
    assert real_search.page("green", "property", [clause], sort=BY_PRICE).total == total


def test_a_vector_without_a_direction_is_none(real_search: OpenSearchSearch) -> None:
    real_search.define(SPEC)
    real_search.write("green", [document("a", 1, vector=bytes(8))])
    assert [hit.score for hit in real_search.find("green", "property", Wish(vector=bytes(8))).hits] == [0.0]


def test_a_list_that_was_never_made_says_what_makes_it(real_search: OpenSearchSearch) -> None:
    never = OpenSearchSearch(real_search._client, prefix=real_search._prefix, knn="lucene", listed=lambda: ("nobody", [SPEC]))
    with pytest.raises(Unavailable, match="steward search rebuild"):
        ids(never)
    with pytest.raises(Unavailable, match="steward search rebuild"):
        never.write("green", [document("a", 1)])


def test_a_server_that_is_away_is_named_with_its_setting() -> None:
    away = OpenSearchSearch(Client("http://127.0.0.1:9"), prefix="steward", knn="lucene", listed=lambda: ("", [SPEC]))
    with pytest.raises(Unavailable, match=r"http://127.0.0.1:9 cannot be reached; check STEWARD_SEARCH") as told:
        ids(away)
    assert told.value.passing


@pytest.mark.parametrize("name", ["index", "fields", "weights", "rrf"])
def test_the_server_is_asked_with_what_infra_keeps(name: str) -> None:
    assert kept(name) == (SERVED / f"{name}.json").read_text()


@pytest.mark.parametrize(
    ("host", "signed"),
    [
        ("search-desk-abc.eu-west-1.es.amazonaws.com", True),
        ("abc.eu-west-1.aoss.amazonaws.com", True),
        ("search.example.com", False),
        ("es.example.com", False),
    ],
)
def test_only_a_domain_of_aws_is_asked_with_signed_requests(host: str, signed: bool) -> None:  # noqa: FBT001
    assert is_aws(host) is signed


def test_a_product_is_told_its_server_by_one_line_and_what_its_lists_hold_by_its_records(
    server: tuple[Client, str], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    line = f"opensearch:{request.getfixturevalue('_opensearch')}/{server[1]}"
    given = {"HOME": str(tmp_path), "RECORDS": "memory:", "BLOBS": "memory:", "QUEUE": "memory:", "EMBEDDING": "none:", "SEARCH": line}
    product = assemble(load({f"STEWARD_{name}": told for name, told in given.items()}))
    search = product.ports.search
    with pytest.raises(Unavailable, match="steward search rebuild"):
        search.page("green", "property", [], sort=BY_PRICE)
    filling.fill(product.door)
    assert search.page("green", "property", [], sort=BY_PRICE).total == 0
    product.close()


def test_a_domain_of_aws_is_asked_by_the_processs_own_role() -> None:
    signed = Client("https://search-desk-abc.eu-west-1.es.amazonaws.com")._server.transport.get_connection().http_auth
    headers = signed("POST", "https://search-desk-abc.eu-west-1.es.amazonaws.com/_bulk", b"{}")
    assert "/eu-west-1/es/aws4_request" in headers["Authorization"]


def test_a_user_is_asked_for_with_the_password_that_is_kept() -> None:
    told = Client("https://desk%40home@search.example.com", "hush")._server.transport.get_connection().headers["authorization"]
    assert told == f"Basic {b64encode(b'desk@home:hush').decode()}"
