"""Logs that were made up, each with the one answer that is right: what it may look like when things are not plain.

A case is ``(files, stories)``: file → text, and what each story must be, by its sender (or first id): outcome, queue
IDs, recipients with their ends, and how many sentences there are on what is missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mailhelp.answer import Story
from mailhelp.api import stories
from mailhelp.explain.story import explain
from mailhelp.session import Session

DAY = "Nov 20 "


def lines(*records: str, day: str = DAY, host: str = "mx") -> str:
    """Records ``CLOCK TAG: MESSAGE`` as a log of the traditional form; tags without a slash are Postfix's."""
    found = []
    for record in records:
        clock, _, rest = record.partition(" ")
        tag, _, message = rest.partition(": ")
        program = (
            tag
            if tag.startswith(("amavis", "dovecot", "opendkim", "rsyslogd", "ours"))
            else f"postfix/{tag}"
        )
        found.append(f"{day}{clock} {host} {program}: {message}\n")
    return "".join(found)


def sent(id: str, to: str, said: str = "delivered to maildir", status: str = "sent", relay: str = "virtual", more: str = "") -> str:  # fmt: skip
    dsn = {"sent": "2.0.0", "deferred": "4.4.1", "bounced": "5.1.1"}.get(status, "2.0.0")
    return f"{id}: to=<{to}>, {more}relay={relay}, delay=0.1, delays=0.1/0/0/0, dsn={dsn}, status={status} ({said})"


def mail(id: str, sender: str, clock: str = "10:00:0", nrcpt: int = 1, client: str = "a.example.net[192.0.2.1]", pid: int = 1) -> tuple[str, ...]:  # fmt: skip
    return (
        f"{clock}0 smtpd[{pid}]: connect from {client}",
        f"{clock}1 smtpd[{pid}]: {id}: client={client}",
        f"{clock}1 cleanup[2]: {id}: message-id=<{id}@example.net>",
        f"{clock}2 qmgr[3]: {id}: from=<{sender}>, size=500, nrcpt={nrcpt} (queue active)",
        f"{clock}2 smtpd[{pid}]: disconnect from {client} ehlo=1 mail=1 rcpt={nrcpt} data=1 quit=1 commands=5",
    )


def whole(
    id: str, sender: str, clock: str = "10:00:0", to: str = "b@example.com"
) -> tuple[str, ...]:
    return (
        *mail(id, sender, clock),
        f"{clock}3 virtual[4]: {sent(id, to)}",
        f"{clock}3 qmgr[3]: {id}: removed",
    )


ANN, BOB, REMOTE = "ann@example.net", "bob@example.com", "mx2.example.org[198.51.100.9]:25"
B = {"b@example.com": "sent"}

CASES: dict[str, tuple[dict[str, str], dict[str, tuple[Any, ...]]]] = {}

CASES["an id that another server uses, too"] = (
    {"mail.log": lines(
        *mail("AAAAA1", ANN), f"10:00:03 smtp[5]: {sent('AAAAA1', 'x@example.org', '250 2.0.0 Ok: queued as BBBBB2', relay=REMOTE)}",
        "10:00:03 qmgr[3]: AAAAA1: removed", *whole("BBBBB2", BOB, "10:01:0"))},
    {ANN: ("delivered", ["AAAAA1"], {"x@example.org": "sent"}, 0), BOB: ("delivered", ["BBBBB2"], B, 0)},
)  # fmt: skip

CASES["the next server's log is read, too"] = (
    {"mx1": lines(*mail("AAAAA1", ANN), f"10:00:03 smtp[5]: {sent('AAAAA1', 'b@example.com', '250 2.0.0 Ok: queued as BBBBB2', relay='mx2.example.org[198.51.100.9]:25')}",
                  "10:00:03 qmgr[3]: AAAAA1: removed", host="mx1"),
     "mx2": lines("10:00:03 smtpd[1]: connect from mx1.example.org[198.51.100.8]", "10:00:03 smtpd[1]: BBBBB2: client=mx1.example.org[198.51.100.8]",
                  "10:00:03 cleanup[2]: BBBBB2: message-id=<AAAAA1@example.net>", f"10:00:03 qmgr[3]: BBBBB2: from=<{ANN}>, size=600, nrcpt=1 (queue active)",
                  f"10:00:04 virtual[4]: {sent('BBBBB2', 'b@example.com')}", "10:00:04 qmgr[3]: BBBBB2: removed",
                  "10:00:04 smtpd[1]: disconnect from mx1.example.org[198.51.100.8] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5", host="mx2")},
    {ANN: ("delivered", ["AAAAA1", "BBBBB2"], B, 0)},
)  # fmt: skip

