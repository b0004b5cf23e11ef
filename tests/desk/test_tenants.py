"""Every page and form of the desk, asked with others' ids and at others' desks: nothing of theirs is told or changed."""

import re
from html import unescape
from urllib.parse import quote

import pytest

from steward.desk import pages
from steward.surfaces.wire import Request, Response
from tests.support.brokerages import Brokerage, Brokerages, of_form

NAMING = sorted((method, path) for method, path in pages.PAGES if "{" in path)
EVERY = sorted(pages.PAGES)
TYPESET = "properties/{ref}/memo.pdf"
"""A page that only a trained model brings."""


@pytest.fixture(scope="module")
def product() -> Brokerages:
    return Brokerages(trained=False)


def open_(product: Brokerages, one: Brokerage, method: str, address: str) -> Response:
    headers = {"cookie": f"steward={one.token}", "accept": "text/html", "sec-fetch-site": "same-origin"}
    return pages.handle(Request(method, address, {}, headers, b""), product.product)


def at(slug: str, path: str, id: str) -> str:
    return f"/w/{slug}/{re.sub(r'{.*?}', lambda _: quote(id, safe=''), path)}"


def text_of(answer: Response, sent: str) -> str:
    text = unescape(" ".join([answer.body.decode("utf-8", "replace"), *answer.headers.values(), *answer.cookies]))
    for form in (sent, quote(sent, safe=""), sent[:64]):
        text = text.replace(form, "<id>")
    return re.sub(r" Did you mean '[^']*'\?| nonce=\S+", "", text)


def told_of(answer: Response, product: Brokerages, one: Brokerage, sent: str) -> list[str]:
    text = text_of(answer, sent)
    return [
        secret for other in product.others(one) for secret in (other.word, other.id, other.person) if secret in text and secret not in sent
    ]


@pytest.mark.parametrize("page", NAMING, ids=" ".join)
def test_anothers_id_has_the_page_of_one_that_is_not_there(product: Brokerages, page: tuple[str, str]) -> None:
    method, path = page
    one, kept, wrong = product.all[0], product.keep(), []
    theirs = [id for other in product.others(one) for id in product.ids(other) if id not in product.ids(one)]
    before = [product.rows_of(other) for other in product.others(one)]
    for id in theirs:
        theirs_, nobodys = (open_(product, one, method, at(one.slug, path, named)) for named in (id, of_form(id)))
        same = theirs_.status == nobodys.status and text_of(theirs_, id) == text_of(nobodys, of_form(id))
        if not same or theirs_.status < 300 or told_of(theirs_, product, one, id):
            wrong.append((id, theirs_.status, nobodys.status))
    assert wrong == []
    assert [product.rows_of(other) for other in product.others(one)] == before
    product.put_back(kept)


@pytest.mark.parametrize("page", EVERY, ids=" ".join)
def test_anothers_desk_is_a_desk_that_is_not_there(product: Brokerages, page: tuple[str, str]) -> None:
    method, path = page
    for one in product.all:
        for other in product.others(one):
            before = product.rows_of(other)
            theirs, nobodys = (open_(product, one, method, at(slug, path, "1")) for slug in (other.slug, "desk-none"))
            assert (theirs.status, text_of(theirs, other.slug)) == (404, text_of(nobodys, "desk-none"))
            assert product.rows_of(other) == before


@pytest.mark.parametrize("path", [path for method, path in EVERY if method == "GET"])
def test_an_own_page_tells_nothing_of_others(product: Brokerages, path: str) -> None:
    one = product.all[2]
    ids = ["1", "2", *product.ids(one)] if "{" in path else [""]
    answers = [open_(product, one, "GET", at(one.slug, path, id)) for id in ids]
    assert {answer.status for answer in answers if answer.headers.get("Location") != "/sign-in"} & {200, 302, 303} or path == TYPESET
    assert [told for answer in answers for told in told_of(answer, product, one, "")] == []
