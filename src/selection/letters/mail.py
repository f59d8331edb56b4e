"""A letter as a message any mail program can open and send; nothing is sent from here."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime

from selection.letters.letter import Letter
from selection.programme import Programme


def message(letter: Letter, programme: Programme) -> bytes | None:
    """The letter as `.eml` (RFC 5322): text and HTML say the same, the calendar is attached.

    None where the e-mail address is missing or none. The same letter gives the same bytes.
    """
    to = _address(letter.person.name, letter.person.email)
    if to is None:
        return None
    made = EmailMessage(policy=SMTP)
    sender = _address(programme.organiser, programme.contact)
    if sender is not None:
        made["From"] = sender
    made["To"] = to
    made["Subject"] = letter.subject
    if programme.issued:
        made["Date"] = format_datetime(datetime.combine(programme.issued, time(), UTC))
    key = hashlib.sha256(f"{letter.person.id}\n{letter.html}".encode()).hexdigest()[:32]
    made["Message-ID"] = f"<{key}@selection.invalid>"
    made["X-Unsent"] = "1"
    made["Content-Language"] = letter.language
    made.set_content(letter.text, cte="base64")
    made.add_alternative(letter.html, subtype="html", cte="base64")
    if letter.calendar is not None:
        how = {"method": "PUBLISH", "charset": "utf-8"}
        made.add_attachment(letter.calendar, maintype="text", subtype="calendar", filename="sessions.ics", params=how)
    for number, part in enumerate(_multiparts(made)):
        part.set_boundary(f"={number}{key}=")
    return made.as_bytes()


def _multiparts(made: EmailMessage) -> list[MIMEPart]:
    """Parts with a boundary, which would be a random one."""
    return [part for part in made.walk() if part.is_multipart() and isinstance(part, MIMEPart)]


def _address(name: str, address: str) -> Address | None:
    try:
        made = Address(display_name=name, addr_spec=address.strip())
    except (ValueError, IndexError, AttributeError):
        return None
    return made if made.username and "." in made.domain else None