CASES["the same queue ID three times in a minute"] = (
    {"mail.log": lines(*whole("AAAAA1", ANN), *whole("AAAAA1", BOB, "10:00:1"), *whole("AAAAA1", "cid@example.net", "10:00:2"))},
    {each: ("delivered", ["AAAAA1"], B, 0) for each in (ANN, BOB, "cid@example.net")},
)  # fmt: skip

CASES["a life whose end was not logged"] = (
    {"mail.log": lines(*mail("AAAAA1", ANN), *whole("AAAAA1", BOB, "11:00:0"))},
    {ANN: ("queued", ["AAAAA1"], {}, 0), BOB: ("delivered", ["AAAAA1"], B, 0)},
)

CASES["over new year, without a year"] = (
    {"mail.log": lines(*mail("AAAAA1", ANN, "23:59:5"), day="Dec 31 ")
     + lines(f"00:00:10 virtual[4]: {sent('AAAAA1', 'b@example.com')}", "00:00:10 qmgr[3]: AAAAA1: removed", day="Jan  1 ")},
    {ANN: ("delivered", ["AAAAA1"], B, 0)},
)  # fmt: skip

CASES["cut at the start"] = (
    {"mail.log": lines("10:00:02 qmgr[3]: AAAAA1: from=<ann@example.net>, size=500, nrcpt=1 (queue active)",
                       f"10:00:03 virtual[4]: {sent('AAAAA1', 'b@example.com')}", "10:00:03 qmgr[3]: AAAAA1: removed")},
    {ANN: ("delivered", ["AAAAA1"], B, 0)},
)  # fmt: skip

CASES["cut at the end"] = (
    {"mail.log": lines(*mail("AAAAA1", ANN)[:3])},
    {"AAAAA1": ("incomplete", ["AAAAA1"], {}, 1)},
)

CASES["the delivery is not in the log"] = (
    {"mail.log": lines(*mail("AAAAA1", ANN, nrcpt=2), f"10:00:03 virtual[4]: {sent('AAAAA1', 'b@example.com')}", "10:00:04 qmgr[3]: AAAAA1: removed")},
    {ANN: ("mixed", ["AAAAA1"], B, 1)},
)  # fmt: skip

CASES["the last try is not in the log"] = (
    {"mail.log": lines(*mail("AAAAA1", ANN), f"10:00:03 smtp[5]: {sent('AAAAA1', 'x@example.org', 'connect to mx2.example.org[198.51.100.9]:25: Connection timed out', 'deferred', 'none')}",
                       "11:00:03 qmgr[3]: AAAAA1: removed")},
    {ANN: ("incomplete", ["AAAAA1"], {"x@example.org": None}, 1)},
)  # fmt: skip

CASES["three refused and one taken in one session, all of one sender"] = (
    {"mail.log": lines("10:00:00 smtpd[1]: connect from a.example.net[192.0.2.1]",
        *(f"10:00:0{n} smtpd[1]: NOQUEUE: reject: RCPT from a.example.net[192.0.2.1]: 554 5.7.1 <x{n}@example.org>: Relay access denied; from=<{ANN}> to=<x{n}@example.org> proto=ESMTP helo=<a>" for n in (1, 2, 3)),
        "10:00:04 smtpd[1]: disconnect from a.example.net[192.0.2.1] ehlo=1 mail=3 rcpt=0/3 rset=2 quit=1 commands=7/10")},
    {f"{ANN}#{n}": ("rejected", [], {f"x{n}@example.org": "rejected"}, 0) for n in (1, 2, 3)},
)  # fmt: skip

CASES["two refused recipients of one mail"] = (
    {"mail.log": lines("10:00:00 smtpd[1]: connect from a.example.net[192.0.2.1]",
        *(f"10:00:0{n} smtpd[1]: NOQUEUE: reject: RCPT from a.example.net[192.0.2.1]: 554 5.7.1 <x{n}@example.org>: Relay access denied; from=<{ANN}> to=<x{n}@example.org> proto=ESMTP helo=<a>" for n in (1, 2)),
        "10:00:04 smtpd[1]: disconnect from a.example.net[192.0.2.1] ehlo=1 mail=1 rcpt=0/2 quit=1 commands=3/5")},
    {ANN: ("rejected", [], {"x1@example.org": "rejected", "x2@example.org": "rejected"}, 0)},
)  # fmt: skip

