"""From a template and its view to a response: a whole page, or the one block that a fragment asks for."""

import gzip
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from steward.desk import assets, words
from steward.surfaces.wire import Request, Response

TEMPLATES = Path(__file__).parent / "templates"
THEMES = ("light", "dark")
WORTH_PACKING, PACKING = 1_000, 5
"""From how many bytes an answer is compressed, and how hard."""
GUARD = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def policy(uploads: str = "") -> str:
    """The content security policy; `uploads` is the origin that files are sent to when it is not the desk's own."""
    return (
        "default-src 'self'; script-src 'self'; style-src 'self'; "
        "img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'{f' {uploads}' if uploads else ''}; form-action 'self'; "
        "base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default"
    )


@cache
def environment() -> Environment:
    """The one template environment: escaping everything, refusing every unknown name."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["asset"] = assets.url
    made.filters["count"] = words.count
    made.globals["ui"] = made.get_template("ui.html").module
    return made


def drawn(svg: str) -> Markup:
    """A figure of ours, whose texts are escaped already."""
    return Markup(svg)  # noqa: S704


def wanted(request: Request) -> str:
    """The id of the element a fragment is for, "" for a whole page."""
    return request.headers.get("hx-target", "").partition("#")[2] if "hx-request" in request.headers else ""


def page(request: Request, name: str, view: dict[str, Any], *, block: str = "", status: int = 200) -> Response:
    """The page, or its block when one is named or when the request's target is called like one."""
    template = environment().get_template(f"{name}.html")
    theme = request.cookie("theme")
    context = {"theme": theme if theme in THEMES else "", **view}
    part = block or wanted(request)
    in_part = template.blocks.get(part)
    return html("".join(in_part(template.new_context(context))) if in_part else template.render(context), status=status)


def html(text: str, *, status: int = 200) -> Response:
    """Text as an uncached HTML answer."""
    headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache, private", "Vary": "HX-Target, Cookie"}
    return Response(status, headers, text.encode())


def packed(request: Request, answer: Response) -> Response:
    """The answer compressed, where the client takes it and it is worth it."""
    kind = answer.headers.get("Content-Type", "")
    if len(answer.body) < WORTH_PACKING or not kind.startswith(("text/", "application/json")):
        return answer
    vary = ", ".join(part for part in (answer.headers.get("Vary", ""), "Accept-Encoding") if part)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return replace(answer, headers={**answer.headers, "Vary": vary})
    body = gzip.compress(answer.body, PACKING, mtime=0)
    return replace(answer, headers={**answer.headers, "Vary": vary, "Content-Encoding": "gzip"}, body=body)


def redirect(to: str, *cookies: str, status: int = 303) -> Response:
    """Go there next; only ever a path of our own."""
    return Response(status, {"Location": to, "Cache-Control": "no-store"}, b"", cookies)


def toast(text: str) -> str:
    """A line in the corner of the page that asked."""
    return str(Markup('<p class="toast" role="alert">{}</p>').format(text))
