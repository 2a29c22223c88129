"""Hostile files that have a name of their own, made on the spot."""

import struct

from . import files

XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><l>&c;</l>'
MACROS = b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'


def a_long_pdf(pages: int) -> bytes:
    """A small PDF that has as many pages as it says: always the same one."""
    kids = b" ".join([b"3 0 R"] * pages)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    )
    content, places = b"%PDF-1.7\n", b""
    for number, entry in enumerate(objects, 1):
        places += b"%010d 00000 n \n" % len(content)
        content += b"%d 0 obj\n%s\nendobj\n" % (number, entry)
    table = b"xref\n0 4\n0000000000 65535 f \n" + places + b"trailer<</Size 4/Root 1 0 R>>\n"
    return content + table + b"startxref\n%d\n%%%%EOF" % len(content)


def a_lying_archive(claimed: int) -> bytes:
    """A Word file whose directory says that its big part is small."""
    content = bytearray(files.a_docx(**{"word/big.bin": b"\0" * 5_000_000}))
    real = struct.pack("<I", 5_000_000)
    while (place := content.find(real)) >= 0:
        content[place : place + 4] = struct.pack("<I", claimed)
    return bytes(content)


def a_compound(*, encrypted: bool) -> bytes:
    """What Word and Excel save with a password, or saved until 2003: its first bytes, the name of its part."""
    part = "EncryptedPackage" if encrypted else "WordDocument"
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + part.encode("utf-16-le") + b"\0" * 512