CASES["Dovecot takes the mail by LMTP"] = (
    {"mail.log": lines(*mail("AAAAA1", ANN),
        f"10:00:03 lmtp[5]: {sent('AAAAA1', 'b@example.com', '250 2.0.0 <b@example.com> wK3eN2yA1WYkBwAA4c9Rtw Saved', relay='mx[private/dovecot-lmtp]')}",
        "10:00:03 dovecot: lmtp(b@example.com)<77><wK3eN2yA1WYkBwAA4c9Rtw>: msgid=<AAAAA1@example.net>: saved mail to INBOX", "10:00:03 qmgr[3]: AAAAA1: removed")},
    {ANN: ("delivered", ["AAAAA1"], B, 0, 8)},
)  # fmt: skip

CASES["a milter that nobody knows"] = (
    {"mail.log": lines(*mail("AAAAA1", ANN)[:3], "10:00:01 ours[9]: AAAAA1 looks good to us", "10:00:01 opendkim[8]: AAAAA1: DKIM-Signature field added (s=s1, d=example.net)",
                       *mail("AAAAA1", ANN)[3:], f"10:00:03 virtual[4]: {sent('AAAAA1', 'b@example.com')}", "10:00:03 qmgr[3]: AAAAA1: removed")},
    {ANN: ("delivered", ["AAAAA1"], B, 0, 9)},
)  # fmt: skip

CASES["postscreen lets the client pass"] = (
    {"mail.log": lines("09:59:50 postscreen[6]: CONNECT from [192.0.2.1]:4711 to [192.0.2.25]:25", "09:59:56 postscreen[6]: PASS NEW [192.0.2.1]:4711", *whole("AAAAA1", ANN, "10:00:0"))},
    {ANN: ("delivered", ["AAAAA1"], B, 0, 9)},
)  # fmt: skip

CASES["an amavis ID that comes again"] = (
    {"mail.log": lines(*(row for k, (id, who) in enumerate((("AAAAA1", ANN), ("BBBBB2", BOB))) for row in (
        f"1{k}:00:00 smtpd[1]: connect from a.example.net[192.0.2.1]", f"1{k}:00:00 smtpd[1]: NOQUEUE: client=a.example.net[192.0.2.1]",
        f"1{k}:00:01 smtpd[7]: connect from localhost[127.0.0.1]", f"1{k}:00:01 smtpd[7]: {id}: client=localhost[127.0.0.1], orig_client=a.example.net[192.0.2.1]",
        f"1{k}:00:01 cleanup[2]: {id}: message-id=<m{k}@example.net>", f"1{k}:00:01 qmgr[3]: {id}: from=<{who}>, size=600, nrcpt=1 (queue active)",
        f"1{k}:00:01 smtpd[7]: disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5",
        f"1{k}:00:01 amavis[22]: (00022-01) Passed CLEAN {{RelayedInbound}}, [192.0.2.1]:4711 [192.0.2.1] <{who}> -> <b@example.com>, Message-ID: <m{k}@example.net>, mail_id: vJWxdMp5DNH{k}, Hits: -0.2, size: 1234, queued_as: {id}, 705 ms",
        f"1{k}:00:01 smtpd[1]: proxy-accept: END-OF-MESSAGE: 250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as {id}; from=<{who}> to=<b@example.com> proto=ESMTP helo=<a>",
        f"1{k}:00:02 smtpd[1]: disconnect from a.example.net[192.0.2.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5",
        f"1{k}:00:02 virtual[4]: {sent(id, 'b@example.com')}", f"1{k}:00:02 qmgr[3]: {id}: removed")))},
    {ANN: ("delivered", ["AAAAA1"], B, 0, 12), BOB: ("delivered", ["BBBBB2"], B, 0, 12)},
)  # fmt: skip

