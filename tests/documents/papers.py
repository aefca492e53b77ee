"""Make PDFs honest and hostile: with scripts, files, passwords, bombs and masks."""

import zlib

END = b"trailer\n<< /Root 1 0 R /Size 9 >>\nstartxref\n9\n%%EOF\n"


def pdf(*extra: bytes, pages: int = 1, root: bytes = b"") -> bytes:
    """Write a PDF of so many pages; `extra` are bodies of further objects."""
    kids = b" ".join(b"%d 0 R" % (10 + page) for page in range(pages))
    objects = [
        b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R " + root + b" >>\nendobj\n",
        b"2 0 obj\n<< /Type /Pages /Kids [" + kids + b"] /Count %d >>\nendobj\n" % pages,
    ]
    objects += [
        b"%d 0 obj\n<< /Type /Page /Parent 2 0 R >>\nendobj\n" % (10 + page)
        for page in range(pages)
    ]
    objects += [
        b"%d 0 obj\n" % (100_000 + number) + body + b"\nendobj\n"
        for number, body in enumerate(extra)
    ]
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"".join(objects) + END


def packed(content: bytes, kind: bytes = b"/ObjStm", filters: bytes = b"/FlateDecode") -> bytes:
    """Write the body of a stream object with its content packed."""
    data = zlib.compress(content, 9)
    words = (b"<< /Type ", kind, b" /Filter ", filters, b" /Length %d >>\nstream\n" % len(data))
    return b"".join(words) + data + b"\nendstream"


SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"
HOSTILE = {
    "script": pdf(SCRIPT),
    "script when opened": pdf(root=b"/OpenAction << /S /JavaScript /JS 7 0 R >>"),
    "script with an escaped name": pdf(b"<< /S /J#61vaScr#69pt /JS (app.alert(1)) >>"),
    "script of a rendition": pdf(b"<< /S /Rendition /JS (app.alert(1)) >>"),
    "script in a packed object": pdf(packed(b"7 0 " + SCRIPT)),
    "script in a packed object with an escaped name": pdf(packed(SCRIPT, b"/Obj#53tm")),
    "program": pdf(b"<< /S /Launch /F (cmd.exe) >>"),
    "file inside": pdf(b"<< /Type /EmbeddedFile /Length 1 >>\nstream\nx\nendstream"),
    "file inside by name": pdf(root=b"/Names << /EmbeddedFiles 7 0 R >>"),
    "file inside of a packed object": pdf(packed(b"7 0 << /Type /EmbeddedFile >>")),
    "form": pdf(root=b"/AcroForm << /XFA 7 0 R >>"),
    "sends": pdf(b"<< /S /SubmitForm /F (x) >>"),
    "film": pdf(b"<< /Subtype /RichMedia >>"),
    "password": pdf().replace(b"/Size 9", b"/Size 9 /Encrypt 7 0 R"),
    "ten thousand pages": pdf(pages=10_000),
    "ten thousand packed pages": pdf(packed(b"<< /Type /Page >>\n" * 10_000)),
    "bomb": pdf(packed(bytes(40 * 1024**2))),
    "many small bombs": pdf(*[packed(bytes(8 * 1024**2))] * 5),
    "packed twice": pdf(packed(b"x", filters=b"[/FlateDecode /LZWDecode]")),
    "packed by a short name": pdf(packed(SCRIPT, filters=b"/Fl")),
    "packed twice the same way": pdf(packed(b"x", filters=b"[/FlateDecode /FlateDecode]")),
    "packed twice, once by a short name": pdf(packed(b"x", filters=b"[/FlateDecode /Fl]")),
    "packed with a predictor": pdf(packed(b"x", filters=b"/FlateDecode /DP << /Predictor 2 >>")),
    "packed by an inline image's key": pdf(packed(b"x").replace(b"/Filter", b"/F")),
    "packed by reference": pdf(packed(SCRIPT, filters=b"5 0 R")),
    "packed object cut short": pdf(packed(b"endstream" * 99).replace(b"\nends", b" ends", 1)[:-30]),
    "packed object in a packed object": pdf(packed(b"<< /Type /ObjStm >>")),
    "packed object that is none": pdf(b"<< /Type /ObjStm /Filter /FlateDecode >>"),
}
BROKEN = {
    "cut off": pdf()[:-20],
    "something behind its end": pdf() + b"<script>alert(1)</script>",
    "unknown version": pdf().replace(b"%PDF-1.7", b"%PDF-1.x"),
}
HONEST = {
    "one page": pdf(),
    "some pages": pdf(pages=150),
    "packed objects": pdf(packed(b"7 0 << /Type /Page >>")),
    "packed objects in a list of one filter": pdf(packed(b"7 0 null", filters=b"[ /FlateDecode ]")),
    "packed page content that says /JS by chance": pdf(
        b"<< /Length 9 >>\nstream\nab/JS\x01cd\nendstream"
    ),
    "opens at a page": pdf(root=b"/OpenAction [10 0 R /Fit]"),
    "zeros behind its end": pdf() + b"\n\x00\x00",
}
