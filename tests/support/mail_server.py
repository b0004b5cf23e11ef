"""A real SMTP server as a process of its own: `mail_server.py PORT MAILDIR`. It takes mails of the user `desk` only, and keeps them."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, AuthResult


def known(server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
    return AuthResult(success=(login.login, login.password) == (b"desk", b"hush"))


async def serve(port: int, maildir: str) -> None:
    """Answer until the process ends."""

    def protocol() -> SMTP:
        return SMTP(Mailbox(Path(maildir)), hostname="localhost", authenticator=known, auth_require_tls=False, auth_required=True)

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