CASES["the clock is set back by an hour"] = (
    {"mail.log": lines(*mail("AAAAA1", ANN, "02:59:5"), f"02:00:03 virtual[4]: {sent('AAAAA1', 'b@example.com')}", "02:00:03 qmgr[3]: AAAAA1: removed", *whole("AAAAA1", BOB, "02:30:0"))},
    {ANN: ("delivered", ["AAAAA1"], B, 1), BOB: ("delivered", ["AAAAA1"], B, 0)},
)  # fmt: skip

CASES["written newest first"] = (
    {"mail.log": "".join(reversed(lines(*(row[:7] + str(k) + row[8:] for k, row in enumerate(whole("AAAAA1", ANN)))).splitlines(keepends=True)))},
    {ANN: ("delivered", ["AAAAA1"], B, 0)},
)  # fmt: skip

CASES["one log with a zone and one without"] = (
    {"mail.log": lines(*mail("AAAAA1", ANN, "10:00:0"), f"10:00:05 smtp[5]: {sent('AAAAA1', 'b@example.com', '250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as BBBBB2', relay='127.0.0.1[127.0.0.1]:10024')}",
        "10:00:05 qmgr[3]: AAAAA1: removed", "10:00:04 smtpd[7]: connect from localhost[127.0.0.1]", "10:00:04 smtpd[7]: BBBBB2: client=localhost[127.0.0.1]",
        "10:00:04 cleanup[2]: BBBBB2: message-id=<AAAAA1@example.net>", f"10:00:04 qmgr[3]: BBBBB2: from=<{ANN}>, size=700, nrcpt=1 (queue active)",
        f"10:00:05 virtual[4]: {sent('BBBBB2', 'b@example.com')}", "10:00:05 qmgr[3]: BBBBB2: removed", "10:00:05 smtpd[7]: disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"),
     "amavis.log": "2026-11-20T08:00:03+00:00 mx amavis[22]: (00022-01) Passed CLEAN {RelayedInbound}, [192.0.2.1]:4711 [192.0.2.1] <ann@example.net> -> <b@example.com>, Message-ID: <AAAAA1@example.net>, mail_id: vJWxdMp5DNHC, Hits: -0.2, size: 1234, queued_as: BBBBB2, 705 ms\n"},
    {ANN: ("delivered", ["AAAAA1", "BBBBB2"], B, 0, 15)},
)  # fmt: skip

CASES["held by a policy before it had a queue ID"] = (
    {"mail.log": lines("10:00:00 smtpd[1]: connect from a.example.net[192.0.2.1]",
        f"10:00:01 smtpd[1]: NOQUEUE: hold: RCPT from a.example.net[192.0.2.1]: <b@example.com>: Recipient address triggers HOLD action; from=<{ANN}> to=<b@example.com> proto=ESMTP helo=<a>",
        "10:00:01 smtpd[1]: AAAAA1: client=a.example.net[192.0.2.1]", "10:00:01 cleanup[2]: AAAAA1: message-id=<AAAAA1@example.net>",
        "10:00:02 smtpd[1]: disconnect from a.example.net[192.0.2.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5")},
    {ANN: ("held", ["AAAAA1"], {"b@example.com": "held"}, 0)},
)  # fmt: skip

CASES["lost by the rate limit"] = (
    {"mail.log": lines(*mail("AAAAA1", ANN), "10:00:03 rsyslogd: imuxsock[pid 3]: begin to drop messages due to rate-limiting", "10:00:09 qmgr[3]: AAAAA1: removed")},
    {ANN: ("incomplete", ["AAAAA1"], {}, 2)},
)  # fmt: skip

CASES["rotated while it waited"] = (
    {"mail.log": lines(f"00:30:03 virtual[4]: {sent('AAAAA1', 'b@example.com')}", "00:30:03 qmgr[3]: AAAAA1: removed", day="Nov 21 "),
     "mail.log.1": lines(*mail("AAAAA1", ANN, "23:50:0"), f"23:50:03 virtual[4]: {sent('AAAAA1', 'b@example.com', 'mailbox busy', 'deferred')}")},
    {ANN: ("delivered", ["AAAAA1"], B, 0)},
)  # fmt: skip

CASES["amavis alone"] = (
    {"amavis.log": lines("10:00:01 amavis[22]: (00022-01) Blocked INFECTED (Eicar) {DiscardedInbound}, [192.0.2.1]:4711 [192.0.2.1] <ann@example.net> -> <b@example.com>, Message-ID: <m@example.net>, mail_id: vJWxdMp5DNHC, Hits: -, size: 1234, 705 ms")},
    {ANN: ("discarded", [], {"b@example.com": "discarded"}, 0)},
)  # fmt: skip

CASES["a filter that does not say what it calls the mail"] = (
    {"mail.log": lines(*mail("AAAAA1", ANN), f"10:00:04 smtp[5]: {sent('AAAAA1', 'b@example.com', '250 2.0.0 Ok, message accepted', relay='127.0.0.1[127.0.0.1]:10024')}",
        "10:00:04 smtpd[7]: connect from localhost[127.0.0.1]", "10:00:04 smtpd[7]: BBBBB2: client=localhost[127.0.0.1]", "10:00:04 cleanup[2]: BBBBB2: message-id=<AAAAA1@example.net>",
        f"10:00:04 qmgr[3]: BBBBB2: from=<{ANN}>, size=700, nrcpt=1 (queue active)", "10:00:04 qmgr[3]: AAAAA1: removed",
        f"10:00:05 smtp[5]: {sent('BBBBB2', 'b@example.com', 'host mx2.example.org[198.51.100.9] said: 550 5.1.1 no such user (in reply to RCPT TO command)', 'bounced', REMOTE)}",
        "10:00:05 cleanup[2]: CCCCC3: message-id=<c@mx>", "10:00:05 qmgr[3]: CCCCC3: from=<>, size=2000, nrcpt=1 (queue active)", "10:00:05 bounce[9]: BBBBB2: sender non-delivery notification: CCCCC3",
        f"10:00:05 smtp[5]: {sent('CCCCC3', ANN, '250 2.0.0 Ok: queued as 99', relay=REMOTE)}", "10:00:05 qmgr[3]: BBBBB2: removed", "10:00:05 qmgr[3]: CCCCC3: removed",
        "10:00:05 smtpd[7]: disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5")},
    {ANN: ("bounced", ["AAAAA1", "BBBBB2"], {"b@example.com": "bounced"}, 0)},
)  # fmt: skip

REFUSE = "554 5.7.1 <{to}>: Relay access denied; from=<{sender}> to=<{to}> proto=ESMTP helo=<a>"

CASES["a login over TLS, with long queue IDs and fractions of seconds"] = (
    {"mail.log": "".join(f"2026-11-20T10:00:0{k}.123456+01:00 mx {row}\n" for k, row in enumerate((
        "postfix/submission/smtpd[11]: connect from a.example.net[2001:db8::1]",
        "postfix/submission/smtpd[11]: Anonymous TLS connection established from a.example.net[2001:db8::1]: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256",
        "postfix/submission/smtpd[11]: 4Vx2Kq3YbHz5tRs: client=a.example.net[2001:db8::1], sasl_method=PLAIN, sasl_username=ann",
        "postfix/cleanup[2]: 4Vx2Kq3YbHz5tRs: message-id=<m@example.net>",
        f"postfix/qmgr[3]: 4Vx2Kq3YbHz5tRs: from=<{ANN}>, size=500, nrcpt=1 (queue active)",
        "postfix/submission/smtpd[11]: disconnect from a.example.net[2001:db8::1] ehlo=2 starttls=1 auth=1 mail=1 rcpt=1 data=1 quit=1 commands=8",
        "postfix/smtp[5]: Untrusted TLS connection established to mx2.example.org[198.51.100.9]:25: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256",
        f"postfix/smtp[5]: {sent('4Vx2Kq3YbHz5tRs', 'x@example.org', '250 2.0.0 Ok: queued as 4Vx2Kq3YbHz5tRz', relay=REMOTE)}",
        "postfix/qmgr[3]: 4Vx2Kq3YbHz5tRs: removed")))},
    {ANN: ("delivered", ["4Vx2Kq3YbHz5tRs"], {"x@example.org": "sent"}, 0, 9)},
)  # fmt: skip

CASES["refused before there is a sender"] = (
    {"mail.log": lines("10:00:00 smtpd[1]: connect from unknown[192.0.2.66]",
        "10:00:01 smtpd[1]: NOQUEUE: reject: EHLO from unknown[192.0.2.66]: 504 5.5.2 <x>: Helo command rejected: need fully-qualified hostname; proto=SMTP helo=<x>",
        "10:00:01 smtpd[1]: disconnect from unknown[192.0.2.66] ehlo=0/1 quit=1 commands=1/2")},
    {"": ("rejected", [], {}, 0)},
)  # fmt: skip

CASES["two mails before a filter in one session"] = (
    {"mail.log": lines("10:00:00 smtpd[1]: connect from a.example.net[192.0.2.1]",
        *(row for k, who in enumerate((ANN, BOB)) for row in (
            f"10:00:0{k} smtpd[1]: NOQUEUE: client=a.example.net[192.0.2.1]",
            f"10:00:0{k} smtpd[1]: NOQUEUE: reject: RCPT from a.example.net[192.0.2.1]: {REFUSE.format(to='x@example.org', sender=who)}",
            f"10:00:0{k} smtpd[1]: proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject, id=00022-0{k} - spam; from=<{who}> to=<b@example.com> proto=ESMTP helo=<a>")),
        "10:00:04 smtpd[1]: disconnect from a.example.net[192.0.2.1] ehlo=1 mail=2 rcpt=2/4 data=0/2 quit=1 commands=6/10")},
    {who: ("rejected", [], {"x@example.org": "rejected", "b@example.com": "rejected"}, 0) for who in (ANN, BOB)},
)  # fmt: skip

CASES["a delay warning, days before it arrives"] = (
    {"mail.log": lines(*mail("AAAAA1", ANN), f"10:00:03 smtp[5]: {sent('AAAAA1', 'x@example.org', 'connect to mx2.example.org[198.51.100.9]:25: Connection timed out', 'deferred', 'none')}")
     + lines("14:00:00 cleanup[2]: CCCCC3: message-id=<c@mx>", "14:00:00 bounce[9]: AAAAA1: sender delay notification: CCCCC3", "14:00:00 qmgr[3]: CCCCC3: from=<>, size=2000, nrcpt=1 (queue active)",
             f"14:00:01 smtp[5]: {sent('CCCCC3', ANN, '250 2.0.0 Ok', relay='mx3.example.net[198.51.100.7]:25')}", "14:00:01 qmgr[3]: CCCCC3: removed")
     + lines(f"09:00:03 smtp[5]: {sent('AAAAA1', 'x@example.org', '250 2.0.0 Ok: queued as 77', relay=REMOTE)}", "09:00:03 qmgr[3]: AAAAA1: removed", day="Nov 22 ")},
    {ANN: ("delivered", ["AAAAA1"], {"x@example.org": "sent"}, 0)},
)  # fmt: skip

CASES["a filter in a container of its own"] = (
    {"mail.log": lines(*mail("AAAAA1", ANN), "10:00:04 smtpd[7]: connect from amavis[172.18.0.3]", "10:00:04 smtpd[7]: BBBBB2: client=amavis[172.18.0.3]", "10:00:04 cleanup[2]: BBBBB2: message-id=<AAAAA1@example.net>",
        f"10:00:04 qmgr[3]: BBBBB2: from=<{ANN}>, size=700, nrcpt=1 (queue active)", "10:00:04 smtpd[7]: disconnect from amavis[172.18.0.3] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5",
        f"10:00:04 smtp[5]: {sent('AAAAA1', 'b@example.com', '250 2.0.0 from MTA(smtp:[postfix]:10025): 250 2.0.0 Ok: queued as BBBBB2', relay='amavis[172.18.0.3]:10024')}", "10:00:04 qmgr[3]: AAAAA1: removed",
        f"10:00:05 smtp[5]: {sent('BBBBB2', 'b@example.com', 'connect to mx2.example.org[198.51.100.9]:25: Connection timed out', 'deferred', 'none')}")},
    {ANN: ("deferred", ["AAAAA1", "BBBBB2"], {"b@example.com": "deferred"}, 0)},
)  # fmt: skip

CASES["sent from this machine, to an alias of two"] = (
    {"mail.log": lines("10:00:00 pickup[6]: AAAAA1: uid=1000 from=<ann>", "10:00:00 cleanup[2]: AAAAA1: message-id=<m@mx>", "10:00:00 qmgr[3]: AAAAA1: from=<ann@example.net>, size=300, nrcpt=2 (queue active)",
        f"10:00:01 local[4]: {sent('AAAAA1', 'b@example.com', 'delivered to mailbox', relay='local', more='orig_to=<team>, ')}", f"10:00:01 local[4]: {sent('AAAAA1', 'c@example.com', 'delivered to command: procmail', relay='local', more='orig_to=<team>, ')}",
        "10:00:01 qmgr[3]: AAAAA1: removed")},
    {"ann": ("delivered", ["AAAAA1"], {"b@example.com": "sent", "c@example.com": "sent"}, 0)},
)  # fmt: skip

CASES["the same Message-ID sent twice is two mails"] = (
    {"mail.log": lines(*(row.replace("BBBBB2@", "AAAAA1@") for id, who, clock in (("AAAAA1", ANN, "10:00:0"), ("BBBBB2", BOB, "10:00:1")) for row in whole(id, who, clock)))},
    {ANN: ("delivered", ["AAAAA1"], B, 0, 7), BOB: ("delivered", ["BBBBB2"], B, 0, 7)},
)  # fmt: skip

CASES["deleted while it was held"] = (
    {"mail.log": lines(*mail("AAAAA1", ANN), f"10:00:03 smtp[5]: {sent('AAAAA1', 'x@example.org', 'connect to mx2.example.org[198.51.100.9]:25: Connection timed out', 'deferred', 'none')}",
        "10:05:00 postsuper[9]: AAAAA1: placed on hold", "10:09:00 postsuper[9]: AAAAA1: removed", *whole("AAAAA1", BOB, "10:09:1"))},
    {ANN: ("removed", ["AAAAA1"], {"x@example.org": "removed"}, 0), BOB: ("delivered", ["AAAAA1"], B, 0)},
)  # fmt: skip

CASES["postscreen refuses"] = (
    {"mail.log": lines("10:00:00 postscreen[6]: CONNECT from [192.0.2.66]:4711 to [192.0.2.25]:25", "10:00:06 postscreen[6]: NOQUEUE: reject: RCPT from [192.0.2.66]:4711: 550 5.7.1 Service unavailable; client [192.0.2.66] blocked using zen.example.org; from=<ann@example.net>, to=<b@example.com>, proto=ESMTP, helo=<x>",
        "10:00:07 postscreen[6]: DISCONNECT [192.0.2.66]:4711")},
    {ANN: ("rejected", [], {"b@example.com": "rejected"}, 0, 3)},
)  # fmt: skip

CASES["a mail that is refused in the middle of another's session records"] = (
    {"mail.log": lines("10:00:00 smtpd[1]: connect from a.example.net[192.0.2.1]", "10:00:00 smtpd[8]: connect from c.example.net[192.0.2.3]",
        "10:00:01 smtpd[1]: AAAAA1: client=a.example.net[192.0.2.1]", f"10:00:01 smtpd[8]: NOQUEUE: reject: RCPT from c.example.net[192.0.2.3]: {REFUSE.format(to='x@example.org', sender=ANN)}",
        "10:00:01 cleanup[2]: AAAAA1: message-id=<m@example.net>", "10:00:01 cleanup[2]: AAAAA1: milter-reject: END-OF-MESSAGE from a.example.net[192.0.2.1]: 5.7.1 Blocked by policy; from=<bob@example.com> to=<b@example.com> proto=ESMTP helo=<a>",
        "10:00:02 smtpd[8]: disconnect from c.example.net[192.0.2.3] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4", "10:00:02 smtpd[1]: disconnect from a.example.net[192.0.2.1] ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5")},
    {ANN: ("rejected", [], {"x@example.org": "rejected"}, 0, 3), BOB: ("rejected", ["AAAAA1"], {"b@example.com": "rejected"}, 0, 5)},
)  # fmt: skip


def told(session: Session, folder: Path, files: dict[str, str]) -> list[Story]:
    names = []
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
        names.append(str(folder / name))
    found = [explain(session.library, story).story for story in stories(session, names)]
    return [story for story in found if story is not None and not story.parents]


@pytest.mark.parametrize("name", CASES)
def test_it_is_told_rightly(session: Session, tmp_path: Path, name: str) -> None:
    files, expected = CASES[name]
    found = told(session, tmp_path, files)
    said = {}
    for story in found:
        ends = {row.address: row.status for row in story.recipients}
        key = story.sender or (*story.queue_ids, "")[0]
        key = next(
            (each for each in expected if each.partition("#")[0] == key and each not in said), key
        )
        told_of = (story.outcome, list(story.queue_ids), ends, len(story.missing))
        said[key] = (*told_of, len(story.records)) if len(expected.get(key, ())) > 4 else told_of
    assert said == expected
